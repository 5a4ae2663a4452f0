package userpool

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
	"github.com/cognito-import/importjob/internal/paging"
)

// Users holds the users of pools.
type Users interface {
	// AddUser adds one user and returns it as stored, its Sub and dates filled in. Status
	// FORCE_CHANGE_PASSWORD is the default. [ErrUsernameExists] when the username is taken.
	AddUser(ctx context.Context, userPoolID string, user User) (User, error)

	// User returns one user. [ErrUserNotFound] when there is none.
	User(ctx context.Context, ref Ref) (User, error)

	// Users returns a page of a pool's users in order of creation, and the token of the next page, ""
	// after the last. A page holds at most 60 users. [All] iterates over all of them.
	Users(ctx context.Context, userPoolID string, page importjob.Page) ([]User, string, error)

	// CountUsers returns the number of users in a pool.
	CountUsers(ctx context.Context, userPoolID string) (int64, error)
}

// All iterates over all users of a pool, in order of creation. An error ends it.
func All(ctx context.Context, users Users, userPoolID string) iter.Seq2[User, error] {
	return paging.All(func(token string) ([]User, string, error) {
		return users.Users(ctx, userPoolID, importjob.Page{Token: token})
	}, nil)
}

// Ref names a user.
type Ref struct {
	UserPoolID string
	Username   string
}

// Validate checks the name of a user against the service's model. The error is an
// [importjob.ErrInvalidParameter] in the service's own wording. It does not repeat the username.
func (r Ref) Validate() error {
	message := model.Message(model.UserPoolID.Check(r.UserPoolID), model.Username.Check(r.Username))
	if message == "" {
		return nil
	}
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: message}
}

// User is a user as a pool stores it. Printing or logging one shows its status only: who the user is
// belongs in no log.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
type User struct {
	Username         string
	Sub              string // a UUID that the pool gives; never imported
	Attributes       Attributes
	Status           Status
	Disabled         bool
	CreateDate       time.Time // UTC, whole milliseconds
	LastModifiedDate time.Time
}

// String returns the status alone.
func (u User) String() string { return "user (" + string(u.Status) + ")" }

// GoString is String.
func (u User) GoString() string { return u.String() }

// Format makes every verb print String, so that no verb shows who the user is.
func (u User) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, u.String()) }

// LogValue is String for log/slog.
func (u User) LogValue() slog.Value { return slog.StringValue(u.String()) }

// Status is the state of a user, spelled as on the wire.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
type Status string

// The states that a user of this module can be in.
const (
	// StatusResetRequired is the state of an imported user without a password: the first sign-in asks
	// for a new one.
	StatusResetRequired       Status = "RESET_REQUIRED"
	StatusConfirmed           Status = "CONFIRMED" // imported with a password hash
	StatusUnconfirmed         Status = "UNCONFIRMED"
	StatusForceChangePassword Status = "FORCE_CHANGE_PASSWORD" // made by an administrator
)

// The operations of [Users], by the service's own names. CountUsers is one number in the answer of
// DescribeUserPool.
const (
	OpAddUser    importjob.Op = "AdminCreateUser"
	OpUser       importjob.Op = "AdminGetUser"
	OpUsers      importjob.Op = "ListUsers"
	OpCountUsers importjob.Op = "DescribeUserPool"
)

// The exceptions of [Users].
const (
	ErrUserNotFound   importjob.Code = "UserNotFoundException"
	ErrUsernameExists importjob.Code = "UsernameExistsException"
)
