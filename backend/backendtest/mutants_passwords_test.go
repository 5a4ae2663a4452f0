package backendtest_test

import (
	"context"
	"errors"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// enters is the lie that a sign-in that was refused with a code succeeds.
func enters(code importjob.Code) lie {
	return func(c *memory.Cognito) backend.Interceptor {
		return when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			err := next(ctx)
			if !errors.Is(err, code) {
				return err
			}
			u, err := c.User(ctx, call.Input().(backend.VerifyPasswordInput).Ref)
			if err == nil {
				call.Answer(u)
			}
			return err
		})(c)
	}
}

// codes is a lie about each code.
func codes(change func(*userpool.Code)) lie {
	return answers(userpool.OpForgotPassword, func(_ *backend.Call, code userpool.Code) userpool.Code {
		change(&code)
		return code
	})
}

func passwordMutants() []mutant {
	invalid, notAuthorized := importjob.ErrInvalidParameter, importjob.ErrNotAuthorized
	anySet := func(backend.SetPasswordInput) bool { return true }
	anyConfirm := func(backend.ConfirmForgotPasswordInput) bool { return true }
	confirms := func(code importjob.Code) lie { return taken(userpool.OpConfirmForgotPassword, code, nil, anyConfirm) }
	return []mutant{
		{lie: "an imported user has a wrong password", kills: "passwords/imported passwords/reset passwords/state", does: saysOther(userpool.OpVerifyPassword, userpool.ErrPasswordResetRequired, notAuthorized)},
		{lie: "an imported user enters", kills: "passwords/imported", does: enters(userpool.ErrPasswordResetRequired)},
		{lie: "imported hashes do not work", kills: "passwords/imported-hash", does: func(*memory.Cognito) backend.Interceptor {
			return when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if call.Input().(backend.VerifyPasswordInput).Password == "P@ssw0rd!" {
					return &importjob.Error{Op: call.Op, Code: notAuthorized}
				}
				return next(ctx)
			})(nil)
		}},
		{lie: "an imported hash works once", kills: "passwords/imported-hash", does: func(*memory.Cognito) backend.Interceptor {
			used := false
			return when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if used {
					return &importjob.Error{Op: call.Op, Code: notAuthorized}
				}
				err := next(ctx)
				used = err == nil
				return err
			})(nil)
		}},
		{lie: "any password is right", kills: "passwords/wrong passwords/imported-hash passwords/forgot passwords/temporary passwords/lock-out passwords/temporary-ends", does: enters(notAuthorized)},
		{lie: "all passwords are temporary", kills: "passwords/permanent", does: when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if err := next(ctx); err != nil {
				return err
			}
			u := call.Output().(userpool.User)
			u.Status = userpool.StatusForceChangePassword
			call.Answer(u)
			return nil
		})},
		{lie: "all passwords are permanent", kills: "passwords/temporary passwords/temporary-ends", does: func(c *memory.Cognito) backend.Interceptor {
			return after(userpool.OpSetPassword, func(ctx context.Context, c *memory.Cognito, call *backend.Call) error {
				in := call.Input().(backend.SetPasswordInput)
				return c.SetPassword(ctx, in.Ref, in.Password, true)
			})(c)
		}},
		{lie: "passwords are set and do not change", kills: "passwords/permanent passwords/temporary", does: ignored(userpool.OpSetPassword, nil)},
		{lie: "a temporary password ends at once", kills: "passwords/temporary-ends", does: func(c *memory.Cognito) backend.Interceptor {
			return when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				u, err := c.User(ctx, call.Input().(backend.VerifyPasswordInput).Ref)
				if err == nil && u.Status == userpool.StatusForceChangePassword && time.Since(u.LastModifiedDate) > 24*time.Hour {
					return &importjob.Error{Op: call.Op, Code: notAuthorized}
				}
				return next(ctx)
			})(c)
		}},
		{lie: "an administrator need not keep the policy", kills: "passwords/policy passwords/own-policy", does: taken(userpool.OpSetPassword, userpool.ErrInvalidPassword, nil, anySet)},
		{lie: "a user need not keep the policy", kills: "passwords/policy", does: confirms(userpool.ErrInvalidPassword)},
		{lie: "a bad password is bad input", kills: "passwords/policy passwords/own-policy", does: saysOther(userpool.OpSetPassword, userpool.ErrInvalidPassword, invalid)},
		{lie: "all pools have the default policy", kills: "passwords/own-policy", does: when(userpool.OpSetPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if err := userpool.DefaultPasswordPolicy().Check(call.Input().(backend.SetPasswordInput).Password); err != nil {
				return err
			}
			return next(ctx)
		})},
		{lie: "nobody has a password", kills: "passwords/unknown-user", does: saysOther(userpool.OpVerifyPassword, userpool.ErrUserNotFound, notAuthorized)},
		{lie: "nobody gets a code", kills: "passwords/unknown-user", does: taken(userpool.OpForgotPassword, userpool.ErrUserNotFound, userpool.Code{}, anyRef)},
		{lie: "without a pool nobody has a password", kills: "passwords/unknown-pool", does: saysOther(userpool.OpSetPassword, importjob.ErrResourceNotFound, userpool.ErrUserNotFound)},
		{lie: "a password can be empty", kills: "passwords/malformed", does: taken(userpool.OpSetPassword, invalid, nil, func(in backend.SetPasswordInput) bool { return in.Password == "" })},
		{lie: "a password can be long", kills: "passwords/malformed", does: taken(userpool.OpSetPassword, invalid, nil, func(in backend.SetPasswordInput) bool { return len(in.Password) > 256 })},
		{lie: "a code can have white space", kills: "passwords/malformed", does: taken(userpool.OpConfirmForgotPassword, invalid, nil, func(in backend.ConfirmForgotPasswordInput) bool { return in.Code == "12 34" })},
		{lie: "errors tell the password", kills: "passwords/malformed", does: when(userpool.OpSetPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if err := next(ctx); err != nil {
				return errors.Join(err, errors.New(call.Input().(backend.SetPasswordInput).Password))
			}
			return nil
		})},
		{lie: "a username with white space gets a code", kills: "passwords/malformed", does: taken(userpool.OpForgotPassword, invalid, userpool.Code{}, func(r userpool.Ref) bool { return r.Username == "two words" })},
		{lie: "setting a password does not look at the context", kills: "passwords/canceled", does: patient(userpool.OpSetPassword)},
		{lie: "resetting a password does not look at the context", kills: "passwords/canceled", does: patient(userpool.OpResetPassword)},

		{lie: "ForgotPassword resets the user", kills: "passwords/policy", does: after(userpool.OpForgotPassword, func(ctx context.Context, c *memory.Cognito, call *backend.Call) error {
			code, err := c.ResetPassword(ctx, call.Input().(userpool.Ref))
			call.Answer(code)
			return err
		})},
		{lie: "ConfirmForgotPassword does nothing", kills: "passwords/forgot passwords/reset passwords/code-once", does: ignored(userpool.OpConfirmForgotPassword, nil)},
		{lie: "a code works for ever", kills: "passwords/code-ends passwords/code-once", does: confirms(userpool.ErrExpiredCode)},
		{lie: "any code works", kills: "passwords/code-wrong passwords/code-new passwords/code-ends", does: confirms(userpool.ErrCodeMismatch)},
		{lie: "a wrong code has expired", kills: "passwords/code-wrong passwords/code-new passwords/code-ends", does: saysOther(userpool.OpConfirmForgotPassword, userpool.ErrCodeMismatch, userpool.ErrExpiredCode)},
		{lie: "a code that has expired is wrong", kills: "passwords/code-once passwords/code-ends", does: saysOther(userpool.OpConfirmForgotPassword, userpool.ErrExpiredCode, userpool.ErrCodeMismatch)},
		{lie: "codes are longer", kills: "passwords/code", does: codes(func(c *userpool.Code) { c.Code += "0" })},
		{lie: "codes go to the e-mail address", kills: "passwords/code", does: codes(func(c *userpool.Code) { c.Attribute, c.Medium = "email", "EMAIL" })},
		{lie: "destinations are not masked", kills: "passwords/code", does: codes(func(c *userpool.Code) { c.Destination = "ann@example.com" })},
		{lie: "codes end after a day", kills: "passwords/code", does: codes(func(c *userpool.Code) { c.Expires = c.Expires.Add(23 * time.Hour) })},
		{lie: "an address that is not verified will do", kills: "passwords/no-contact", does: taken(userpool.OpForgotPassword, invalid, userpool.Code{}, anyRef)},
		{lie: "a temporary password can be forgotten", kills: "passwords/forgot-temporary", does: taken(userpool.OpForgotPassword, notAuthorized, userpool.Code{}, anyRef)},
		{lie: "ResetPassword is ForgotPassword", kills: "passwords/reset", does: func(c *memory.Cognito) backend.Interceptor {
			return when(userpool.OpResetPassword, func(ctx context.Context, call *backend.Call, _ func(context.Context) error) error {
				code, err := c.ForgotPassword(ctx, call.Input().(userpool.Ref))
				if err == nil {
					call.Answer(code)
				}
				return err
			})(c)
		}},

		{lie: "a user without a password enters", kills: "passwords/wrong", does: func(c *memory.Cognito) backend.Interceptor {
			return when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if ref := call.Input().(backend.VerifyPasswordInput).Ref; ref.Username == "bob" {
					call.Answer(userpool.User{Username: "bob"})
					return nil
				}
				return next(ctx)
			})(c)
		}},
		{lie: "white space around a password does not matter", kills: "passwords/wrong", does: when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if call.Input().(backend.VerifyPasswordInput).Password == "Passw0rd! " {
				call.Answer(userpool.User{})
				return nil
			}
			return next(ctx)
		})},
		{lie: "disabled users enter", kills: "passwords/disabled", does: func(c *memory.Cognito) backend.Interceptor {
			return when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				ref := call.Input().(backend.VerifyPasswordInput).Ref
				_ = c.EnableUser(ctx, ref)
				return next(ctx)
			})(c)
		}},
		{lie: "an unconfirmed user has a wrong password", kills: "passwords/state", does: saysOther(userpool.OpVerifyPassword, userpool.ErrUserNotConfirmed, notAuthorized)},
		{lie: "nobody learns why a user is kept out", kills: "passwords/state", does: when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if err := next(ctx); errors.Is(err, notAuthorized) {
				return &importjob.Error{Op: call.Op, Code: notAuthorized, Message: "No."}
			} else {
				return err
			}
		})},
		{lie: "nobody signs in with an alias", kills: "passwords/by-alias", does: when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if call.Input().(backend.VerifyPasswordInput).Ref.Username == "ann@example.com" {
				return &importjob.Error{Op: call.Op, Code: notAuthorized}
			}
			return next(ctx)
		})},
		{lie: "an alias signs in as a username", kills: "passwords/by-alias", does: answers(userpool.OpVerifyPassword, func(call *backend.Call, u userpool.User) userpool.User {
			u.Username = call.Input().(backend.VerifyPasswordInput).Ref.Username
			return u
		})},
		{lie: "nobody is locked out", kills: "passwords/lock-out", does: func(c *memory.Cognito) backend.Interceptor {
			return when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if in := call.Input().(backend.VerifyPasswordInput); in.Password == "Passw0rd!" {
					_ = c.SetPassword(ctx, in.Ref, in.Password, true)
				}
				return next(ctx)
			})(c)
		}},
		{lie: "who is locked out waits for ever", kills: "passwords/lock-out", does: func(*memory.Cognito) backend.Interceptor {
			failed := 0
			return when(userpool.OpVerifyPassword, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				err := next(ctx)
				if err != nil {
					failed++
				}
				if failed >= 5 {
					return &importjob.Error{Op: call.Op, Code: notAuthorized}
				}
				return err
			})(nil)
		}},
		{lie: "a verifier is random without a password", kills: "passwords/srp", does: answers(userpool.OpSRPVerifier, func(_ *backend.Call, v userpool.SRPVerifier) userpool.SRPVerifier {
			v.Salt = append([]byte{byte(time.Now().UnixNano())}, v.Salt[1:]...)
			v.Salt = v.Salt[:15]
			return v
		})},
		{lie: "a verifier is for the sub", kills: "passwords/srp", does: answers(userpool.OpSRPVerifier, func(_ *backend.Call, v userpool.SRPVerifier) userpool.SRPVerifier {
			v.Username = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"
			return v
		})},
		{lie: "all have one verifier", kills: "passwords/srp", does: func(*memory.Cognito) backend.Interceptor {
			var first *userpool.SRPVerifier
			return answers(userpool.OpSRPVerifier, func(_ *backend.Call, v userpool.SRPVerifier) userpool.SRPVerifier {
				if first == nil {
					first = &v
				}
				return *first
			})(nil)
		}},
	}
}
