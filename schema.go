package importjob

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/form"
)

// AttributeType is the type of an attribute's values, spelled as the service spells it.
type AttributeType string

// The types of attributes. In a CSV file a Boolean is true or false in upper, lower or mixed case, and a
// Number is digits with an optional minus sign and fraction (A35). A DateTime can be any text
// within its length bounds.
const (
	TypeString   AttributeType = "String"
	TypeNumber   AttributeType = "Number"
	TypeBoolean  AttributeType = "Boolean"
	TypeDateTime AttributeType = "DateTime"
)

// SchemaAttribute describes one attribute of a pool. The bounds are whole numbers in a string, as the
// service returns them; "" means no bound.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SchemaAttributeType.html
type SchemaAttribute struct {
	Name                   string // the name of a custom attribute begins with "custom:"
	Type                   AttributeType
	Required               bool   // true if a row needs a value for this attribute
	Mutable                bool   // true if the value can be changed later; an import does not depend on it
	DeveloperOnlyAttribute bool   // an import does not depend on it
	MinLength              string // the smallest number of characters of a String or DateTime
	MaxLength              string // the largest number of characters of a String or DateTime
	MinValue               string // the smallest Number
	MaxValue               string // the largest Number
}

// Schema is the list of a pool's attributes. The CSV header has them in the same order; see
// [Pool.Header].
type Schema []SchemaAttribute

// ClassicSchema returns the twenty standard attributes in the order of most pools (A32). Of these,
// only sub is required, and a CSV file does not have it.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/get-csv-header.html
func ClassicSchema() Schema {
	return standard("sub name given_name family_name middle_name nickname preferred_username profile picture website" +
		" email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at")
}

// Schema2025 returns the standard attributes, and the attribute identities, in the order of pools that
// were created since about 2025. No public page documents this order; it was observed in such
// pools (A32).
func Schema2025() Schema {
	return standard("profile address birthdate gender preferred_username updated_at website picture identities sub" +
		" phone_number phone_number_verified zoneinfo locale email email_verified" +
		" given_name family_name middle_name name nickname")
}

// standard returns a schema of the standard attributes with these names, in this order.
func standard(names string) Schema {
	s := make(Schema, 0, 22)
	for name := range strings.FieldsSeq(names) {
		a := SchemaAttribute{Name: name, Type: TypeString, Mutable: true, MinLength: "0", MaxLength: "2048"}
		switch name {
		case "sub":
			a.Required, a.Mutable, a.MinLength = true, false, "1"
		case "birthdate":
			a.MinLength, a.MaxLength = "10", "10"
		case AttributeEmailVerified, AttributePhoneNumberVerified:
			a.Type, a.MinLength, a.MaxLength = TypeBoolean, "", ""
		case "updated_at":
			a.Type, a.MinLength, a.MaxLength, a.MinValue = TypeNumber, "", "", "0"
		case "identities":
			a.MinLength, a.MaxLength = "", ""
		}
		s = append(s, a)
	}
	return s
}

// With returns a copy of the schema with these attributes. An attribute replaces the one of the same
// name. If there is none, With inserts it where a pool's header has its custom attributes: before
// locale in the order of [Schema2025], and at the end in the order of [ClassicSchema].
func (s Schema) With(attributes ...SchemaAttribute) Schema {
	s = slices.Clone(s)
	for _, a := range attributes {
		if i := s.index(a.Name); i >= 0 {
			s[i] = a
			continue
		}
		place := len(s)
		if locale := s.index("locale"); locale > s.index("updated_at") && s.index("updated_at") >= 0 {
			place = locale
		}
		s = slices.Insert(s, place, a)
	}
	return s
}

// Require returns a copy of the schema in which the named attributes are required: a row without a
// value for one of them fails. Require ignores a name that is not in the schema.
func (s Schema) Require(names ...string) Schema {
	s = slices.Clone(s)
	for _, name := range names {
		if i := s.index(name); i >= 0 {
			s[i].Required = true
		}
	}
	return s
}

// CustomAttribute returns a mutable custom attribute without bounds, to be passed to [Schema.With]. It
// adds the prefix "custom:" to the name, unless the name begins with "custom:" or "dev:custom:".
func CustomAttribute(name string, typ AttributeType) SchemaAttribute {
	if !strings.HasPrefix(name, "custom:") && !strings.HasPrefix(name, "dev:custom:") {
		name = "custom:" + name
	}
	return SchemaAttribute{Name: name, Type: typ, Mutable: true}
}

func (s Schema) index(name string) int {
	return slices.IndexFunc(s, func(a SchemaAttribute) bool { return a.Name == name })
}

// maxCustomAttributes is the service's quota of custom attributes in a pool.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const maxCustomAttributes = 50

func (s Schema) validate() error {
	custom := 0
	for i, a := range s {
		name := strings.TrimPrefix(a.Name, "dev:")
		name, isCustom := strings.CutPrefix(name, "custom:")
		switch known := slices.Contains([]AttributeType{TypeString, TypeNumber, TypeBoolean, TypeDateTime}, a.Type); {
		case isCustom && (name == "" || utf8.RuneCountInString(name) > 20 || !form.IsUsername(name) || strings.ContainsAny(name, `,\`)):
			return refusef("attribute %q: the name of a custom attribute has 1 to 20 characters, and no space, comma or backslash", a.Name)
		case isCustom && a.Required:
			return refusef("attribute %q: a custom attribute cannot be required", a.Name)
		case !isCustom && Schema2025().index(a.Name) < 0:
			return refusef("attribute %q is not a standard attribute: begin the name of a custom attribute with custom:", a.Name)
		case s.index(a.Name) != i:
			return refusef("the schema has attribute %q twice: remove one", a.Name)
		case !known:
			return refusef("attribute %q: type %q is not one of String Number Boolean DateTime", a.Name, a.Type)
		}
		if err := a.validateBounds(); err != nil {
			return err
		}
		if isCustom {
			custom++
		}
	}
	if custom > maxCustomAttributes {
		return refusef("%d custom attributes: a pool has at most %d", custom, maxCustomAttributes)
	}
	return nil
}

// validateBounds checks that each bound is a whole number, that no lower bound is above its upper bound,
// and that no length is negative.
func (a SchemaAttribute) validateBounds() error {
	for _, pair := range [][2]string{{a.MinLength, a.MaxLength}, {a.MinValue, a.MaxValue}} {
		var bounds [2]int64
		for i, text := range pair {
			if text == "" {
				bounds[i] = []int64{math.MinInt64, math.MaxInt64}[i]
				continue
			}
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return refusef("attribute %q: bound %q is not a whole number", a.Name, text)
			}
			bounds[i] = n
		}
		if bounds[0] > bounds[1] {
			return refusef("attribute %q: the lower bound %s is above the upper bound %s", a.Name, pair[0], pair[1])
		}
	}
	if strings.HasPrefix(a.MinLength, "-") || strings.HasPrefix(a.MaxLength, "-") {
		return refusef("attribute %q: a length cannot be negative", a.Name)
	}
	return nil
}
