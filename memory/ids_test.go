package memory_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// seeded is an account whose identifiers are the same in every run.
func seeded() *memory.Cognito { return memory.New(&memory.Options{Seed: 7}) }

// emailPool is a pool with an ID, or without.
func emailPool(id string) userpool.Pool {
	return userpool.Pool{Pool: importjob.Pool{ID: id, AutoVerifiedAttributes: []string{"email"}}}
}

// identifiers are those that a pool gives: its ID, a job's and its URL, and a user's sub.
func identifiers(t *testing.T, c *memory.Cognito, id string) [4]string {
	t.Helper()
	pool, err := c.CreatePool(t.Context(), emailPool(id))
	require.NoError(t, err)
	job, err := c.Create(t.Context(), importjob.CreateInput{JobName: "j", UserPoolID: pool.ID, CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/Logs"})
	require.NoError(t, err)
	user, err := c.AddUser(t.Context(), pool.ID, userpool.User{Username: "ann"})
	require.NoError(t, err)
	_, signature, _ := strings.Cut(job.PreSignedURL, "X-Amz-Signature=")
	return [4]string{pool.ID, job.JobID, signature, user.Sub}
}

// What else is done in an account shifts none of the identifiers that a pool gives.
func TestIdentifiersDoNotShift(t *testing.T) {
	want := identifiers(t, seeded(), "")
	named := identifiers(t, seeded(), "us-west-2_named")
	for name, before := range map[string]func(*memory.Cognito){
		"nothing": func(*memory.Cognito) {},
		"a pool with an ID of its own": func(c *memory.Cognito) {
			identifiers(t, c, "us-west-2_other")
		},
		"a pool that is refused": func(c *memory.Cognito) {
			refused := emailPool("")
			refused.MFA = "PERHAPS"
			_, err := c.CreatePool(t.Context(), refused)
			require.ErrorIs(t, err, importjob.ErrInvalidParameter)
		},
	} {
		c := seeded()
		before(c)
		assert.Equal(t, want, identifiers(t, c, ""), name)
		c = seeded()
		before(c)
		assert.Equal(t, named, identifiers(t, c, "us-west-2_named"), name)
	}
}

// A pool that has the ID of one that was deleted has other users and other jobs.
func TestIdentifiersOfAPoolMadeAgain(t *testing.T) {
	c := seeded()
	first := identifiers(t, c, "us-west-2_again")
	require.NoError(t, c.DeletePool(t.Context(), "us-west-2_again"))
	second := identifiers(t, c, "us-west-2_again")
	for i := 1; i < len(first); i++ {
		assert.NotEqual(t, first[i], second[i])
	}
}
