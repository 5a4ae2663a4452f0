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

// Users adds, reads, changes and deletes the users of pools, and has their groups. The package comment says what
// holds for every method. To read all users of a pool, call [All].
//
// A method that takes a [Ref] finds the user by username. If there is none, it finds the user with this sub, or the
// one who signs in with this name: by an attribute in UsernameAttributes, or by a verified alias. It returns an
// [ErrUserNotFound] if the pool has no such user.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
type Users interface {
	// AddUser adds one user, as an administrator does, and returns the user as stored. No invitation is sent. The
	// implementation sets Sub and the dates and ignores the caller's values. An empty Status becomes
	// [StatusForceChangePassword]. In a pool with UsernameAttributes, Username is an e-mail address or a phone
	// number: it becomes the value of that attribute, and the sub becomes the username.
	//
	// AddUser returns an [ErrUsernameExists] if another user has the username, an [ErrAliasExists] if another user
	// signs in with a verified alias of the new user, and an [importjob.ErrInvalidParameter] if an attribute is not
	// in the schema, breaks its constraints, or is required and missing.
	AddUser(ctx context.Context, userPoolID string, user User) (User, error)

	// User returns one user.
	User(ctx context.Context, ref Ref) (User, error)

	// Users returns one page of a pool's users, oldest first, and the token of the next page. The token is
	// "" after the last page. A page holds at most page.MaxResults users: 1 to 60, and 0 means 60.
	Users(ctx context.Context, userPoolID string, page importjob.Page) ([]User, string, error)

	// CountUsers returns the number of users in a pool.
	CountUsers(ctx context.Context, userPoolID string) (int64, error)

	// UpdateUser sets the attributes in the list and keeps the others. An empty Value removes the attribute. It
	// returns an [importjob.ErrInvalidParameter] if an attribute is not in the schema, cannot be changed, or breaks
	// its constraints. It returns an [ErrAliasExists] if another user signs in with the new value.
	//
	// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
	UpdateUser(ctx context.Context, ref Ref, attributes []Attribute) error

	// DeleteUser deletes a user and takes it out of its groups.
	DeleteUser(ctx context.Context, ref Ref) error

	// DisableUser keeps a user from signing in until EnableUser. To disable a disabled user, or to enable an enabled
	// one, changes nothing.
	DisableUser(ctx context.Context, ref Ref) error
	EnableUser(ctx context.Context, ref Ref) error

	Groups
}

// All iterates over all users of a pool, oldest first. It calls Users for one page at a time, when the loop
// needs the page. If Users returns an error, All yields this error with a zero User, and ends.
func All(ctx context.Context, users Users, userPoolID string) iter.Seq2[User, error] {
	return paging.All(func(token string) ([]User, string, error) {
		return users.Users(ctx, userPoolID, importjob.Page{Token: token})
	}, nil)
}

// Ref names a user of a pool.
type Ref struct {
	UserPoolID string
	Username   string
}

// Validate checks the pool ID and the username against the constraints of the service's model. A username has
// 1 to 128 characters, and no white space or control characters. The error is an
// [importjob.ErrInvalidParameter] in the service's wording. It does not contain the username.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
func (r Ref) Validate() error {
	return invalid(model.UserPoolID.Check(r.UserPoolID), model.Username.Check(r.Username))
}

// User is a user as a pool stores it. A User that is printed or logged shows only its status, because its
// other fields are personal data. Package encoding/json does not hide them.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
type User struct {
	Username         string
	Sub              string     // a UUID that the pool chooses; a file cannot set it
	Attributes       Attributes // without the sub
	Status           Status
	Disabled         bool      // an imported user is not disabled
	CreateDate       time.Time // UTC in whole milliseconds, like LastModifiedDate
	LastModifiedDate time.Time
}

// String returns the status, such as "user (CONFIRMED)".
func (u User) String() string { return "user (" + string(u.Status) + ")" }

// GoString returns String.
func (u User) GoString() string { return u.String() }

// Format prints String for every verb of package fmt, so that no verb shows personal data.
func (u User) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, u.String()) }

// LogValue returns String as the value for log/slog.
func (u User) LogValue() slog.Value { return slog.StringValue(u.String()) }

// Status is the state of a user, spelled as the service spells it.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
type Status string

// The states of users. An import creates users in the first two.
const (
	// StatusResetRequired is the state of a user imported without a password hash. The user must set a
	// password at the first sign-in.
	StatusResetRequired       Status = "RESET_REQUIRED"
	StatusConfirmed           Status = "CONFIRMED"             // the user was imported with a password hash
	StatusUnconfirmed         Status = "UNCONFIRMED"           // the user signed up and has not confirmed the account
	StatusForceChangePassword Status = "FORCE_CHANGE_PASSWORD" // an administrator added the user
)

// The operations of [Users], by the names that the service gives them. They are the Op of an
// [importjob.Error]. OpCountUsers equals [importjob.OpPool], because the service returns the number of users
// in its answer to DescribeUserPool.
const (
	OpAddUser    importjob.Op = "AdminCreateUser"
	OpUser       importjob.Op = "AdminGetUser"
	OpUsers      importjob.Op = "ListUsers"
	OpCountUsers importjob.Op = "DescribeUserPool"

	OpUpdateUser  importjob.Op = "AdminUpdateUserAttributes"
	OpDeleteUser  importjob.Op = "AdminDeleteUser"
	OpEnableUser  importjob.Op = "AdminEnableUser"
	OpDisableUser importjob.Op = "AdminDisableUser"
)

// The exceptions of [Users], in addition to the exceptions of an [importjob.Client].
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html,
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html and
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
const (
	ErrUserNotFound   importjob.Code = "UserNotFoundException"   // the pool has no user with the username
	ErrUsernameExists importjob.Code = "UsernameExistsException" // AddUser: another user has the username
	ErrAliasExists    importjob.Code = "AliasExistsException"    // another user signs in with the e-mail address, phone number or preferred username
)
