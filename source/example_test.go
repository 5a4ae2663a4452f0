package source_test

import (
	"fmt"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
)

func ExampleParse() {
	m, err := source.Parse([]byte(`
id: customer_no
phone_region: US
columns:
  email: mail
  phone_number: mobile
  name: {template: "{first} {last}"}
  locale: {set: en}
`))
	if err != nil {
		panic(err)
	}
	pool := importjob.Pool{UsernameAttributes: []string{"email"}}
	for _, e := range m.ForPool(pool).Explain(pool.Schema) {
		fmt.Println(e)
	}
	// Output:
	// cognito:username: mail; null, trim, lower, nfc
	// email: mail; null, trim, lower, nfc (by default for an e-mail address)
	// phone_number: mobile; null, trim, phone=US (by default for a phone number)
	// name: the template "{first} {last}"; null=\N, trim, one-line, nfc (by default for a name)
	// locale: the constant "en"
}

func ExampleParse_wrong() {
	_, err := source.Parse([]byte("colums:\n  email: mail\nphone_region: Germany\n"))
	fmt.Println(err)
	// Output:
	// line 1, column 1: a mapping has no key "colums": did you mean columns?
	// line 3, column 15: phone_region: "Germany" is not a region: it is two upper-case letters, such as US
}

func ExamplePreset() {
	m, err := source.Preset("keycloak")
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Input.Records, m.Password.Kind)
	// Output: users[*] keycloak
}

func ExampleSuggest() {
	s := source.Suggest([]string{"Kundennummer", "E-Mail", "Vorname", "custom_plam"}, importjob.Pool{
		Schema: importjob.ClassicSchema().With(importjob.CustomAttribute("plan", importjob.TypeString)),
	}.Header())
	for _, r := range s.Reasons {
		fmt.Println(r)
	}
	file, err := s.Mapping.Marshal()
	if err != nil {
		panic(err)
	}
	fmt.Print(string(file))
	// Output:
	// Kundennummer -> id: a usual name for it
	// E-Mail -> email: the same name
	// Vorname -> given_name: a usual name for it
	// custom_plam: left over; did you mean custom:plan?
	// id: Kundennummer
	// columns:
	//   cognito:username: Kundennummer
	//   given_name: Vorname
	//   email: E-Mail
}
