package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// poolFlags describe the user pool that a file is for.
type poolFlags struct {
	UserPoolID         string   `name:"user-pool-id" placeholder:"ID" default:"us-west-2_aaaaaaaaa" help:"ID of the pool (${default})."`
	Schema             string   `enum:"classic,newer" placeholder:"NAME" default:"classic" help:"Order of the columns: classic, or newer as in pools made since about 2025 (${default})."`
	AutoVerified       []string `placeholder:"NAME" default:"email" help:"Attributes that the pool verifies, of email and phone_number (${default})."`
	UsernameAttributes []string `placeholder:"NAME" help:"What users sign in with instead of a username, of email and phone_number."`
	AliasAttributes    []string `placeholder:"NAME" help:"What users sign in with besides a username, of email, phone_number and preferred_username."`
	Required           []string `placeholder:"NAME" help:"Standard attributes that every user must have."`
	Custom             []string `placeholder:"NAME[:TYPE]" help:"A custom attribute; TYPE is String, Number, Boolean or DateTime (String). Repeatable."`
	MFA                mfaMode  `name:"mfa" enum:"off,on,optional" placeholder:"MODE" default:"off" help:"Second factor: off, on or optional (${default})."`
	CaseSensitive      bool     `help:"Usernames that differ in case only are different users."`

	PasswordHashingAlgorithm string `enum:",BCRYPT,SCRYPT,ARGON2ID,PBKDF2_SHA256" placeholder:"NAME" default:"" help:"The file has a column password_hash with hashes of this algorithm: BCRYPT, SCRYPT, ARGON2ID or PBKDF2_SHA256."`
}

// mfaMode is a value of --mfa, in lower case. Amazon's own tools write it in upper case.
type mfaMode string

// UnmarshalText takes any case.
func (m *mfaMode) UnmarshalText(text []byte) error {
	*m = mfaMode(strings.ToLower(string(text)))
	return nil
}

// pool returns the pool that the flags describe, if there can be such a pool.
func (f *poolFlags) pool() (importjob.Pool, error) {
	schema, err := f.schema()
	if err != nil {
		return importjob.Pool{}, err
	}
	pool := importjob.Pool{
		ID:                     f.UserPoolID,
		Name:                   "MyUserPool",
		Schema:                 schema,
		AutoVerifiedAttributes: notEmpty(f.AutoVerified),
		UsernameAttributes:     notEmpty(f.UsernameAttributes),
		AliasAttributes:        notEmpty(f.AliasAttributes),
		MFA:                    importjob.MFA(strings.ToUpper(string(f.MFA))),
		CaseInsensitive:        !f.CaseSensitive,
		PasswordHashes:         f.PasswordHashingAlgorithm != "",
	}
	return pool, withoutOp(pool.Validate())
}

func (f *poolFlags) schema() (importjob.Schema, error) {
	schema := importjob.ClassicSchema()
	if f.Schema == "newer" {
		schema = importjob.Schema2025()
	}
	for _, name := range f.Required {
		if !contains(schema, name) {
			return nil, fmt.Errorf("--required %s: no standard attribute has this name", name)
		}
	}
	schema = schema.Require(f.Required...)
	for _, flag := range f.Custom {
		attribute := customAttribute(flag)
		if contains(schema, attribute.Name) {
			return nil, fmt.Errorf("--custom %s: the attribute is there twice", flag)
		}
		schema = schema.With(attribute)
	}
	return schema, nil
}

// customAttribute reads NAME[:TYPE]. The name may have its prefix already; the case of the type
// does not matter.
func customAttribute(flag string) importjob.SchemaAttribute {
	prefix := ""
	for _, p := range []string{"dev:", "custom:"} {
		if rest, ok := strings.CutPrefix(flag, p); ok {
			prefix, flag = prefix+p, rest
		}
	}
	name, typ, hasType := strings.Cut(flag, ":")
	if !hasType {
		typ = string(importjob.TypeString)
	}
	for _, known := range []importjob.AttributeType{
		importjob.TypeString, importjob.TypeNumber, importjob.TypeBoolean, importjob.TypeDateTime,
	} {
		if strings.EqualFold(typ, string(known)) {
			typ = string(known)
		}
	}
	return importjob.CustomAttribute(prefix+name, importjob.AttributeType(typ))
}

func contains(schema importjob.Schema, name string) bool {
	return slices.ContainsFunc(schema, func(a importjob.SchemaAttribute) bool { return a.Name == name })
}

// notEmpty drops empty names, so that --auto-verified="" means none.
func notEmpty(names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// withoutOp leaves of a service's refusal the exception and its words.
func withoutOp(err error) error {
	var e *importjob.Error
	if errors.As(err, &e) && e.Message != "" {
		return fmt.Errorf("%w: %s", e.Code, e.Message)
	}
	return err
}
