package cognitotest_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Of many responses at once with one session, one succeeds.
func TestSessionIsUsedOnceByMany(t *testing.T) {
	p := newPlace(t, nil)
	p.temporary("ann")
	out, err := p.withPassword("ann", password)
	require.NoError(t, err)
	var done sync.WaitGroup
	var succeeded atomic.Int32
	for range 8 {
		done.Go(func() {
			_, err := p.respond("NEW_PASSWORD_REQUIRED", out.Session, map[string]string{"USERNAME": "ann", "NEW_PASSWORD": password})
			if err == nil {
				succeeded.Add(1)
			}
		})
	}
	done.Wait()
	assert.EqualValues(t, 1, succeeded.Load())
}

// Sign-ins, their tokens and sign-outs of several goroutines do not disturb each other.
func TestManySignInsAtOnce(t *testing.T) {
	p := newPlace(t, nil)
	names := []string{"ann", "bob", "cid", "dan"}
	for _, name := range names {
		p.user(name)
	}
	var done sync.WaitGroup
	for _, name := range names {
		done.Go(func() {
			for range 5 {
				out, err := p.withPassword(name, password)
				if !assert.NoError(t, err) {
					return
				}
				token := out.AuthenticationResult.AccessToken
				_, err = p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: token})
				assert.NoError(t, err)
				_, err = p.api.AdminUserGlobalSignOut(t.Context(), &cognito.AdminUserGlobalSignOutInput{UserPoolId: aws.String(poolID), Username: &name})
				assert.NoError(t, err)
				_, err = p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: token})
				assert.ErrorContains(t, err, "revoked")
			}
		})
	}
	done.Wait()
}
