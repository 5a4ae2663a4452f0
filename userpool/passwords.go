package userpool

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
)

// Passwords sets and checks the passwords of users. Only a fake has it: package memory implements it, so that a test
// can prove that an imported user gets in. The package comment says what holds for every method. A method finds the
// user of a [Ref] as [Users] does, and returns an [ErrUserNotFound] if there is none.
type Passwords interface {
	// SetPassword sets a password, as an administrator does. A permanent one makes the user [StatusConfirmed].
	// Another one is temporary and makes the user [StatusForceChangePassword]. It returns an [ErrInvalidPassword] if
	// the password breaks the policy of the pool.
	//
	// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html
	SetPassword(ctx context.Context, ref Ref, password string, permanent bool) error

	// VerifyPassword checks the password with which a user signs in, and returns the user. If the Status of the user
	// is [StatusForceChangePassword], the password was a temporary one and the user must set another.
	//
	// It returns the error of [User.SignInError] if the state of the user forbids the sign-in, and an
	// [importjob.ErrNotAuthorized] if the password is wrong, if it was temporary and has expired, or after too many
	// wrong ones: five, and then a time that doubles with each, from one second to about 15 minutes.
	//
	// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html
	VerifyPassword(ctx context.Context, ref Ref, password string) (User, error)

	// ForgotPassword makes a code with which the user can set a new password for one hour, and returns the code that
	// the service would send. An earlier code no longer works. It returns an [importjob.ErrInvalidParameter] if the user has no
	// verified phone number and no verified e-mail address, and an [importjob.ErrNotAuthorized] if the user still has
	// a temporary password.
	//
	// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
	ForgotPassword(ctx context.Context, ref Ref) (Code, error)

	// ConfirmForgotPassword sets a new password and makes the user [StatusConfirmed]. It returns an [ErrCodeMismatch]
	// if code is wrong, an [ErrExpiredCode] if no code was made or it is too old, and an [ErrInvalidPassword] if the
	// password breaks the policy of the pool.
	//
	// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html
	ConfirmForgotPassword(ctx context.Context, ref Ref, code, password string) error

	// ResetPassword makes a user [StatusResetRequired], as an administrator does, and returns a code as ForgotPassword
	// does.
	//
	// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
	ResetPassword(ctx context.Context, ref Ref) (Code, error)

	// SRPVerifier returns what a server needs to check a password by SRP (Secure Remote Password), without a look at
	// the state of the user, and without counting wrong passwords. A user who has no password yet, or whose imported hash was never used to sign in, has a
	// verifier that no password fits (A72).
	SRPVerifier(ctx context.Context, ref Ref) (SRPVerifier, error)
}

// SRPVerifier is what a server stores to check a password by SRP. It does not contain the password. Printing or
// logging it shows nothing of it.
type SRPVerifier struct {
	Username string // the name that is hashed with the password: the username of the user
	Salt     []byte // 16 bytes
	Verifier []byte // a number of 3,072 bits, big-endian

	// Expires is when a temporary password no longer works. It is zero for any other.
	Expires time.Time
}

// Format prints a constant text for every verb of package fmt.
func (v SRPVerifier) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "SRP verifier") }

// LogValue returns a constant text for log/slog.
func (v SRPVerifier) LogValue() slog.Value { return slog.StringValue("SRP verifier") }

// Code is a confirmation code, and where the service would send it. A Code that is printed, logged or marshaled shows
// only Attribute and Medium.
type Code struct {
	Code        string // six digits
	Attribute   string // the attribute with the address: "email" or "phone_number"
	Medium      string // "EMAIL" or "SMS"
	Destination string // the address, masked, such as "j***@e***"
	Expires     time.Time
}

// String returns the attribute and the medium, such as "code by EMAIL to email".
func (c Code) String() string { return "code by " + c.Medium + " to " + c.Attribute }

// Format prints String for every verb of package fmt.
func (c Code) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue returns String as the value for log/slog.
func (c Code) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText returns String, so that JSON does not contain the code.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// SignInError returns the error with which the state of the user refuses a sign-in, whatever the password, or nil:
//
//   - an [importjob.ErrNotAuthorized] if the user is disabled,
//   - an [ErrUserNotConfirmed] if the user has not confirmed the account,
//   - an [ErrPasswordResetRequired] if the user must set a password: one imported without a password hash.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html,
// https://github.com/localstack/localstack/issues/8454 and
// https://github.com/amazon-archives/amazon-cognito-identity-js/issues/468
func (u User) SignInError() error {
	switch {
	case u.Disabled:
		return &importjob.Error{Code: importjob.ErrNotAuthorized, Message: "User is disabled."}
	case u.Status == StatusUnconfirmed:
		return &importjob.Error{Code: ErrUserNotConfirmed, Message: "User is not confirmed."}
	case u.Status == StatusResetRequired:
		return &importjob.Error{Code: ErrPasswordResetRequired, Message: "Password reset required for the user"}
	}
	return nil
}

// ValidatePassword checks a password against the constraints of the service's model: 1 to 256 characters without white
// space at its ends. It does not check a policy. The error is an [importjob.ErrInvalidParameter] in the service's
// wording, without the password.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html
func ValidatePassword(password string) error { return invalid(model.Password.Check(password)) }

// The operations of [Passwords], by the names that the service gives them. They are the Op of an [importjob.Error].
const (
	OpSetPassword           importjob.Op = "AdminSetUserPassword"
	OpVerifyPassword        importjob.Op = "AdminInitiateAuth"
	OpForgotPassword        importjob.Op = "ForgotPassword"
	OpConfirmForgotPassword importjob.Op = "ConfirmForgotPassword"
	OpResetPassword         importjob.Op = "AdminResetUserPassword"
	OpSRPVerifier           importjob.Op = "InitiateAuth"
)

// The exceptions of [Passwords], in addition to those of [Users].
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminInitiateAuth.html and
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html
const (
	ErrPasswordResetRequired importjob.Code = "PasswordResetRequiredException" // the user must set a password first: call ForgotPassword
	ErrUserNotConfirmed      importjob.Code = "UserNotConfirmedException"      // the user has not confirmed the account
	ErrInvalidPassword       importjob.Code = "InvalidPasswordException"       // the password breaks the policy of the pool
	ErrCodeMismatch          importjob.Code = "CodeMismatchException"          // the code is wrong
	ErrExpiredCode           importjob.Code = "ExpiredCodeException"           // the code is too old, or there is none
)
