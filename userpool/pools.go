package userpool

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/cognito-import/importjob"
)

// Pools creates, changes, deletes and lists user pools. The package comment says what holds for every method.
type Pools interface {
	// CreatePool creates a pool and returns it as stored, with its dates. If pool.ID is empty, the
	// implementation chooses an ID. An empty Name becomes the ID, a nil Schema [importjob.ClassicSchema],
	// and an empty MFA [importjob.MFAOff].
	CreatePool(ctx context.Context, pool Pool) (Pool, error)

	// UpdatePool replaces the settings of the pool that has the ID pool.ID. A nil Schema and an empty Name leave
	// the old ones. It can add custom attributes to the schema, and cannot change or remove an attribute. It
	// cannot change CaseInsensitive, UsernameAttributes and AliasAttributes. It returns an [ErrUserImportInProgress] while
	// an import job is active in the pool.
	UpdatePool(ctx context.Context, pool Pool) error

	// DeletePool deletes a pool, its users and its jobs. It returns an [ErrUserImportInProgress] while an
	// import job is active in the pool.
	DeletePool(ctx context.Context, userPoolID string) error

	// DescribePool returns one pool with its dates and all its settings.
	DescribePool(ctx context.Context, userPoolID string) (Pool, error)

	// Pools returns one page of all pools, oldest first, and the token of the next page. The token is ""
	// after the last page. A page holds at most page.MaxResults pools: 1 to 60, and 0 means 60.
	Pools(ctx context.Context, page importjob.Page) ([]Pool, string, error)
}

// Directory is [Pools] and [Users] in one value. The fake of package memory implements it.
type Directory interface {
	Pools
	Users
}

// Pool is a user pool: the settings that matter to an import and to a sign-in, and the dates of the pool.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
type Pool struct {
	importjob.Pool

	// PasswordPolicy says which passwords the pool takes. The zero value means [DefaultPasswordPolicy].
	PasswordPolicy PasswordPolicy

	// AllowedFirstAuthFactors are the factors with which users can begin to sign in: "PASSWORD", "EMAIL_OTP",
	// "SMS_OTP" and "WEB_AUTHN". nil means "PASSWORD" alone. An import confirms a user who can sign in with a
	// one-time password: one with an e-mail address where EMAIL_OTP is allowed, or with a phone number where SMS_OTP
	// is.
	AllowedFirstAuthFactors []string

	// Settings are all other settings of the pool: a JSON object with the members of the service's UserPoolType and
	// of its GetUserPoolMfaConfig, or nil. An implementation stores and returns them, and does nothing with them.
	Settings json.RawMessage

	// CreationDate and LastModifiedDate are UTC in whole milliseconds. The implementation sets them;
	// CreatePool and UpdatePool ignore the caller's values.
	CreationDate     time.Time
	LastModifiedDate time.Time
}

// Clone returns a deep copy of p.
func (p Pool) Clone() Pool {
	p.Pool = p.Pool.Clone()
	p.AllowedFirstAuthFactors = slices.Clone(p.AllowedFirstAuthFactors)
	p.Settings = slices.Clone(p.Settings)
	return p
}

// The operations of [Pools], by the names that the service gives them. They are the Op of an
// [importjob.Error].
const (
	OpCreatePool importjob.Op = "CreateUserPool"
	OpUpdatePool importjob.Op = "UpdateUserPool"
	OpDeletePool importjob.Op = "DeleteUserPool"
	OpPools      importjob.Op = "ListUserPools"

	OpDescribePool importjob.Op = "DescribeUserPool"
)

// ErrUserImportInProgress is the error of UpdatePool and DeletePool while an import job is active in the pool.
// Wait for the end of the job, or stop it, and try again.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
const ErrUserImportInProgress importjob.Code = "UserImportInProgressException"
