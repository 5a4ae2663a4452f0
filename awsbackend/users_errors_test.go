package awsbackend_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/userpool"
)

func TestUsersCallsAreAll(t *testing.T) {
	assert.Len(t, usersCalls(), reflect.TypeFor[userpool.Users]().NumMethod())
}

func TestOneErrorOfUsersIsOursAndTheSDKs(t *testing.T) {
	u := newUsers(refusal(400, "UserNotFoundException", "User does not exist."))
	eachOfUsers(t, func(t *testing.T, c usersCall) {
		zero, err := c.call(t.Context(), u)
		assert.True(t, zero)
		assert.ErrorIs(t, err, userpool.ErrUserNotFound)
		require.IsType(t, &importjob.Error{}, err)
		e := err.(*importjob.Error)
		assert.Equal(t, c.op, e.Op)
		assert.Equal(t, importjob.Ref{UserPoolID: poolID}, e.Ref)
		assert.Equal(t, "User does not exist.", e.Message)
		assert.NotContains(t, err.Error(), "ann")
		wrappedOnce(t, err)
		var answer smithy.APIError
		require.ErrorAs(t, err, &answer)
		assert.Equal(t, "UserNotFoundException", answer.ErrorCode())
		assert.False(t, importjob.Retryable(err))
	})
}

func TestCodesOfUsersAreTypesOfTheSDK(t *testing.T) {
	for code, theirs := range map[importjob.Code]any{
		userpool.ErrUserNotFound:   new(*types.UserNotFoundException),
		userpool.ErrUsernameExists: new(*types.UsernameExistsException),
		userpool.ErrAliasExists:    new(*types.AliasExistsException),
		userpool.ErrGroupExists:    new(*types.GroupExistsException),
	} {
		u := newUsers(refusal(400, string(code), "so"))
		for _, c := range usersCalls() {
			_, err := c.call(t.Context(), u)
			assert.ErrorIs(t, err, code)
		}
		_, err := u.CreateGroup(t.Context(), userpool.Group{GroupRef: admins})
		if code == userpool.ErrGroupExists { // the SDK knows the exceptions of each operation
			assert.True(t, errors.As(err, theirs), "%s", code)
			continue
		}
		_, err = u.AddUser(t.Context(), poolID, userpool.User{Username: "ann"})
		err = errors.Join(err, u.UpdateUser(t.Context(), ann, []userpool.Attribute{{Name: "name"}}))
		assert.True(t, errors.As(err, theirs), "%s", code)
	}
}

func TestInternalErrorOfUsers(t *testing.T) {
	u := newUsers(refusal(500, "InternalErrorException", "oops"), once)
	eachOfUsers(t, func(t *testing.T, c usersCall) {
		_, err := c.call(t.Context(), u)
		assert.ErrorIs(t, err, importjob.ErrInternal)
		assert.True(t, importjob.Retryable(err))
	})
}

func TestSilentServiceEndsACallOfUsers(t *testing.T) {
	eachOfUsers(t, func(t *testing.T, c usersCall) {
		synctest.Test(t, func(t *testing.T) {
			for _, timeout := range []time.Duration{0, 7 * time.Second} {
				api := cognito.NewFromConfig(config(testkit.RoundTripper(silent)))
				began := time.Now()
				zero, err := c.call(t.Context(), awsbackend.NewUsers(api, &awsbackend.UsersOptions{CallTimeout: timeout}))
				require.ErrorIs(t, err, awsbackend.ErrCallTimeout)
				assert.True(t, zero)
				assert.True(t, importjob.Retryable(err))
				want := time.Minute
				if timeout > 0 {
					want = timeout
				}
				assert.Equal(t, want, time.Since(began))
			}
		})
	})
}

// A proxy that answers for the service has done nothing, so the call has failed.
func TestAnswerOfAProxyIsAnErrorOfUsers(t *testing.T) {
	for _, status := range []int{200, 302, 403, 502} {
		u := newUsers(answer(status, http.Header{"Content-Type": {"text/html"}}, "<html>Please log in</html>"), once)
		for _, c := range usersCalls() {
			zero, err := c.call(t.Context(), u)
			assert.Error(t, err, "%s with status %d", c.op, status)
			assert.True(t, zero, "%s with status %d", c.op, status)
		}
	}
}

