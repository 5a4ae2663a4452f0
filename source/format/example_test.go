package format_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/cognito-import/importjob/source/format"
)

func Example() {
	export := "sep=;\nid;email;meta\n" +
		"1;ann@example.com;\"{\"\"plan\"\":\"\"pro\"\"}\"\n" +
		"2;bob@\"example.com;\n" +
		"3;cem@example.com;\n"
	r, err := format.NewReader(strings.NewReader(export), "users.csv", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	fmt.Println(r.Describe())

	paths := []format.Path{format.MustPath("email"), format.MustPath("meta|json.plan")}
	if err := r.Bind(paths, nil); err != nil {
		log.Fatal(err)
	}
	for {
		record, err := r.Next()
		var rejected *format.RecordError
		switch {
		case err == io.EOF:
			return
		case errors.As(err, &rejected):
			fmt.Println(rejected)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Printf("line %d: %s, plan %q (%s)\n", record.Line, record.Values[0].Text, record.Values[1].Text, record.Values[1].Kind)
		}
	}
	// Output:
	// users.csv: CSV with ';' (sep= line), UTF-8, header of 3 columns
	// line 3: ann@example.com, plan "pro" (string)
	// users.csv:4, cell 2: a stray quotation mark: write it twice, and the whole cell between quotation marks
	// line 5: cem@example.com, plan "" (missing)
}

// A realm of Keycloak: the records are in an array, and the hash is in JSON in a string.
func ExampleReader_json() {
	realm := `{"realm": "shop", "users": [
	  {"username": "ann", "groups": ["/a", "/b"], "credentials": [{"type": "otp"}, {"type": "password", "secretData": "{\"value\":\"c2VjcmV0\"}"}]}]}`
	r, err := format.NewReader(strings.NewReader(realm), "realm.json", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	paths := []format.Path{
		format.MustPath("username"), format.MustPath("credentials[type=password].secretData|json.value"), format.MustPath("groups[*]"),
	}
	if err := r.Bind(paths, &format.BindOptions{Records: format.MustPath("users[*]")}); err != nil {
		log.Fatal(err)
	}
	record, err := r.Next()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(record.Line, record.Values[0].Text, record.Values[1].Text, len(record.Values[2].Elements()))
	// Output:
	// 2 ann c2VjcmV0 2
}
