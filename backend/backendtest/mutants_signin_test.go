package backendtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/userpool"
)

// aliases is a setup in which pools that have exactly these aliases get others.
func aliases(old, other []string) func(*backendtest.Setup) {
	return inPools(func(p *importjob.Pool) {
		if slices.Equal(p.AliasAttributes, old) {
			p.AliasAttributes = other
		}
	})
}

func nameMutants() []mutant {
	return []mutant{
		{lie: "a phone number as alias may be a username", kills: "rows/alias-username-phone", setup: aliases([]string{"phone_number"}, nil)},
		{lie: "with two aliases the first alone keeps usernames apart", kills: "rows/alias-username-both",
			setup: aliases([]string{"email", "phone_number"}, []string{"email"}),
			tell: func(l *liar) { // AddUser keeps to both
				l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
					if strings.HasPrefix(u.Username, "+") {
						return userpool.User{}, &importjob.Error{Code: importjob.ErrInvalidParameter}
					}
					return l.Directory.AddUser(ctx, pool, u)
				}
			}},
		{lie: "a preferred username keeps e-mail addresses apart", kills: "rows/alias-username-preferred",
			setup: aliases([]string{"preferred_username"}, []string{"preferred_username", "email"}),
			tell: func(l *liar) {
				l.onPool = func(p *importjob.Pool) {
					if len(p.AliasAttributes) == 2 && p.AliasAttributes[0] == "preferred_username" {
						p.AliasAttributes = p.AliasAttributes[:1]
					}
				}
			}},
		{lie: "any username does for a phone number", kills: "rows/phone-as-username", setup: inPools(func(p *importjob.Pool) {
			if slices.Equal(p.UsernameAttributes, []string{"phone_number"}) {
				p.UsernameAttributes = nil
			}
		})},
		{lie: "a number without its plus sign does for either", kills: "rows/either-as-username", tell: value("cognito:username", func(v string) string {
			return strings.ReplaceAll("|"+v, "|12345550100", "|one@example.com")[1:]
		})},
		{lie: "an administrator may give any username", kills: "directory/alias-username", tell: func(l *liar) {
			l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
				u.Username = strings.NewReplacer("@", "-", "+", "").Replace(u.Username)
				return l.Directory.AddUser(ctx, pool, u)
			}
		}},
		{lie: "a year is a birthdate where the schema has room for it", kills: "rows/short-birthdate", tell: value("birthdate", func(v string) string {
			if len(v) == 4 {
				return "01/01/" + v
			}
			return v
		})},
		{lie: "a line end between quotes is part of the value", kills: "file/newline-in-value", tell: file(func(f string) string {
			return strings.ReplaceAll(f, "\"1 Main St\nAnytown\"", "1 Main St Anytown")
		})},
		{lie: "a backslash escapes a line end", kills: "file/newline-in-value", tell: file(func(f string) string { return strings.ReplaceAll(f, "\\\n", " ") })},
	}
}

// unfound is the lie that User does not find a user under some names, other than its username.
func unfound(names func(ref userpool.Ref, u userpool.User) bool) func(*liar) {
	return func(l *liar) {
		l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
			u, err := l.Directory.User(ctx, ref)
			if err == nil && u.Username != ref.Username && names(ref, u) {
				return userpool.User{}, &importjob.Error{Op: userpool.OpUser, Code: userpool.ErrUserNotFound}
			}
			return u, err
		}
	}
}

// foundBy is the lie that User finds a user by more than it should.
func foundBy(is func(ref userpool.Ref, u userpool.User) bool) func(*liar) {
	return func(l *liar) {
		l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
			u, err := l.Directory.User(ctx, ref)
			if !errors.Is(err, userpool.ErrUserNotFound) {
				return u, err
			}
			for other := range userpool.All(ctx, l.Directory, ref.UserPoolID) {
				if is(ref, other) {
					return other, nil
				}
			}
			return u, err
		}
	}
}

