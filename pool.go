package importjob

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob/internal/model"
	"github.com/cognito-import/importjob/internal/seen"
)

// Pool has the settings of a user pool that an import depends on. They decide which columns the CSV
// file has and which rows are imported. Get the Pool of an existing user pool from [Client].Pool.
//
// Pool{ID: id} is a valid pool. It has the classic schema, case-sensitive usernames, no MFA, and no
// auto-verified attribute. To import users, a pool needs at least one auto-verified attribute.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
type Pool struct {
	ID                     string
	Name                   string
	Schema                 Schema   // the attributes; nil means ClassicSchema()
	AutoVerifiedAttributes []string // "email", "phone_number" or both; each row must have at least one of them verified
	UsernameAttributes     []string // users sign in with these instead of a username: "email", "phone_number" or both
	AliasAttributes        []string // users sign in with these or with a username: "email", "phone_number", "preferred_username"
	MFA                    MFA      // "" means MFAOff
	CaseInsensitive        bool     // true if the usernames John and john are the same user
	PasswordHashes         bool     // true if the pool imports password hashes; its file then has the column password_hash
}

// MFA tells whether users sign in with a second factor (multi-factor authentication), spelled as the
// service spells it.
type MFA string

// The settings of MFA.
const (
	MFAOff      MFA = "OFF"      // no user has MFA
	MFAOn       MFA = "ON"       // every user needs MFA
	MFAOptional MFA = "OPTIONAL" // the column cognito:mfa_enabled decides for each user
)

// The columns of a CSV file that are not attributes of the user.
const (
	ColumnUsername     = "cognito:username"    // required in every row
	ColumnMFAEnabled   = "cognito:mfa_enabled" // true, false or empty
	ColumnPasswordHash = "password_hash"       // a hash of the job's PasswordHashingAlgorithm, or empty
)

// The attributes that can be verified. Each has a second attribute that is true if it is verified.
const (
	AttributeEmail               = "email"
	AttributeEmailVerified       = "email_verified"
	AttributePhoneNumber         = "phone_number"
	AttributePhoneNumberVerified = "phone_number_verified"
)

// schema returns the pool's schema, or ClassicSchema if it has none.
func (p Pool) schema() Schema {
	if p.Schema == nil {
		return ClassicSchema()
	}
	return p.Schema
}

// Clone returns a copy of p that has its own slices, so that changing one does not change the other.
func (p Pool) Clone() Pool {
	p.Schema = slices.Clone(p.Schema)
	p.AutoVerifiedAttributes = slices.Clone(p.AutoVerifiedAttributes)
	p.UsernameAttributes = slices.Clone(p.UsernameAttributes)
	p.AliasAttributes = slices.Clone(p.AliasAttributes)
	return p
}

// Header returns the column names of the pool's CSV file. These are the attributes in the order of the
// schema, without sub and identities, then cognito:mfa_enabled and cognito:username. If
// PasswordHashes is true, password_hash is the last column. (A14)
func (p Pool) Header() []string {
	schema := p.schema()
	header := make([]string, 0, len(schema)+3)
	for _, a := range schema {
		if a.Name != "sub" && a.Name != "identities" {
			header = append(header, a.Name)
		}
	}
	header = append(header, ColumnMFAEnabled, ColumnUsername)
	if p.PasswordHashes {
		header = append(header, ColumnPasswordHash)
	}
	return header
}

// UsernameKey returns the form in which the pool compares usernames: two usernames are the same user
// if their keys are equal. The key is the username, in lower case if CaseInsensitive is true. (A17)
func (p Pool) UsernameKey(username string) string { return seen.Key(username, p.CaseInsensitive) }

// UsernameHash returns a hash of [Pool.UsernameKey]. Another process returns another hash for the same
// username, so do not store it.
func (p Pool) UsernameHash(username string) uint64 { return seen.Sum(p.UsernameKey(username)) }

// Validate checks the settings against the constraints and quotas of the service. The error is an
// *[Error] with [ErrInvalidParameter] that names the wrong setting.
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
				return refusef("%s has %q twice: remove one", list.member, v)
			}
			if !slices.Contains(list.allowed, v) {
				return refusef("%s: %q is not one of %s", list.member, v, strings.Join(list.allowed, " "))
			}
		}
	}
	if len(p.UsernameAttributes) > 0 && len(p.AliasAttributes) > 0 {
		return refusef("a pool can have usernameAttributes or aliasAttributes, not both: remove one of them")
	}
	return p.schema().validate()
}

// refusef returns an ErrInvalidParameter with a message of this module, not of the service.
func refusef(format string, args ...any) error {
	return &Error{Code: ErrInvalidParameter, Message: fmt.Sprintf(format, args...)}
}
