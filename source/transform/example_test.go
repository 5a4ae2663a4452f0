package transform_test

import (
	"errors"
	"fmt"

	"github.com/cognito-import/importjob/source/transform"
)

func Example() {
	email := transform.NewChain(transform.Trim{}, transform.Lower{}, transform.NFC{})
	v, err := email.Apply(" Ann.Lee@Example.com ")
	fmt.Println(v, err)
	// Output: ann.lee@example.com <nil>
}

func ExamplePhone() {
	v, err := transform.Phone{Region: "DE"}.Apply("030 123456")
	fmt.Println(v, err)
	_, err = transform.Phone{}.Apply("030 123456")
	fmt.Println(err, errors.Is(err, transform.PhoneNoCountry))
	// Output:
	// +4930123456 <nil>
	// phone number without country code; try --phone-region US true
}

func ExampleParse() {
	t, err := transform.Parse("date=dd/mm/yyyy")
	if err != nil {
		panic(err)
	}
	fmt.Println(t.Apply("01/02/1985"))
	// Output: 02/01/1985 <nil>
}

// A chain from the texts of a mapping file. Parse takes one transform.
func ExampleNewChain() {
	var list []transform.Transform
	for _, text := range []string{"null", "trim", "phone=DE"} {
		t, err := transform.Parse(text)
		if err != nil {
			panic(err)
		}
		list = append(list, t)
	}
	phone := transform.NewChain(list...)
	for _, value := range []string{" 030 123456", "NULL", "030 123456 ext. 7"} {
		v, err := phone.Apply(value)
		var failed *transform.Error
		if errors.As(err, &failed) {
			fmt.Println(failed.Code, "|", failed.Text)
			continue
		}
		fmt.Printf("%q\n", v)
	}
	// Output:
	// "+4930123456"
	// ""
	// phone.extension | phone number with an extension
}

func ExampleTemplate_Expand() {
	t, err := transform.ParseTemplate("{first} {middle} {last}")
	if err != nil {
		panic(err)
	}
	fmt.Println(t.Fields(), t.Expand([]string{"Ann", "", "Lee"}))
	// Output: [first middle last] Ann Lee
}
