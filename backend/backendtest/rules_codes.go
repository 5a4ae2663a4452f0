package backendtest

import (
	"errors"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// otherCode returns a code of the same form that differs.
func otherCode(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

// codeRules are about the codes with which users set a password.
func codeRules() []Rule {
	return []Rule{
		{Name: "passwords/forgot", Kind: KindDocumented, Source: guide, Passwords: true,
			Sentence: "An imported user sets a password with the code of ForgotPassword, is CONFIRMED then and signs in with it.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				code := e.forgot("ann")
				equal("the status before", e.user("ann").Status, userpool.StatusResetRequired)
				ok("ConfirmForgotPassword", e.confirm("ann", code.Code, goodPassword))
				equal("the status", e.user("ann").Status, userpool.StatusConfirmed)
				ok("VerifyPassword", e.signIn("ann", goodPassword))
				refused(e.signIn("ann", otherPassword), importjob.ErrNotAuthorized)
			}},
		{Name: "passwords/code", Kind: KindDocumented, Source: api("ForgotPassword"), Passwords: true,
			Sentence: "A code goes to the verified phone number, or else to the verified e-mail address. Its destination is masked, and it ends an hour later.",
			check: func(e *env) {
				e.run(e.file(good("ann"), good("bob").with("phone_number", "+12345550100").with("phone_number_verified", "true")))
				for name, want := range map[string][2]string{"ann": {"email", "EMAIL"}, "bob": {"phone_number", "SMS"}} {
					before, code := e.Now(), e.forgot(name)
					that(len(code.Code) == 6 && strings.Trim(code.Code, "0123456789") == "", "the code has not six digits")
					equal("the attribute", code.Attribute, want[0])
					equal("the medium", code.Medium, want[1])
					that(code.Destination != "" && strings.Contains(code.Destination, "*"), "the destination is not masked")
					that(!strings.Contains(code.Destination, e.user(name).Attributes.Value(want[0])), "the destination is the whole address")
					left := code.Expires.Sub(before)
					that(left > 59*time.Minute && left < 61*time.Minute, "the code ends in %v", left)
				}
			}},
		{Name: "passwords/code-wrong", Kind: KindDocumented, Source: api("ConfirmForgotPassword"), Passwords: true,
			Sentence: "A wrong code is refused with a CodeMismatchException, and the right one works after it.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				code := e.forgot("ann").Code
				refused(e.confirm("ann", otherCode(code), goodPassword), userpool.ErrCodeMismatch)
				ok("ConfirmForgotPassword", e.confirm("ann", code, goodPassword))
			}},
		{Name: "passwords/code-once", Kind: KindContract, Source: "userpool.Passwords", Passwords: true,
			Sentence: "A code works once. Without a code, ConfirmForgotPassword returns an ExpiredCodeException.",
			check: func(e *env) {
				e.run(e.file(good("ann"), good("bob")))
				code := e.forgot("ann").Code
				ok("ConfirmForgotPassword", e.confirm("ann", code, goodPassword))
				refused(e.confirm("ann", code, otherPassword), userpool.ErrExpiredCode)
				refused(e.confirm("bob", code, otherPassword), userpool.ErrExpiredCode)
				ok("VerifyPassword", e.signIn("ann", goodPassword))
			}},
		{Name: "passwords/code-new", Kind: KindContract, Source: "userpool.Passwords", Passwords: true,
			Sentence: "Once there is a new code, the earlier one no longer works.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				first := e.forgot("ann").Code
				second := e.forgot("ann").Code
				if first == second {
					return // once in a million times
				}
				refused(e.confirm("ann", first, goodPassword), userpool.ErrCodeMismatch)
				ok("ConfirmForgotPassword", e.confirm("ann", second, goodPassword))
			}},
		{Name: "passwords/code-ends", Kind: KindDocumented, Source: quotas, Passwords: true, Advances: true,
			Sentence: "A code works for an hour, and then ConfirmForgotPassword returns an ExpiredCodeException.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				code := e.forgot("ann").Code
				e.Advance(59 * time.Minute)
				refused(e.confirm("ann", otherCode(code), goodPassword), userpool.ErrCodeMismatch)
				e.Advance(2 * time.Minute)
				refused(e.confirm("ann", code, goodPassword), userpool.ErrExpiredCode)
			}},
		{Name: "passwords/no-contact", Kind: KindDocumented, Source: noContact, Passwords: true,
			Sentence: "ForgotPassword refuses a user without a verified e-mail address or phone number with an InvalidParameterException.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.update("ann", attr("email_verified", "false"))
				code, err := e.Fixture.Passwords.ForgotPassword(e.ctx, e.ref("ann"))
				refused(err, importjob.ErrInvalidParameter)
				that(code == userpool.Code{}, "there is a code beside the error")
			}},
		{Name: "passwords/forgot-temporary", Kind: KindDocumented, Source: notInState, Passwords: true,
			Sentence: "ForgotPassword refuses a user with a temporary password with a NotAuthorizedException.",
			check: func(e *env) {
				e.add("ann", verifiedEmail("ann@example.com")...)
				_, err := e.Fixture.Passwords.ForgotPassword(e.ctx, e.ref("ann"))
				refused(err, importjob.ErrNotAuthorized)
			}},
		{Name: "passwords/reset", Kind: KindDocumented, Source: api("AdminResetUserPassword"), Passwords: true,
			Sentence: "ResetPassword makes the user RESET_REQUIRED: the old password no longer works, and the code sets a new one.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.setPassword("ann", goodPassword, true)
				code := must(e.Fixture.Passwords.ResetPassword(e.ctx, e.ref("ann")))
				equal("the status", e.user("ann").Status, userpool.StatusResetRequired)
				refused(e.signIn("ann", goodPassword), userpool.ErrPasswordResetRequired)
				ok("ConfirmForgotPassword", e.confirm("ann", code.Code, otherPassword))
				ok("VerifyPassword", e.signIn("ann", otherPassword))
			}},
	}
}

