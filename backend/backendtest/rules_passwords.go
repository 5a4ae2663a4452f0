package backendtest

import (
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// goodPassword keeps the default policy, and otherPassword too.
const (
	goodPassword  = "Passw0rd!"
	otherPassword = "0ther-Passw0rd"
)

func (e *env) setPassword(name, password string, permanent bool) {
	ok("SetPassword", e.Fixture.Passwords.SetPassword(e.ctx, e.ref(name), password, permanent))
}

// signIn returns the error of a sign-in. It ends the check if there is a user beside the error.
func (e *env) signIn(name, password string) error {
	u, err := e.Fixture.Passwords.VerifyPassword(e.ctx, e.ref(name), password)
	that(err == nil || u.Username == "" && u.Sub == "", "there is a user beside the error")
	return err
}

func (e *env) forgot(name string) userpool.Code {
	return must(e.Fixture.Passwords.ForgotPassword(e.ctx, e.ref(name)))
}

func (e *env) confirm(name, code, password string) error {
	return e.Fixture.Passwords.ConfirmForgotPassword(e.ctx, e.ref(name), code, password)
}

// passwordRules are about setting passwords.
func passwordRules() []Rule {
	return []Rule{
		{Name: "passwords/imported", Kind: KindDocumented, Source: guide, Passwords: true,
			Sentence: "A sign-in of a user who was imported without a hash returns a PasswordResetRequiredException, whatever the password.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				refused(e.signIn("ann", goodPassword), userpool.ErrPasswordResetRequired)
				refused(e.signIn("ann", "x"), userpool.ErrPasswordResetRequired)
			}},
		{Name: "passwords/imported-hash", Kind: KindDocumented, Source: guide, Passwords: true, Setup: hashPool(),
			Sentence: "A user who was imported with a hash signs in with the password of the hash, also a second time, and with no other.",
			check: func(e *env) {
				in := e.input()
				in.PasswordHashingAlgorithm = importjob.HashPBKDF2SHA256
				job := must(e.Client.Create(e.ctx, in))
				e.upload(job, e.file(good("ann").with(importjob.ColumnPasswordHash, cheapHash)))
				e.finish(e.start(job))
				for range 2 {
					refused(e.signIn("ann", otherPassword), importjob.ErrNotAuthorized)
					ok("VerifyPassword", e.signIn("ann", hashedPassword))
				}
			}},
		{Name: "passwords/permanent", Kind: KindDocumented, Source: api("AdminSetUserPassword"), Passwords: true,
			Sentence: "A permanent password of an administrator makes the user CONFIRMED, who then signs in with it.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.setPassword("ann", goodPassword, true)
				u := must(e.Fixture.Passwords.VerifyPassword(e.ctx, e.ref("ann"), goodPassword))
				equal("the status", u.Status, userpool.StatusConfirmed)
				sameUser(u, e.user("ann"))
			}},
		{Name: "passwords/temporary", Kind: KindDocumented, Source: api("AdminSetUserPassword"), Passwords: true,
			Sentence: "A temporary password makes the user FORCE_CHANGE_PASSWORD, and a sign-in with it says so. The old password no longer works.",
			check: func(e *env) {
				e.add("ann")
				e.setPassword("ann", otherPassword, true)
				e.setPassword("ann", goodPassword, false)
				equal("the status", must(e.Fixture.Passwords.VerifyPassword(e.ctx, e.ref("ann"), goodPassword)).Status, userpool.StatusForceChangePassword)
				refused(e.signIn("ann", otherPassword), importjob.ErrNotAuthorized)
			}},
		{Name: "passwords/temporary-ends", Kind: KindAssumed, Source: "A81", Passwords: true, Advances: true,
			Sentence: "A temporary password works for seven days, and then a sign-in returns a NotAuthorizedException.",
			check: func(e *env) {
				e.add("ann")
				e.setPassword("ann", goodPassword, false)
				e.Advance(7*24*time.Hour - time.Minute)
				ok("VerifyPassword", e.signIn("ann", goodPassword))
				e.Advance(2 * time.Minute)
				refused(e.signIn("ann", goodPassword), importjob.ErrNotAuthorized)
			}},
		{Name: "passwords/policy", Kind: KindDocumented, Source: passwordPolicy, Passwords: true,
			Sentence: "A password that breaks the policy of the pool is refused with an InvalidPasswordException, and the old one stays.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.setPassword("ann", goodPassword, true)
				code := e.forgot("ann").Code
				for _, bad := range []string{"Sh0rt!", "passw0rd!", "PASSW0RD!", "Password!", "Passw0rds"} {
					refused(e.Fixture.Passwords.SetPassword(e.ctx, e.ref("ann"), bad, true), userpool.ErrInvalidPassword)
					refused(e.confirm("ann", code, bad), userpool.ErrInvalidPassword)
				}
				ok("VerifyPassword", e.signIn("ann", goodPassword))
				ok("ConfirmForgotPassword", e.confirm("ann", code, otherPassword))
			}},
		{Name: "passwords/own-policy", Kind: KindDocumented, Source: api("PasswordPolicyType"), Passwords: true,
			Sentence: "A pool with a policy of its own takes the passwords that it allows.",
			check: func(e *env) {
				p := must(e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: importjob.Pool{Name: "fresh", AutoVerifiedAttributes: []string{"email"}},
					PasswordPolicy: userpool.PasswordPolicy{MinimumLength: 6, RequireNumbers: true}}))
				must(e.Directory.AddUser(e.ctx, p.ID, userpool.User{Username: "ann"}))
				ref := userpool.Ref{UserPoolID: p.ID, Username: "ann"}
				ok("SetPassword", e.Fixture.Passwords.SetPassword(e.ctx, ref, "simple1", true))
				refused(e.Fixture.Passwords.SetPassword(e.ctx, ref, "simple", true), userpool.ErrInvalidPassword)
			}},
		{Name: "passwords/unknown-user", Kind: KindDocumented, Source: api("AdminSetUserPassword"), Passwords: true,
			Sentence: "Every method refuses a user who does not exist with a UserNotFoundException.",
			check: func(e *env) {
				allRefuse(e.ofPasswords(e.ctx, e.ref("nobody")), withCode(userpool.ErrUserNotFound))
			}},
		{Name: "passwords/unknown-pool", Kind: KindContract, Source: "userpool.Passwords", Passwords: true,
			Sentence: "Every method refuses a pool that does not exist with a ResourceNotFoundException.",
			check: func(e *env) {
				allRefuse(e.ofPasswords(e.ctx, userpool.Ref{UserPoolID: unknownPool, Username: "ann"}), withCode(importjob.ErrResourceNotFound))
			}},
		{Name: "passwords/malformed", Kind: KindDocumented, Source: model, Passwords: true,
			Sentence: "Every method refuses a malformed pool ID and a malformed username. A new password has 1 to 256 characters, and a code has no white space. No error contains a password.",
			check: func(e *env) {
				for _, ref := range []userpool.Ref{{UserPoolID: "no-underscore", Username: "ann"}, e.ref(""), e.ref("two words"), e.ref(longName)} {
					allRefuse(e.ofPasswords(e.ctx, ref), withCode(importjob.ErrInvalidParameter))
				}
				e.add("ann")
				long := goodPassword + strings.Repeat("x", 248)
				for _, bad := range []string{"", long} {
					err := e.Fixture.Passwords.SetPassword(e.ctx, e.ref("ann"), bad, true)
					refused(err, importjob.ErrInvalidParameter)
					that(bad == "" || !strings.Contains(err.Error(), goodPassword), "the error contains the password")
					refused(e.confirm("ann", "123456", bad), importjob.ErrInvalidParameter)
				}
				refused(e.confirm("ann", "12 34", goodPassword), importjob.ErrInvalidParameter)
				e.setPassword("ann", long[:256], true)
			}},
		{Name: "passwords/canceled", Kind: KindContract, Source: "userpool.Passwords", Passwords: true,
			Sentence: "Every method refuses a context that has ended, with the context's cause, and changes nothing.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				before := e.user("ann")
				ctx, cause := e.ended()
				allRefuse(e.ofPasswords(ctx, e.ref("ann")), withCause(cause))
				sameUser(e.user("ann"), before)
			}},
	}
}

// cheapHash is a PBKDF2_SHA256 hash of hashedPassword.
const (
	cheapHash      = "$pbkdf2-sha256$10$RwGmeKejAiY$3NuGLNJWqNayaj3qyYaDB8qo2j843Pnl1CkDOVWXIhrO5SMgEk9VaCx3n1kQGDOsLvnqgYjRKiHHo/iMkJBHOw"
	hashedPassword = "P@ssw0rd!"
)
