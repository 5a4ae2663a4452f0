package memory

import (
	"context"
	"time"

	"github.com/cognito-import/importjob/userpool"
)

// SetPassword sets a password, as an administrator does. A temporary one works for the days that the policy of the pool
// says. It returns a [userpool.ErrInvalidPassword] if the password breaks the policy.
func (c *Cognito) SetPassword(ctx context.Context, ref userpool.Ref, password string, permanent bool) error {
	return c.passwords.SetPassword(ctx, ref, password, permanent)
}

// VerifyPassword checks the password with which a user signs in, and returns the user. It computes an imported hash as
// slowly as its parameters say, once: the first sign-in replaces the hash. No other call waits meanwhile.
//
// It returns the error of [userpool.User.SignInError] if the state of the user forbids the sign-in, such as a
// [userpool.ErrPasswordResetRequired] for a user imported without a hash. It returns an [importjob.ErrNotAuthorized] if
// the password is wrong, if it was temporary and has expired, or after five wrong ones: then for one second, and for
// twice as long after each further one, up to 15 minutes.
func (c *Cognito) VerifyPassword(ctx context.Context, ref userpool.Ref, password string) (userpool.User, error) {
	return c.passwords.VerifyPassword(ctx, ref, password)
}

// ForgotPassword makes a code with which the user can set a new password for one hour. It sends nothing.
func (c *Cognito) ForgotPassword(ctx context.Context, ref userpool.Ref) (userpool.Code, error) {
	return c.passwords.ForgotPassword(ctx, ref)
}

// ConfirmForgotPassword sets a new password with a code of ForgotPassword or ResetPassword, and confirms the user.
func (c *Cognito) ConfirmForgotPassword(ctx context.Context, ref userpool.Ref, code, password string) error {
	return c.passwords.ConfirmForgotPassword(ctx, ref, code, password)
}

// ResetPassword makes a user [userpool.StatusResetRequired] and returns a code as ForgotPassword does. The old password,
// or the imported hash, no longer works.
func (c *Cognito) ResetPassword(ctx context.Context, ref userpool.Ref) (userpool.Code, error) {
	return c.passwords.ResetPassword(ctx, ref)
}

// SRPVerifier returns what a server needs to check a password by SRP.
func (c *Cognito) SRPVerifier(ctx context.Context, ref userpool.Ref) (userpool.SRPVerifier, error) {
	return c.passwords.SRPVerifier(ctx, ref)
}

// Now returns the time of this Cognito: that of Options.Now, in UTC and whole milliseconds.
func (c *Cognito) Now() time.Time { return c.account.now() }
