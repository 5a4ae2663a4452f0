package userpool

import (
	"context"
	"time"

	"github.com/cognito-import/importjob"
)

// Pools creates, changes and deletes user pools.
type Pools interface {
	// CreatePool makes a pool and returns it as stored. An empty ID is filled in; an empty Schema means
	// [importjob.ClassicSchema].
	CreatePool(ctx context.Context, pool Pool) (Pool, error)

	// UpdatePool replaces the settings of the pool with pool.ID. Its schema can only grow by custom
	// attributes. [ErrUserImportInProgress] while an import runs in it.
	UpdatePool(ctx context.Context, pool Pool) error

	// DeletePool deletes a pool, its users and its jobs. [ErrUserImportInProgress] while an import runs
	// in it.
	DeletePool(ctx context.Context, userPoolID string) error

	// Pools returns a page of all pools in order of creation, and the token of the next page, "" after
	// the last. A page holds at most 60 pools.
	Pools(ctx context.Context, page importjob.Page) ([]Pool, string, error)
}

// Directory is what a fake has: pools and their users.
type Directory interface {
	Pools
	Users
}

// Pool is a user pool: the settings that decide about an import, and what does not.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
type Pool struct {
	importjob.Pool
	CreationDate     time.Time // UTC, whole milliseconds; given by the implementation
	LastModifiedDate time.Time
}

// Clone returns a copy that shares nothing with p.
func (p Pool) Clone() Pool {
	p.Pool = p.Pool.Clone()
	return p
}

// The operations of [Pools], by the service's own names.
const (
	OpCreatePool importjob.Op = "CreateUserPool"
	OpUpdatePool importjob.Op = "UpdateUserPool"
	OpDeletePool importjob.Op = "DeleteUserPool"
	OpPools      importjob.Op = "ListUserPools"
)

// ErrUserImportInProgress is the service's refusal to change a pool while an import runs in it.
const ErrUserImportInProgress importjob.Code = "UserImportInProgressException"
