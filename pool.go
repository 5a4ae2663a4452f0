package importjob

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/form"
	"github.com/cognito-import/importjob/internal/model"
	"github.com/cognito-import/importjob/internal/seen"
)

// Pool holds the settings of a user pool that decide about an import: which columns its CSV
// file has and which rows are good. The zero value but for an ID is a pool with the classic
// schema, usernames that differ by case, no MFA, and no auto-verified attribute; an import needs
// at least one.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
type Pool struct {
	ID                     string
	Name                   string
	Schema                 Schema   // nil means ClassicSchema()
	AutoVerifiedAttributes []string // of "email" and "phone_number"
	UsernameAttributes     []string // of "email" and "phone_number": what users sign in with instead of a username
	AliasAttributes        []string // of "email", "phone_number" and "preferred_username": what they sign in with besides it
	MFA                    MFA      // "" means MFAOff
	CaseInsensitive        bool     // whether the usernames John and john are one user
	PasswordHashes         bool     // whether the pool takes password hashes; it then has the column password_hash
}

// MFA says whether the users of a pool sign in with a second factor, spelled as on the wire.
type MFA string

// The settings of MFA.
const (
	MFAOff      MFA = "OFF"
	MFAOn       MFA = "ON"
	MFAOptional MFA = "OPTIONAL"
)

// The columns of a CSV file that are no attributes.
const (
	ColumnUsername     = "cognito:username"
	ColumnMFAEnabled   = "cognito:mfa_enabled"
	ColumnPasswordHash = "password_hash"
)

// The attributes that can be verified, and the columns that say whether they are.
const (
	AttributeEmail               = "email"
	AttributeEmailVerified       = "email_verified"
	AttributePhoneNumber         = "phone_number"
	AttributePhoneNumberVerified = "phone_number_verified"
)

// AttributeType is the type of an attribute's values, spelled as on the wire.
type AttributeType string

// The types of attributes.
const (
	TypeString   AttributeType = "String"
	TypeNumber   AttributeType = "Number"
	TypeBoolean  AttributeType = "Boolean"
	TypeDateTime AttributeType = "DateTime"
)

// SchemaAttribute describes one attribute of a pool.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SchemaAttributeType.html
type SchemaAttribute struct {
	Name                   string // a custom attribute's begins with "custom:"
	Type                   AttributeType
	Required               bool
	Mutable                bool
	DeveloperOnlyAttribute bool
	MinLength              string // of a String, in characters; "" sets no bound. A string, as on the wire.
	MaxLength              string
	MinValue               string // of a Number; "" sets no bound
	MaxValue               string
}

// Schema lists the attributes of a pool. Their order is that of the columns in its CSV header.
type Schema []SchemaAttribute

// ClassicSchema returns the twenty standard attributes in the order that most pools have.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/get-csv-header.html
func ClassicSchema() Schema {
	return standard("sub name given_name family_name middle_name nickname preferred_username profile picture website" +
		" email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at")
}

// Schema2025 returns the standard attributes in the order of pools made since about 2025,
// with their attribute identities. The order was seen in such pools; no page documents it.
func Schema2025() Schema {
	return standard("profile address birthdate gender preferred_username updated_at website picture identities sub" +
		" phone_number phone_number_verified zoneinfo locale email email_verified" +
		" given_name family_name middle_name name nickname")
}

// standard makes a schema of standard attributes, given their names.
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

// With returns a copy of the schema with attributes replaced, where they are there by name, or
// added in the place that custom attributes have in a pool's header: before locale in the newer
// order, and otherwise last.
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

// Require returns a copy of the schema in which the named attributes are required of every
// user. A name that is not in the schema is ignored.
func (s Schema) Require(names ...string) Schema {
	s = slices.Clone(s)
	for _, name := range names {
		if i := s.index(name); i >= 0 {
			s[i].Required = true
		}
	}
	return s
}

// CustomAttribute returns a mutable custom attribute of a type, without bounds other than the service's
// own. The prefix "custom:" is added where it lacks.
func CustomAttribute(name string, typ AttributeType) SchemaAttribute {
	if !strings.HasPrefix(name, "custom:") && !strings.HasPrefix(name, "dev:custom:") {
		name = "custom:" + name
	}
	return SchemaAttribute{Name: name, Type: typ, Mutable: true}
}

