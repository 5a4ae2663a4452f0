package memory

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
	valueform "github.com/cognito-import/importjob/internal/form"
	"github.com/cognito-import/importjob/userpool"
)

// This file checks the attributes that an administrator gives to a user. The API takes every birthdate of the right
// length, while a CSV file needs mm/dd/yyyy.

// checkUpdate checks attributes that change. An empty value removes the attribute.
func (s settings) checkUpdate(attributes []userpool.Attribute) error {
	for _, attribute := range attributes {
		if i := s.schemaIndex(attribute.Name); i >= 0 && !s.Schema[i].Mutable && attribute.Name != "sub" {
			return refuse("Attribute " + attribute.Name + " cannot be changed: its schema says that it is not mutable.") // A15
		}
	}
	return s.checkValues(userpool.NewAttributes(attributes...))
}

func (s settings) schemaIndex(name string) int {
	return slices.IndexFunc(s.Schema, func(a importjob.SchemaAttribute) bool { return a.Name == name })
}

// checkValues returns an error for an attribute that the schema does not have, that is listed twice, that is the sub,
// or whose value breaks the schema.
func (s settings) checkValues(attributes userpool.Attributes) error {
	seen := map[string]bool{}
	for name, value := range attributes.All() {
		i := s.schemaIndex(name)
		switch {
		case name == "sub":
			// Source: https://github.com/aws-amplify/amplify-cli/issues/6364
			return refuse("Cannot modify the non-mutable attribute sub")
		case seen[name]:
			return refuse("Attribute " + name + " is listed twice. Remove one.")
		case i < 0:
			// Source: https://github.com/aws-amplify/amplify-js/issues/2087
			return refuse("Attributes did not conform to the schema: " + name + ": Attribute does not exist in the schema.\n")
		}
		seen[name] = true
		if fault := valueFault(s.Schema[i], value); value != "" && fault != "" {
			return refuse(fault)
		}
	}
	return nil
}

// valueFault returns what is wrong with a value, or "".
func valueFault(a importjob.SchemaAttribute, value string) string {
	v := []byte(value)
	switch {
	case a.Type == importjob.TypeBoolean:
		if !valueform.IsBoolean(v) {
			return "Attribute " + a.Name + " must be true or false." // A15
		}
		return ""
	case a.Type == importjob.TypeNumber:
		return numberFault(a, v)
	case a.Name == importjob.AttributeEmail && !valueform.IsEmail(v):
		return "Invalid email address format." // Source: https://github.com/aws-amplify/amplify-js/issues/1231
	case a.Name == importjob.AttributePhoneNumber && !valueform.IsPhone(v):
		return "Invalid phone number format." // Source: https://github.com/amazon-archives/amazon-cognito-identity-js/issues/316
	}
	length := utf8.RuneCountInString(value)
	// Source: https://github.com/aws/aws-sdk-java/issues/1396
	switch least, most := bound(a.MinLength, 0), bound(a.MaxLength, importjob.MaxValueBytes); {
	case int64(length) < least:
		return "Invalid user attributes: " + a.Name + ": String must be no shorter than " + a.MinLength + " characters"
	case int64(length) > most:
		return "Invalid user attributes: " + a.Name + ": String must be no longer than " + strconv.FormatInt(most, 10) + " characters"
	}
	return ""
}

// numberFault returns what is wrong with a number, or "". The texts are ours. (A15)
func numberFault(a importjob.SchemaAttribute, v []byte) string {
	switch {
	case !valueform.IsNumber(v):
		return "Attribute " + a.Name + " must be a number."
	case a.MinValue != "" && valueform.CompareNumber(v, bound(a.MinValue, 0)) < 0:
		return "Attribute " + a.Name + " must be at least " + a.MinValue + "."
	case a.MaxValue != "" && valueform.CompareNumber(v, bound(a.MaxValue, 0)) > 0:
		return "Attribute " + a.Name + " must be at most " + a.MaxValue + "."
	}
	return ""
}

// bound returns the number in a bound of the schema, or otherwise if it has none.
func bound(s string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return otherwise
}

// checkRequired returns an error that names all required attributes without a value.
//
// Source: https://github.com/aws-amplify/amplify-js/issues/2087
func (s settings) checkRequired(attributes userpool.Attributes) error {
	var missing []string
	for _, a := range s.Schema {
		if a.Required && a.Name != "sub" && attributes.Value(a.Name) == "" {
			missing = append(missing, a.Name+": The attribute is required\n")
		}
	}
	if missing == nil {
		return nil
	}
	return refuse("Attributes did not conform to the schema: " + strings.Join(missing, ""))
}
