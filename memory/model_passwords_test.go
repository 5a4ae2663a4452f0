package memory_test

import (
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// modelPassword keeps a password in clear.
type modelPassword struct {
	text       string    // "" for none
	ends       time.Time // of a temporary one
	code       string    // "" for none
	codeEnds   time.Time
	failures   int
	lastFailed time.Time
}

// goodPassword is the default policy.
func goodPassword(password string) bool {
	return len(password) >= 8 && strings.ContainsAny(password, "abcdefghijklmnopqrstuvwxyz") && strings.ContainsAny(password, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") &&
		strings.ContainsAny(password, "0123456789") && strings.ContainsAny(password, "!-_.")
}

func (m *model) setPassword(ref userpool.Ref, password string, permanent bool) error {
	if password == "" {
		return importjob.ErrInvalidParameter
	}
	_, user, err := m.lookUpUser(ref)
	switch {
	case err != nil:
		return err
	case !goodPassword(password):
		return userpool.ErrInvalidPassword
	}
	user.password, user.modified, user.status = modelPassword{text: password}, m.now, userpool.StatusConfirmed
	if !permanent {
		user.password.ends, user.status = m.now.AddDate(0, 0, 7), userpool.StatusForceChangePassword
	}
	return nil
}

// locked: five wrong passwords, and then a time that doubles from one second to 15 minutes.
func (p modelPassword) locked(now time.Time) bool {
	wait := time.Second
	for range p.failures - 5 {
		wait = min(2*wait, 15*time.Minute)
	}
	return p.failures >= 5 && now.Before(p.lastFailed.Add(wait))
}

func (m *model) verifyPassword(ref userpool.Ref, password string) error {
	_, user, err := m.lookUpUser(ref)
	if err != nil {
		return err
	}
	has := &user.password
	switch {
	case user.disabled:
		return importjob.ErrNotAuthorized
	case user.status == userpool.StatusUnconfirmed:
		return userpool.ErrUserNotConfirmed
	case user.status == userpool.StatusResetRequired:
		return userpool.ErrPasswordResetRequired
	case has.locked(m.now), !has.ends.IsZero() && !m.now.Before(has.ends): // A81
		return importjob.ErrNotAuthorized
	case has.text == "" || has.text != password:
		if m.now.Sub(has.lastFailed) >= 15*time.Minute {
			has.failures = 0
		}
		has.failures++
		has.lastFailed = m.now
		return importjob.ErrNotAuthorized
	}
	has.failures, has.lastFailed = 0, time.Time{}
	return nil
}

// makeCode tells where the code goes: to the phone number if it is verified, else to the e-mail address.
func (m *model) makeCode(user *modelUser) (attribute string, err error) {
	for _, name := range []string{"phone_number", "email"} {
		if user.attributes[name] != "" && user.attributes[name+"_verified"] == "true" {
			user.password.codeEnds = m.now.Add(time.Hour)
			return name, nil
		}
	}
	return "", importjob.ErrInvalidParameter
}

func (m *model) forgotPassword(ref userpool.Ref) (*modelUser, string, error) {
	_, user, err := m.lookUpUser(ref)
	switch {
	case err != nil:
		return nil, "", err
	case user.disabled, user.status == userpool.StatusForceChangePassword: // A82
		return nil, "", importjob.ErrNotAuthorized
	}
	attribute, err := m.makeCode(user)
	return user, attribute, err
}

func (m *model) resetPassword(ref userpool.Ref) (*modelUser, string, error) {
	_, user, err := m.lookUpUser(ref)
	switch {
	case err != nil:
		return nil, "", err
	case user.status == userpool.StatusForceChangePassword, user.status == userpool.StatusUnconfirmed:
		return nil, "", importjob.ErrNotAuthorized
	}
	attribute, err := m.makeCode(user)
	if err == nil {
		user.status, user.modified, user.password.text = userpool.StatusResetRequired, m.now, ""
	}
	return user, attribute, err
}

func (m *model) confirmForgotPassword(ref userpool.Ref, code, password string) error {
	if code == "" || password == "" {
		return importjob.ErrInvalidParameter
	}
	_, user, err := m.lookUpUser(ref)
	switch {
	case err != nil:
		return err
	case user.password.code == "" || !m.now.Before(user.password.codeEnds):
		return userpool.ErrExpiredCode
	case user.password.code != code:
		return userpool.ErrCodeMismatch
	case !goodPassword(password):
		return userpool.ErrInvalidPassword
	}
	user.password, user.modified, user.status = modelPassword{text: password}, m.now, userpool.StatusConfirmed
	return nil
}
