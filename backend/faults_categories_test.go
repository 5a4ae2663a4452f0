package backend_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// categories are the categories of the service with the operations that this module has.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
var categories = []struct {
	name          string
	rate, perPool int // 0 is no limit
	ops           []importjob.Op
}{
	{"UserRead", 120, 0, []importjob.Op{userpool.OpUser}},
	{"UserUpdate", 25, 0, []importjob.Op{userpool.OpUpdateUser, userpool.OpDeleteUser, userpool.OpEnableUser, userpool.OpDisableUser,
		userpool.OpAddUserToGroup, userpool.OpRemoveUserFromGroup}},
	{"UserCreation", 50, 0, []importjob.Op{userpool.OpAddUser}},
	{"UserList", 30, 0, []importjob.Op{userpool.OpUsers, userpool.OpUsersInGroup}},
	{"UserResourceRead", 50, 0, []importjob.Op{userpool.OpGroupsOfUser}},
	{"UserAuthentication", 120, 0, []importjob.Op{userpool.OpVerifyPassword, userpool.OpSRPVerifier}},
	{"UserAccountRecovery", 30, 0, []importjob.Op{userpool.OpSetPassword, userpool.OpResetPassword, userpool.OpForgotPassword, userpool.OpConfirmForgotPassword}},
	{"UserPoolRead", 15, 0, []importjob.Op{importjob.OpPool, userpool.OpCountUsers, userpool.OpDescribePool, userpool.OpPools}},
	{"UserPoolUpdate", 15, 0, []importjob.Op{userpool.OpCreatePool, userpool.OpUpdatePool, userpool.OpDeletePool}},
	{"UserPoolResourceRead", 20, 5, []importjob.Op{importjob.OpCSVHeader, importjob.OpDescribe, importjob.OpList, userpool.OpGroup, userpool.OpGroups}},
	{"UserPoolResourceUpdate", 15, 5, []importjob.Op{importjob.OpCreate, importjob.OpStart, importjob.OpStop,
		userpool.OpCreateGroup, userpool.OpUpdateGroup, userpool.OpDeleteGroup}},
	{"UserPoolClientRead", 15, 5, []importjob.Op{userpool.OpClient, userpool.OpClients}},
	{"UserPoolClientUpdate", 15, 5, []importjob.Op{userpool.OpCreateClient, userpool.OpUpdateClient, userpool.OpDeleteClient}},
	{"no category", 0, 0, []importjob.Op{importjob.OpUpload, importjob.OpResults}},
}

// admitted returns how many of 200 calls of an operation pass at once. pool returns the pool of the next call.
func admitted(t *testing.T, limited backend.Interceptor, op importjob.Op, pool func() string) int {
	return burst(t, 200, func() error {
		call := &backend.Call{Op: op, Ref: importjob.Ref{UserPoolID: pool()}}
		return limited(t.Context(), call, func(context.Context) error { return nil })
	})
}

func onePool() string { return "pool" }

// otherPools returns a function that returns another pool each time.
func otherPools() func() string {
	n := 0
	return func() string { n++; return fmt.Sprint("pool ", n) }
}

func TestCategories(t *testing.T) {
	for _, category := range categories {
		t.Run(category.name, func(t *testing.T) {
			for _, op := range category.ops {
				synctest.Test(t, func(t *testing.T) {
					limited := func() backend.Interceptor { return backend.Faults(backend.FaultOptions{RateLimit: true}) }
					assert.Equal(t, atMost(atMost(200, category.rate), category.perPool), admitted(t, limited(), op, onePool), "%s for one pool", op)
					assert.Equal(t, atMost(200, category.rate), admitted(t, limited(), op, func() string { return "" }), "%s without a pool", op)

					busy := limited()
					assert.Equal(t, atMost(200, category.rate), admitted(t, busy, op, otherPools()), "%s for all pools", op)
					for _, other := range categories {
						for _, otherOp := range other.ops {
							want := 1
							if other.name == category.name && category.rate > 0 {
								want = 0
							}
							n := burst(t, 1, func() error {
								call := &backend.Call{Op: otherOp, Ref: importjob.Ref{UserPoolID: "another pool"}}
								return busy(t.Context(), call, func(context.Context) error { return nil })
							})
							assert.Equal(t, want, n, "%s after %s", otherOp, op)
						}
					}
				})
			}
		})
	}
}
