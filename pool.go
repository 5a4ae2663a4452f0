package importjob

import (
	"fmt"
	"slices"
	"strings"

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

// refusef makes an ErrInvalidParameter in our own words.
func refusef(format string, args ...any) error {
	return &Error{Code: ErrInvalidParameter, Message: fmt.Sprintf(format, args...)}
}
