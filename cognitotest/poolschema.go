package cognitotest

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// wireAttribute is an attribute of a schema in the JSON form of the service.
type wireAttribute struct {
	Name                       string                  `json:"Name"`
	AttributeDataType          importjob.AttributeType `json:"AttributeDataType"`
	DeveloperOnlyAttribute     bool                    `json:"DeveloperOnlyAttribute"`
	Mutable                    bool                    `json:"Mutable"`
	Required                   bool                    `json:"Required"`
	StringAttributeConstraints *stringBounds           `json:"StringAttributeConstraints,omitempty"`
	NumberAttributeConstraints *numberBounds           `json:"NumberAttributeConstraints,omitempty"`
}

type stringBounds struct {
	MinLength string `json:"MinLength,omitempty"`
	MaxLength string `json:"MaxLength,omitempty"`
}

type numberBounds struct {
	MinValue string `json:"MinValue,omitempty"`
	MaxValue string `json:"MaxValue,omitempty"`
}

func wireSchema(schema importjob.Schema) []wireAttribute {
	if schema == nil {
		schema = importjob.ClassicSchema()
	}
	list := make([]wireAttribute, len(schema))
	for i, a := range schema {
		list[i] = wireAttribute{
			Name: a.Name, AttributeDataType: a.Type, DeveloperOnlyAttribute: a.DeveloperOnlyAttribute,
			Mutable: a.Mutable, Required: a.Required,
		}
		switch a.Type {
		case importjob.TypeString:
			list[i].StringAttributeConstraints = &stringBounds{MinLength: a.MinLength, MaxLength: a.MaxLength}
		case importjob.TypeNumber:
			list[i].NumberAttributeConstraints = &numberBounds{MinValue: a.MinValue, MaxValue: a.MaxValue}
		}
	}
	return list
}

// schemaAttribute returns an attribute of a schema. If the input has the name of an attribute in standard,
// settings that are absent from the input come from that attribute. Otherwise it is a custom attribute, and
// schemaAttribute adds the prefix "custom:" or "dev:custom:" to its name, as the service does.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SchemaAttributeType.html
func schemaAttribute(in *input, standard importjob.Schema) importjob.SchemaAttribute {
	name := in.required("Name")
	developer := in.boolean("DeveloperOnlyAttribute", false)
	prefix := ""
	if developer {
		prefix = "dev:"
	}
	a := importjob.CustomAttribute(prefix+"custom:"+strings.TrimPrefix(name, "custom:"), importjob.TypeString)
	if i := slices.IndexFunc(standard, func(s importjob.SchemaAttribute) bool { return s.Name == name }); i >= 0 {
		a = standard[i]
	}
	a.DeveloperOnlyAttribute = developer
	types := []importjob.AttributeType{importjob.TypeString, importjob.TypeNumber, importjob.TypeBoolean, importjob.TypeDateTime}
	var allowed []string
	for _, t := range types {
		allowed = append(allowed, string(t))
	}
	if typ := in.choice("AttributeDataType", allowed...); typ != "" {
		a.Type = importjob.AttributeType(typ)
	}
	a.Required = in.boolean("Required", a.Required)
	a.Mutable = in.boolean("Mutable", a.Mutable)
	if text := in.object("StringAttributeConstraints"); text.members != nil {
		a.MinLength, a.MaxLength = text.text("MinLength"), text.text("MaxLength")
		in.note(text)
	}
	if number := in.object("NumberAttributeConstraints"); number.members != nil {
		a.MinValue, a.MaxValue = number.text("MinValue"), number.text("MaxValue")
		in.note(number)
	}
	return a
}