func TestEmptyAnswerIsAnErrorOfUsers(t *testing.T) {
	u := newUsers(answer(200, nil, "{}"))
	for _, c := range usersCalls() {
		switch c.op {
		case userpool.OpAddUser, userpool.OpUser, userpool.OpCountUsers, userpool.OpCreateGroup, userpool.OpUpdateGroup, userpool.OpGroup:
			_, err := c.call(t.Context(), u)
			assert.ErrorContains(t, err, "empty", c.op)
		default: // a list of nothing, and methods that return nothing
			_, err := c.call(t.Context(), u)
			assert.NoError(t, err, c.op)
		}
	}
}

// A response about another pool or group is an error.
func TestUsersResponseAboutSomethingElse(t *testing.T) {
	for name, body := range map[string]string{
		"another pool":             `{"UserPool":{"Id":"us-west-2_other"},"Group":{"UserPoolId":"us-west-2_other","GroupName":"admins"},"Groups":[{"UserPoolId":"us-west-2_other","GroupName":"admins"}]}`,
		"another group":            `{"UserPool":{"Id":"us-west-2_aaaaaaaaa","EstimatedNumberOfUsers":-1},"Group":{"UserPoolId":"us-west-2_aaaaaaaaa","GroupName":"others"},"Groups":[{"UserPoolId":"us-west-2_aaaaaaaaa"}]}`,
		"a user without a name":    `{"UserStatus":"CONFIRMED","User":{"UserStatus":"CONFIRMED"},"Users":[{"UserStatus":"CONFIRMED"}]}`,
		"a user without a status":  `{"Username":"ann","User":{"Username":"ann"},"Users":[{"Username":"ann"}]}`,
		"one good, one bad in all": `{"Users":[{"Username":"ann","UserStatus":"CONFIRMED"},{}],"Groups":[{"UserPoolId":"us-west-2_aaaaaaaaa","GroupName":"admins"},{}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			u := newUsers(answer(200, http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, body), once)
			about := map[string][]importjob.Op{
				"another pool":             {userpool.OpCountUsers, userpool.OpCreateGroup, userpool.OpUpdateGroup, userpool.OpGroup, userpool.OpGroups, userpool.OpGroupsOfUser},
				"another group":            {userpool.OpCountUsers, userpool.OpCreateGroup, userpool.OpUpdateGroup, userpool.OpGroup, userpool.OpGroups, userpool.OpGroupsOfUser},
				"a user without a name":    {userpool.OpUser, userpool.OpAddUser, userpool.OpUsers, userpool.OpUsersInGroup},
				"a user without a status":  {userpool.OpUser, userpool.OpAddUser, userpool.OpUsers, userpool.OpUsersInGroup},
				"one good, one bad in all": {userpool.OpUsers, userpool.OpUsersInGroup, userpool.OpGroups, userpool.OpGroupsOfUser},
			}[name]
			tried := 0
			for _, c := range usersCalls() {
				for _, op := range about {
					if op == c.op {
						tried++
						zero, err := c.call(t.Context(), u)
						assert.Error(t, err, c.op)
						assert.True(t, zero, c.op)
					}
				}
			}
			assert.Len(t, about, tried)
		})
	}
}

func TestInputOfUsersIsCheckedBeforeAnyRequest(t *testing.T) {
	u := newUsers(testkit.RoundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("a request was made")
		return nil, io.ErrUnexpectedEOF
	}))
	_, err := u.User(t.Context(), userpool.Ref{UserPoolID: "not a pool", Username: "ann"})
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
	_, _, err = u.Users(t.Context(), poolID, importjob.Page{MaxResults: 61})
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
	_, err = u.CreateGroup(t.Context(), userpool.Group{GroupRef: userpool.GroupRef{UserPoolID: poolID, GroupName: "two words"}})
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)

	for _, user := range []userpool.User{{Username: "ann", Disabled: true}, {Username: "ann", Status: userpool.StatusConfirmed}} {
		_, err = u.AddUser(t.Context(), poolID, user)
		assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
		assert.ErrorIs(t, err, errors.ErrUnsupported)
		assert.ErrorContains(t, err, "call DisableUser after AddUser")
		assert.False(t, importjob.Retryable(err))
		wrappedOnce(t, err)
	}

	cause := errors.New("shift is over")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	for _, c := range usersCalls() {
		_, err := c.call(ctx, u)
		assert.ErrorIs(t, err, cause, c.op)
	}
}
