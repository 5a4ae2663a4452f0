package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// poolFlags describe the user pool that a file is for. --user-pool-id and --password-hashing-algorithm are for
// pools in memory and at AWS, the other flags for pools in memory only.
type poolFlags struct {
	UserPoolID               string `group:"Pool:" name:"user-pool-id" placeholder:"ID" default:"us-west-2_aaaaaaaaa" help:"ID of the pool (default ${default}, but required at AWS)."`
	PasswordHashingAlgorithm string `group:"Pool:" enum:",BCRYPT,SCRYPT,ARGON2ID,PBKDF2_SHA256" placeholder:"NAME" default:"" help:"Algorithm of the hashes in the column password_hash: BCRYPT, SCRYPT, ARGON2ID or PBKDF2_SHA256."`

	Schema             string   `group:"Settings of a pool in memory:" enum:"classic,newer" placeholder:"NAME" default:"classic" help:"Order of the columns: classic, or newer for pools created since about 2025 (default ${default})."`
	AutoVerified       []string `group:"Settings of a pool in memory:" placeholder:"NAME" default:"email" help:"Attributes that the pool verifies: email, phone_number or both (default ${default})."`
	UsernameAttributes []string `group:"Settings of a pool in memory:" placeholder:"NAME" help:"Attributes that users sign in with instead of a username: email, phone_number or both."`
	AliasAttributes    []string `group:"Settings of a pool in memory:" placeholder:"NAME" help:"Attributes that users can sign in with besides a username: email, phone_number, preferred_username."`
	Required           []string `group:"Settings of a pool in memory:" placeholder:"NAME" help:"Standard attributes that every user must have."`
	Custom             []string `group:"Settings of a pool in memory:" placeholder:"NAME[:TYPE]" help:"Custom attribute. TYPE is String, Number, Boolean or DateTime (default String). Repeatable."`
	MFA                mfaMode  `group:"Settings of a pool in memory:" name:"mfa" enum:"off,on,optional" placeholder:"MODE" default:"off" help:"Multi-factor authentication: off, on or optional (default ${default})."`
	CaseSensitive      bool     `group:"Settings of a pool in memory:" help:"Treat usernames that differ only in case as different users."`

	takesHashes bool // the pool in memory takes password hashes, whatever the flags say
}

// mfaMode is a value of --mfa, in lower case. Amazon's own tools write it in upper case.
type mfaMode string

// UnmarshalText accepts a mode in any case.
func (m *mfaMode) UnmarshalText(text []byte) error {
	*m = mfaMode(strings.ToLower(string(text)))
	return nil
}

// pool returns the pool that the flags describe, or an error if the service has no such pools.
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
		PasswordHashes:         f.PasswordHashingAlgorithm != "" || f.takesHashes,
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
			return nil, fmt.Errorf("--required %s: no standard attribute has this name; importjob header lists the names", name)
		}
	}
	schema = schema.Require(f.Required...)
	for _, flag := range f.Custom {
		attribute := customAttribute(flag)
		if contains(schema, attribute.Name) {
			return nil, fmt.Errorf("--custom %s: the pool has this attribute already; give each name once", flag)
		}
		schema = schema.With(attribute)
	}
	return schema, nil
}

// customAttribute parses NAME[:TYPE]. The name can have its prefix "custom:" or "dev:custom:". The case of the
// type does not matter.
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

// withoutOp returns an error of the service with only the exception and its message, without the operation.
func withoutOp(err error) error {
	var e *importjob.Error
	if errors.As(err, &e) && e.Message != "" {
		return fmt.Errorf("%w: %s", e.Code, e.Message)
	}
	return err
}
