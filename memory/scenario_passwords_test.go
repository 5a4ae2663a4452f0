package memory_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/cognito-import/importjob/userpool"
)

// password chooses one out of a few, so that it is often the right one.
func (s *scenario) password() string {
	if s.often(5) {
		return oneOf(s, "", "Short1!", "nocapital1!", "NOSMALL1!", "NoDigits!", "NoSymbol1")
	}
	return oneOf(s, "Passw0rd!", "Passw0rd!", "0ther-Passw0rd")
}

func (s *scenario) setPassword() error {
	ref, password, permanent := s.someUser(), s.password(), s.often(2)
	err := s.c.SetPassword(s.ctx, ref, password, permanent)
	s.note("set password %+v %q permanent %v: %v", ref, password, permanent, err)
	return sameError(userpool.OpSetPassword, err, s.m.setPassword(ref, password, permanent))
}

// verifyPassword tries several times in a row, so that users get locked out.
func (s *scenario) verifyPassword() error {
	ref := s.someUser()
	for range oneOf(s, 1, 1, 2, 7) {
		password := s.password()
		if _, user, _ := s.m.lookUpUser(ref); user != nil && s.often(2) {
			password = user.password.text
		}
		got, err := s.c.VerifyPassword(s.ctx, ref, password)
		s.note("verify password %+v %q: %v", ref, password, err)
		want := s.m.verifyPassword(ref, password)
		if err := sameError(userpool.OpVerifyPassword, err, want); err != nil {
			return err
		}
		if want != nil {
			continue
		}
		_, user, _ := s.m.lookUpUser(ref)
		if err := s.sameUser(got, user); err != nil {
			return err
		}
	}
	return nil
}

// newCode makes a code by ForgotPassword or ResetPassword.
func (s *scenario) newCode() error {
	ref := s.someUser()
	op, call, model := userpool.OpForgotPassword, s.c.ForgotPassword, s.m.forgotPassword
	if s.often(3) {
		op, call, model = userpool.OpResetPassword, s.c.ResetPassword, s.m.resetPassword
	}
	got, err := call(s.ctx, ref)
	s.note("%s %+v: %s by %s to %s until %v: %v", op, ref, got.Code, got.Medium, got.Attribute, got.Expires, err)
	user, attribute, want := model(ref)
	if err := sameError(op, err, want); err != nil || want != nil {
		return err
	}
	medium := map[string]string{"email": "EMAIL", "phone_number": "SMS"}[attribute]
	if len(got.Code) != 6 || got.Attribute != attribute || got.Medium != medium || !got.Expires.Equal(s.now.Add(time.Hour)) {
		return fmt.Errorf("got the code %s by %s to %s until %v, want one to %s", got.Code, got.Medium, got.Attribute, got.Expires, attribute)
	}
	user.password.code = got.Code
	return nil
}

// confirmForgotPassword prefers a user with a code.
func (s *scenario) confirmForgotPassword() error {
	ref, code := s.someUser(), oneOf(s, "", "x", "0000000")
	pool := s.m.pool(ref.UserPoolID)
	if pool != nil && !s.often(5) {
		for _, user := range pool.users {
			if user.password.code != "" {
				ref.Username, code = user.sub, user.password.code
			}
		}
	}
	password := s.password()
	if s.often(5) || len(code) != 6 {
		code, password = oneOf(s, code, code+"0"), "Passw0rd!"
	}
	if code == "" && s.often(2) {
		code = "123456789"
	}
	err := s.c.ConfirmForgotPassword(s.ctx, ref, code, password)
	s.note("confirm forgot password %+v %q %q: %v", ref, code, password, err)
	return errors.Join(sameError(userpool.OpConfirmForgotPassword, err, s.m.confirmForgotPassword(ref, code, password)))
}