func lookupMutants() []mutant {
	has := func(name string) func(userpool.Ref, userpool.User) bool {
		return func(ref userpool.Ref, u userpool.User) bool { return u.Attributes.Value(name) == ref.Username }
	}
	return []mutant{
		{lie: "a sub finds nobody", kills: "users/by-sub", tell: unfound(func(ref userpool.Ref, u userpool.User) bool { return ref.Username == u.Sub })},
		{lie: "a preferred username finds nobody", kills: "users/by-alias", tell: unfound(has("preferred_username"))},
		{lie: "a phone number as alias finds nobody", kills: "users/by-alias", tell: unfound(func(ref userpool.Ref, u userpool.User) bool {
			return u.Attributes.Value("preferred_username") != "" && ref.Username == "+12345550100"
		})},
		{lie: "an e-mail address that is no alias finds its user", kills: "users/by-alias-only", tell: foundBy(has("email"))},
		{lie: "an alias that is not verified finds its user", kills: "users/by-alias-only", tell: foundBy(has("phone_number"))},
		{lie: "a nickname finds its user", kills: "users/by-alias-only", tell: foundBy(has("nickname"))},
		{lie: "of two users with an alias the first is found", kills: "users/by-last-alias", tell: func(l *liar) {
			l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
				u, err := l.Directory.User(ctx, ref)
				if err == nil && u.Username == "bob" && ref.Username == "ann@example.com" {
					ref.Username = "ann"
					return l.Directory.User(ctx, ref)
				}
				return u, err
			}
		}},
		{lie: "a phone number finds nobody who has an e-mail address as username", kills: "users/by-email", tell: unfound(func(_ userpool.Ref, u userpool.User) bool {
			return strings.Contains(u.Username, "@")
		})},
		{lie: "aliases are compared with their case", kills: "users/alias-case", tell: unfound(func(ref userpool.Ref, u userpool.User) bool {
			email := u.Attributes.Value("email")
			return strings.EqualFold(email, ref.Username) && email != ref.Username
		})},
		{lie: "preferred usernames are compared with their case", kills: "users/alias-case", tell: unfound(func(ref userpool.Ref, u userpool.User) bool {
			name := u.Attributes.Value("preferred_username")
			return strings.EqualFold(name, ref.Username) && name != ref.Username
		})},
		{lie: "the sub is an attribute, too", kills: "users/sub-is-apart", tell: func(l *liar) {
			l.onUser = func(u *userpool.User) {
				if u.Username == "sue" {
					other := &liar{}
					extra("sub", u.Sub)(other)
					other.onUser(u)
				}
			}
		}},
		{lie: "attributes come in the order of the schema", kills: "users/attribute-order", tell: everyUser(func(u *userpool.User) {
			var list []userpool.Attribute
			for name, value := range u.Attributes.All() {
				list = append(list, userpool.Attribute{Name: name, Value: value})
			}
			slices.Reverse(list)
			u.Attributes = userpool.NewAttributes(list...)
		})},
		{lie: "e-mail addresses are stored in lower case where case does not matter", kills: "stored/email-case", tell: attribute(func(name, value string) (string, string) {
			if name == "email" && value == "Ann.Lee@Example.com" {
				value = strings.ToLower(value)
			}
			return name, value
		})},
		{lie: "usernames are stored in lower case where case does not matter", kills: "stored/email-case", tell: everyUser(func(u *userpool.User) {
			if u.Username == "Ann" {
				u.Username = "ann"
			}
		})},
	}
}

func boundMutants() []mutant {
	hash := func(old, other string) func(*liar) {
		return value("password_hash", func(v string) string { return strings.Replace(v, old, other, 1) })
	}
	return []mutant{
		{lie: "BCRYPT has no version 2x", kills: "hashes/bcrypt-versions", tell: hash("$2x$", "$2z$")},
		{lie: "BCRYPT has no version 2a", kills: "hashes/bcrypt-versions", tell: hash("$2a$", "$2z$")},
		{lie: "BCRYPT has no version 2y", kills: "hashes/bcrypt-versions", tell: hash("$2y$", "$2z$")},
		{lie: "BCRYPT has a version 2c", kills: "hashes/bcrypt-versions", tell: hash("$2c$", "$2a$")},
		{lie: "BCRYPT has a version 2", kills: "hashes/bcrypt-versions", tell: hash("$2$", "$2a$")},
		{lie: "a version of BCRYPT may be in upper case", kills: "hashes/bcrypt-versions", tell: hash("$2A$", "$2a$")},
		{lie: "SCRYPT takes an N of 65537", kills: "hashes/scrypt-bounds", tell: hash("65537$", "65536$")},
		{lie: "SCRYPT takes an r of 9", kills: "hashes/scrypt-bounds", tell: hash("$9$1$", "$8$1$")},
		{lie: "SCRYPT takes a p of 2", kills: "hashes/scrypt-bounds", tell: hash("$8$2$", "$8$1$")},
		{lie: "ARGON2ID takes an m of 19457", kills: "hashes/argon2id-bounds", tell: hash(`m=19457\,t=2\,p=1$c2FsdHk`, `m=19456\,t=2\,p=1$c2FsdHk`)},
		{lie: "ARGON2ID takes a t of 3", kills: "hashes/argon2id-bounds", tell: hash(`t=3`, "t=2")},
		{lie: "ARGON2ID takes a p of 2", kills: "hashes/argon2id-bounds", tell: hash("p=2", "p=1")},
		{lie: "PBKDF2 takes SHA-512", kills: "hashes/pbkdf2-bounds", tell: hash("pbkdf2-sha512", "pbkdf2-sha256")},
	}
}
