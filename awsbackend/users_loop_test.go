package awsbackend_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// A struct that embeds userpool.Pools has a field Pools, which hides the method Pools. These names hide no method.
type (
	somePools = userpool.Pools
	someUsers = userpool.Users
)

// directory has the pools of a fake and the users behind the wire.
type directory struct {
	somePools
	someUsers
}

// served serves a client and its directory, as the SDK sees them.
func served(c importjob.Client, d userpool.Directory) http.RoundTripper {
	return cognitotest.Transport(cognitotest.Handler(c, &cognitotest.Options{Directory: d}))
}

// The rules about users are kept by a Users that reaches them through the SDK and the protocol, once and twice.
func TestConformanceOfUsers(t *testing.T) {
	for name, wires := range map[string]int{"one wire": 1, "two wires": 2} {
		t.Run(name, func(t *testing.T) {
			backendtest.Run(t, backendtest.Config{Skip: largest, New: func(ctx context.Context, setup backendtest.Setup) (backendtest.Fixture, error) {
				m, err := setup.Memory(ctx, nil)
				if err != nil {
					return backendtest.Fixture{}, err
				}
				client, users := importjob.Client(m), userpool.Users(m)
				for range wires {
					rt := served(client, directory{m, users})
					client, users = newClient(rt), newUsers(rt)
				}
				return backendtest.Fixture{Client: client, Directory: directory{m, users}, Advance: time.Sleep}, nil
			}})
		})
	}
}

// Each operation is served.
func TestEveryOperationOfUsersIsServed(t *testing.T) {
	m := testpool.New(t, nil)
	u := newUsers(served(m, m))
	for _, c := range usersCalls() { // the first is AddUser
		_, err := c.call(t.Context(), u)
		assert.NotErrorIs(t, err, importjob.Code("UnknownOperationException"), c.op)
	}
}

// A user that is added over the wire is the user that is looked up and listed there, and in the fake.
func TestUsersOverTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := testpool.New(t, nil)
		u := newUsers(served(m, m))
		added, err := u.AddUser(t.Context(), poolID, userpool.User{Username: "ann",
			Attributes: userpool.NewAttributes(userpool.Attribute{Name: "name", Value: "Ann"}, userpool.Attribute{Name: "email", Value: "ann@example.com"})})
		require.NoError(t, err)
		assert.Equal(t, userpool.StatusForceChangePassword, added.Status)
		assert.False(t, added.Disabled)
		want, err := m.User(t.Context(), ann)
		require.NoError(t, err)
		for _, ref := range []userpool.Ref{ann, {UserPoolID: poolID, Username: added.Sub}} {
			got, err := u.User(t.Context(), ref)
			require.NoError(t, err)
			assert.Equal(t, added, got)
		}
		assert.Equal(t, want.Attributes.Map(), added.Attributes.Map())
		want.Attributes, added.Attributes = userpool.Attributes{}, userpool.Attributes{}
		assert.Equal(t, want, added)

		_, err = u.AddUser(t.Context(), poolID, userpool.User{Username: "ann"})
		assert.ErrorIs(t, err, userpool.ErrUsernameExists)
		_, err = u.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: "bob"})
		assert.ErrorIs(t, err, userpool.ErrUserNotFound)
		count, err := u.CountUsers(t.Context(), poolID)
		require.NoError(t, err)
		assert.EqualValues(t, 1, count)
	})
}