// signInRules are about who can sign in.
func signInRules() []Rule {
	return []Rule{
		{Name: "passwords/wrong", Kind: KindDocumented, Source: wrongPassword, Passwords: true,
			Sentence: "A wrong password, and any password of a user without one, is refused with a NotAuthorizedException.",
			check: func(e *env) {
				e.add("ann")
				e.setPassword("ann", goodPassword, true)
				for _, wrong := range []string{otherPassword, strings.ToLower(goodPassword), goodPassword + " ", ""} {
					refused(e.signIn("ann", wrong), importjob.ErrNotAuthorized)
				}
				must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "bob", Status: userpool.StatusConfirmed}))
				refused(e.signIn("bob", goodPassword), importjob.ErrNotAuthorized)
			}},
		{Name: "passwords/disabled", Kind: KindDocumented, Source: disabledUser, Passwords: true,
			Sentence: "A disabled user cannot sign in until it is enabled.",
			check: func(e *env) {
				e.add("ann")
				e.setPassword("ann", goodPassword, true)
				ok("DisableUser", e.Directory.DisableUser(e.ctx, e.ref("ann")))
				refused(e.signIn("ann", goodPassword), importjob.ErrNotAuthorized)
				ok("EnableUser", e.Directory.EnableUser(e.ctx, e.ref("ann")))
				ok("VerifyPassword", e.signIn("ann", goodPassword))
			}},
		{Name: "passwords/state", Kind: KindContract, Source: "userpool.Passwords", Passwords: true,
			Sentence: "The error of a sign-in that the state of the user forbids is that of User.SignInError.",
			check: func(e *env) {
				e.run(e.file(good("reset")))
				must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "unconfirmed", Status: userpool.StatusUnconfirmed}))
				must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "disabled", Disabled: true}))
				for _, name := range []string{"reset", "unconfirmed", "disabled"} {
					var want, got *importjob.Error
					errors.As(e.user(name).SignInError(), &want)
					that(want != nil, "User.SignInError of the user %s is nil", name)
					err := e.signIn(name, goodPassword)
					refused(err, want.Code)
					errors.As(err, &got)
					equal("the message", got.Message, want.Message)
				}
			}},
		{Name: "passwords/by-alias", Kind: KindContract, Source: "userpool.Passwords", Passwords: true, Setup: aliased("email"),
			Sentence: "A user signs in with a verified alias, too, and the answer has the username.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.setPassword("ann@example.com", goodPassword, true)
				equal("the username", must(e.Fixture.Passwords.VerifyPassword(e.ctx, e.ref("ann@example.com"), goodPassword)).Username, "ann")
			}},
		{Name: "passwords/lock-out", Kind: KindDocumented, Source: signInFlow, Passwords: true, Advances: true,
			Sentence: "After five wrong passwords the right one is refused for a second, after the sixth for two.",
			check: func(e *env) {
				e.add("ann")
				e.setPassword("ann", goodPassword, true)
				for range 4 {
					refused(e.signIn("ann", otherPassword), importjob.ErrNotAuthorized)
				}
				refused(e.signIn("ann", otherPassword), importjob.ErrNotAuthorized)
				refused(e.signIn("ann", goodPassword), importjob.ErrNotAuthorized)
				e.Advance(time.Second)
				refused(e.signIn("ann", otherPassword), importjob.ErrNotAuthorized)
				e.Advance(1900 * time.Millisecond)
				refused(e.signIn("ann", goodPassword), importjob.ErrNotAuthorized)
				e.Advance(100 * time.Millisecond)
				ok("VerifyPassword", e.signIn("ann", goodPassword))
			}},
		{Name: "passwords/srp", Kind: KindAssumed, Source: "A72", Passwords: true,
			Sentence: "SRPVerifier returns the username, 16 bytes of salt and a verifier of 3,072 bits, for a user without a password always the same ones.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				get := func() (string, string) {
					v := must(e.Fixture.Passwords.SRPVerifier(e.ctx, e.ref("ann")))
					equal("the username", v.Username, "ann")
					equal("the length of the salt", len(v.Salt), 16)
					that(len(v.Verifier) > 370 && len(v.Verifier) <= 384, "the verifier has %d bytes", len(v.Verifier))
					return string(v.Salt), string(v.Verifier)
				}
				salt, verifier := get()
				salt2, verifier2 := get()
				that(salt == salt2 && verifier == verifier2, "the second verifier differs")
				e.setPassword("ann", goodPassword, true)
				salt3, verifier3 := get()
				that(salt != salt3 && verifier != verifier3, "a password does not change the verifier")
			}},
	}
}
