package memory

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/srp"
	"github.com/cognito-import/importjob/userpool"
)

// codeLifetime is the time for which a code works.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const codeLifetime = time.Hour

// newCode makes a code for a user. The phone number comes before the e-mail address.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
func (a *account) newCode(u *users, user *userpool.User, number uint32) (userpool.Code, error) {
	code := userpool.Code{Expires: a.now().Add(codeLifetime)}
	verified := func(attribute string) bool {
		return user.Attributes.Value(attribute) != "" && isVerified(user.Attributes, attribute)
	}
	switch {
	case verified(importjob.AttributePhoneNumber):
		code.Attribute, code.Medium = importjob.AttributePhoneNumber, "SMS"
		code.Destination = maskPhone(user.Attributes.Value(code.Attribute))
	case verified(importjob.AttributeEmail):
		code.Attribute, code.Medium = importjob.AttributeEmail, "EMAIL"
		code.Destination = maskEmail(user.Attributes.Value(code.Attribute))
	default:
		// Source: https://github.com/amazon-archives/amazon-cognito-identity-js/issues/678
		return userpool.Code{}, refuse("Cannot reset password for the user as there is no registered/verified email or phone_number")
	}
	code.Code = a.digits(u)
	c := u.credential(number)
	c.code, c.codeEnds = code.Code, code.Expires
	return code, nil
}

// digits returns six random digits.
func (a *account) digits(u *users) string {
	a.mu.Lock() // it guards the random source
	defer a.mu.Unlock()
	return fmt.Sprintf("%06d", u.ids.rand.IntN(1_000_000))
}

// maskEmail returns an address as the service shows it, such as "j***@e***".
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
func maskEmail(address string) string {
	name, host, _ := strings.Cut(address, "@")
	return firstCharacter(name) + "***@" + firstCharacter(host) + "***"
}

func firstCharacter(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// maskPhone returns a phone number as the service shows it, such as "+*******9934".
//
// Source: https://github.com/getmoto/moto/blob/master/moto/cognitoidp/models.py
func maskPhone(number string) string {
	const shown = 4
	digits := strings.TrimPrefix(number, "+")
	hidden := max(0, len(digits)-shown)
	return "+" + strings.Repeat("*", hidden) + digits[hidden:]
}

// errState refuses to reset the password of a user who has not set one yet.
//
// Source: https://github.com/aws-solutions/distributed-load-testing-on-aws/issues/1
func errState() error { return notAuthorized("User password cannot be reset in the current state.") }

func (a *account) ForgotPassword(_ context.Context, ref userpool.Ref) (code userpool.Code, err error) {
	err = a.edit(ref, func(u *users, set settings, number uint32) (err error) {
		var user userpool.User
		a.user(u, set, number, &user)
		switch {
		case user.Disabled:
			return notAuthorized("User is disabled.") // A82
		case user.Status == userpool.StatusForceChangePassword:
			return errState()
		}
		code, err = a.newCode(u, &user, number)
		return err
	})
	return code, err
}

func (a *account) ResetPassword(_ context.Context, ref userpool.Ref) (code userpool.Code, err error) {
	err = a.edit(ref, func(u *users, set settings, number uint32) (err error) {
		var user userpool.User
		a.user(u, set, number, &user)
		if user.Status == userpool.StatusForceChangePassword || user.Status == userpool.StatusUnconfirmed {
			return errState()
		}
		if code, err = a.newCode(u, &user, number); err != nil {
			return err
		}
		u.credential(number).verifier = srp.Verifier{}
		c := u.change(number)
		c.status, c.modified = userpool.StatusResetRequired, a.now()
		return nil
	})
	return code, err
}

func (a *account) ConfirmForgotPassword(_ context.Context, ref userpool.Ref, code, password string) error {
	return a.edit(ref, func(u *users, set settings, number uint32) error {
		var has credential
		if c := u.changes[number]; c != nil && c.credential != nil {
			has = *c.credential
		}
		switch {
		case has.code == "" || !a.now().Before(has.codeEnds):
			// Source: https://github.com/amazon-archives/amazon-cognito-identity-js/issues/380
			return &importjob.Error{Code: userpool.ErrExpiredCode, Message: "Invalid code provided, please request a code again."}
		case has.code != code:
			// Source: https://github.com/aws-amplify/amplify-js/issues/1067
			return &importjob.Error{Code: userpool.ErrCodeMismatch, Message: "Invalid verification code provided, please try again."}
		}
		if err := set.PasswordPolicy.Check(password); err != nil {
			return err
		}
		var user userpool.User
		a.user(u, set, number, &user)
		a.setPassword(u, ref.UserPoolID, &user, number, password, time.Time{})
		return nil
	})
}
