package cognitotest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/memory"
)

// In a bubble nobody waits, although this import takes two hours.
func TestImportUsersTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, pool, api, web := newFake(t.Context(), &memory.Options{PendingFor: 2 * time.Hour})
		began := time.Now()
		job, err := importUsers(t.Context(), api, web, pool.ID, ann(pool))
		require.NoError(t, err)
		assert.Equal(t, types.UserImportJobStatusTypeSucceeded, job.Status)
		assert.Equal(t, 2*time.Hour, time.Since(began))
	})
}