// Users and groups as a migration changes them, over the wire.
func TestGroupsOverTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, m := t.Context(), testpool.New(t, nil)
		u := newUsers(served(m, m))
		for i := range 130 {
			_, err := u.AddUser(ctx, poolID, userpool.User{Username: fmt.Sprintf("user%03d", i)})
			require.NoError(t, err)
		}
		seven := 7
		made, err := u.CreateGroup(ctx, userpool.Group{GroupRef: admins, Description: "may", RoleARN: groupRole, Precedence: &seven})
		require.NoError(t, err)
		got, err := m.Group(ctx, admins)
		require.NoError(t, err)
		assert.Equal(t, got, made)
		_, err = u.CreateGroup(ctx, userpool.Group{GroupRef: admins})
		assert.ErrorIs(t, err, userpool.ErrGroupExists)

		for i := range 130 {
			require.NoError(t, u.AddUserToGroup(ctx, userpool.Ref{UserPoolID: poolID, Username: fmt.Sprintf("user%03d", i)}, "admins"))
		}
		members, token := 0, ""
		for first := true; first || token != ""; first = false {
			var page []userpool.User
			page, token, err = u.UsersInGroup(ctx, admins, importjob.Page{MaxResults: 50, Token: token})
			require.NoError(t, err)
			for _, member := range page {
				assert.Equal(t, fmt.Sprintf("user%03d", members), member.Username)
				assert.NotEmpty(t, member.Sub)
				members++
			}
		}
		assert.Equal(t, 130, members)

		one := userpool.Ref{UserPoolID: poolID, Username: "user000"}
		groups, _, err := u.GroupsOfUser(ctx, one, importjob.Page{})
		require.NoError(t, err)
		assert.Equal(t, []userpool.Group{made}, groups)
		require.NoError(t, u.RemoveUserFromGroup(ctx, one, "admins"))
		groups, _, err = u.GroupsOfUser(ctx, one, importjob.Page{})
		require.NoError(t, err)
		assert.Empty(t, groups)

		require.NoError(t, u.UpdateUser(ctx, one, []userpool.Attribute{{Name: "name", Value: "One"}, {Name: "nickname", Value: "1"}}))
		require.NoError(t, u.UpdateUser(ctx, one, []userpool.Attribute{{Name: "nickname"}}))
		require.NoError(t, u.DisableUser(ctx, one))
		changed, err := u.User(ctx, one)
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"name": "One"}, changed.Attributes.Map())
		assert.True(t, changed.Disabled)
		require.NoError(t, u.EnableUser(ctx, one))
		require.NoError(t, u.DeleteUser(ctx, one))
		_, err = u.User(ctx, one)
		assert.ErrorIs(t, err, userpool.ErrUserNotFound)

		updated, err := u.UpdateGroup(ctx, userpool.Group{GroupRef: admins, Description: "may not"})
		require.NoError(t, err)
		assert.Equal(t, "may not", updated.Description)
		require.NoError(t, u.DeleteGroup(ctx, admins))
		all, _, err := u.Groups(ctx, poolID, importjob.Page{})
		require.NoError(t, err)
		assert.Empty(t, all)
		_, err = u.Group(ctx, admins)
		assert.ErrorIs(t, err, importjob.ErrResourceNotFound)
	})
}

// A Users with the default rates is never refused by a service that has them, and one without is.
func TestDefaultRatesAreTheServices(t *testing.T) {
	for name, unlimited := range map[string]bool{"waits": false, "does not wait": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var refused atomic.Int32
				limit := backend.Faults(backend.FaultOptions{RateLimit: true})
				count := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
					err := limit(ctx, call, next)
					if err != nil {
						refused.Add(1)
					}
					return err
				}
				m := memory.New(nil)
				_, err := m.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: poolID}})
				require.NoError(t, err)
				rt := served(m, directory{m, backend.InterceptUsers(m, count)}) // DescribeUserPool asks both
				u := awsbackend.NewUsers(cognito.NewFromConfig(config(rt), once), &awsbackend.UsersOptions{Unlimited: unlimited})
				var wg sync.WaitGroup
				for i := range 400 {
					wg.Go(func() {
						_, _ = u.AddUser(t.Context(), poolID, userpool.User{Username: fmt.Sprint("user", i)})
						_, _ = u.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: fmt.Sprint("user", i)})
						_, _, _ = u.Users(t.Context(), poolID, importjob.Page{MaxResults: 1})
						_, _ = u.CountUsers(t.Context(), poolID)
					})
				}
				wg.Wait()
				assert.Equal(t, unlimited, refused.Load() > 0, "%d calls were refused", refused.Load())
			})
		})
	}
}
