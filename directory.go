package importjob

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/cognito-import/importjob/internal/model"
)

// Directory is the side of Cognito that an import writes to: pools and users. Tests look at it
// to see what an import did. It follows the same rules as [Client]: validated input, zero
// values and an *[Error] on failure, nothing aliased.
type Directory interface {
	// CreatePool makes a pool. An empty ID is filled in; an empty Schema means [ClassicSchema].
	CreatePool(ctx context.Context, pool Pool) (Pool, error)

	// UpdatePool replaces the settings of the pool with pool.ID. Its schema can only grow by
	// custom attributes. [ErrUserImportInProgress] while an import runs in it.
	UpdatePool(ctx context.Context, pool Pool) error

	// DeletePool deletes a pool, its users and its jobs. [ErrUserImportInProgress] while an
	// import runs in it.
	DeletePool(ctx context.Context, userPoolID string) error

	// Pools returns a page of all pools, in order of creation. A page holds at most 60.
	Pools(ctx context.Context, page Page) ([]Pool, string, error)

	// AddUser adds one user and returns it as stored, its Sub and dates filled in. Status
	// FORCE_CHANGE_PASSWORD is the default. [ErrUsernameExists] when the username is taken.
	AddUser(ctx context.Context, userPoolID string, user PoolUser) (PoolUser, error)

	// User returns one user. [ErrUserNotFound] when there is none.
	User(ctx context.Context, ref UserRef) (PoolUser, error)

	// Users returns a page of a pool's users, in order of creation. A page holds at most 60.
	Users(ctx context.Context, userPoolID string, page Page) ([]PoolUser, string, error)

	// CountUsers returns the number of users in a pool.
	CountUsers(ctx context.Context, userPoolID string) (int64, error)
}

// UserRef names a user.
type UserRef struct {
	UserPoolID string
	Username   string
}

// PoolUser is a user as a pool stores it. Printing or logging one shows its status only: who
// the user is belongs in no log.
type PoolUser struct {
	Username   string
	Sub        string // a UUID that the pool gives; never imported
	Attributes Attributes
	Status     UserStatus
	Disabled   bool
	CreateDate time.Time // UTC, whole milliseconds
	UpdateDate time.Time
}

// String returns the status alone.
func (u PoolUser) String() string { return "user (" + string(u.Status) + ")" }

// GoString is String.
func (u PoolUser) GoString() string { return u.String() }

// Format makes every verb print String, so that no verb shows who the user is.
func (u PoolUser) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, u.String()) }

// LogValue is String for log/slog.
func (u PoolUser) LogValue() slog.Value { return slog.StringValue(u.String()) }

// UserStatus is the state of a user, spelled as on the wire.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
type UserStatus string

// The states a user of this module can be in.
const (
	// UserResetRequired is the state of an imported user without a password: the first
	// sign-in asks for a new one.
	UserResetRequired       UserStatus = "RESET_REQUIRED"
	UserConfirmed           UserStatus = "CONFIRMED" // imported with a password hash
	UserUnconfirmed         UserStatus = "UNCONFIRMED"
	UserForceChangePassword UserStatus = "FORCE_CHANGE_PASSWORD" // made by an administrator
)

// Attribute is one attribute of a user.
type Attribute struct {
	Name  string
	Value string
}

// Attributes are the attributes of a [PoolUser] but for its sub, in the order they were stored.
// They cannot be changed. The zero value has none.
type Attributes struct {
	list   []Attribute
	source AttributeSource
	row    int
}

// AttributeSource holds the attributes of many users in a form of its own. What it says of one
// must not change.
type AttributeSource interface {
	// AttributesOf iterates over the names and values of one user.
	AttributesOf(row int) iter.Seq2[string, string]
}

// AttributesOf returns attributes that source holds. They are read each time somebody asks,
// which spares a pool of many users their weight.
func AttributesOf(source AttributeSource, row int) Attributes {
	return Attributes{source: source, row: row}
}

// String returns the number of attributes alone: what they say belongs in no log.
func (a Attributes) String() string { return strconv.Itoa(a.Len()) + " attributes" }

// Format makes every verb print String.
func (a Attributes) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue is String for log/slog.
func (a Attributes) LogValue() slog.Value { return slog.StringValue(a.String()) }

// NewAttributes returns attributes that hold a copy of list.
func NewAttributes(list ...Attribute) Attributes { return Attributes{list: slices.Clone(list)} }

// Get returns the value of an attribute, and whether it is there.
func (a Attributes) Get(name string) (string, bool) {
	for n, value := range a.All() {
		if n == name {
			return value, true
		}
	}
	return "", false
}

// Value returns the value of an attribute, "" when it is not there.
func (a Attributes) Value(name string) string {
	v, _ := a.Get(name)
	return v
}

// Len returns the number of attributes.
func (a Attributes) Len() int {
	n := len(a.list)
	if a.source != nil {
		for range a.source.AttributesOf(a.row) {
			n++
		}
	}
	return n
}

// All iterates over names and values in the order they were stored.
func (a Attributes) All() iter.Seq2[string, string] {
	if a.source != nil {
		return a.source.AttributesOf(a.row)
	}
	return func(yield func(string, string) bool) {
		for _, x := range a.list {
			if !yield(x.Name, x.Value) {
				return
			}
		}
	}
}

// Map returns a copy as a map.
func (a Attributes) Map() map[string]string { return maps.Collect(a.All()) }

// Validate checks the name of a user against the service's model. The error is an [ErrInvalidParameter]
// in the service's own wording.
func (r UserRef) Validate() error {
	return invalid(model.UserPoolID.Check(r.UserPoolID), model.Username.Check(r.Username))
}