func (s Schema) index(name string) int {
	return slices.IndexFunc(s, func(a SchemaAttribute) bool { return a.Name == name })
}

// schema returns the pool's schema, or the default one.
func (p Pool) schema() Schema {
	if p.Schema == nil {
		return ClassicSchema()
	}
	return p.Schema
}

// Clone returns a copy that shares nothing with p.
func (p Pool) Clone() Pool {
	p.Schema = slices.Clone(p.Schema)
	p.AutoVerifiedAttributes = slices.Clone(p.AutoVerifiedAttributes)
	p.UsernameAttributes = slices.Clone(p.UsernameAttributes)
	p.AliasAttributes = slices.Clone(p.AliasAttributes)
	return p
}

// Header returns the columns of the pool's CSV file: the schema in its order without sub and
// identities, then cognito:mfa_enabled and cognito:username, then password_hash where the pool
// takes password hashes.
func (p Pool) Header() []string {
	schema := p.schema()
	header := make([]string, 0, len(schema)+3)
	for _, a := range schema {
		if a.Name != "sub" && a.Name != "identities" {
			header = append(header, a.Name)
		}
	}
	header = append(header, ColumnMFAEnabled, ColumnUsername)
	if p.PasswordHashes { // A14
		header = append(header, ColumnPasswordHash)
	}
	return header
}

// UsernameKey returns what makes a username unique in the pool: the username itself, or in lower case
// when the pool ignores case. (A17)
func (p Pool) UsernameKey(username string) string { return seen.Key(username, p.CaseInsensitive) }

// UsernameHash returns a hash of [Pool.UsernameKey]. It holds for this process only.
func (p Pool) UsernameHash(username string) uint64 { return seen.Sum(p.UsernameKey(username)) }

// Validate checks the settings of a pool against the service's model and quotas. The error is
// an [ErrInvalidParameter].
func (p Pool) Validate() error {
	if err := invalid(model.UserPoolID.Check(p.ID), model.PoolName.Check(p.Name)); err != nil {
		return err
	}
	verifiable := []string{AttributeEmail, AttributePhoneNumber}
	for _, list := range []struct {
		member  string
		values  []string
		allowed []string
	}{
		{"autoVerifiedAttributes", p.AutoVerifiedAttributes, verifiable},
		{"usernameAttributes", p.UsernameAttributes, verifiable},
		{"aliasAttributes", p.AliasAttributes, append(verifiable, "preferred_username")},
		{"mfaConfiguration", []string{string(p.MFA)}, []string{"", string(MFAOff), string(MFAOn), string(MFAOptional)}},
	} {
		for i, v := range list.values {
			if slices.Contains(list.values[:i], v) {
				return refusef("%s: %q is there twice", list.member, v)
			}
			if !slices.Contains(list.allowed, v) {
				return refusef("%s: %q is none of %s", list.member, v, strings.Join(list.allowed, " "))
			}
		}
	}
	if len(p.UsernameAttributes) > 0 && len(p.AliasAttributes) > 0 {
		return refusef("a pool has usernameAttributes or aliasAttributes, not both")
	}
	return p.schema().validate()
}

// maxCustomAttributes is a quota of the service.
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
			return refusef("attribute %q: a custom name has 1 to 20 characters, and no space, comma or backslash", a.Name)
		case isCustom && a.Required:
			return refusef("attribute %q: a custom attribute cannot be required", a.Name)
		case !isCustom && Schema2025().index(a.Name) < 0:
			return refusef("attribute %q is not a standard attribute: a custom one begins with custom:", a.Name)
		case s.index(a.Name) != i:
			return refusef("attribute %q is there twice", a.Name)
		case !known:
			return refusef("attribute %q: type %q is none of String Number Boolean DateTime", a.Name, a.Type)
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

// validateBounds checks that bounds are whole numbers, in order, and of lengths not negative.
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
		return refusef("attribute %q: a length is not negative", a.Name)
	}
	return nil
}

// refusef makes an ErrInvalidParameter in our own words.
func refusef(format string, args ...any) error {
	return &Error{Code: ErrInvalidParameter, Message: fmt.Sprintf(format, args...)}
}
