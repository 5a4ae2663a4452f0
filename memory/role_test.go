package memory_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
)

// A job whose role is mended after a refused Start can start.
func TestBadRoleRefusesStart(t *testing.T) {
	broken := errors.New("the role does not trust Cognito")
	role := broken
	c := newPool(t, &memory.Options{AssumeRole: func(string) error { return role }, BadRoleRefusesStart: true})
	job, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	file := csv(t, verified("a"))
	require.NoError(t, c.Upload(t.Context(), job, strings.NewReader(file), int64(len(file))))

	_, err = c.Start(t.Context(), job.Ref())
	require.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
	assert.ErrorContains(t, err, broken.Error())
	assert.Equal(t, job, describe(t, c, job.Ref()), "it stays Created")
	_, found := find(t, c, "a")
	assert.False(t, found)

	role = nil
	_, err = c.Start(t.Context(), job.Ref())
	require.NoError(t, err)
	assert.Equal(t, int64(1), describe(t, c, job.Ref()).ImportedUsers)
}

// A completion message has at most 128 characters, however long the error of AssumeRole is.
func TestLongErrorOfARole(t *testing.T) {
	c := newPool(t, &memory.Options{AssumeRole: func(string) error { return errors.New(strings.Repeat("é", 200)) }})
	job := describe(t, c, started(t, c, csv(t, verified("a"))))
	assert.Equal(t, importjob.StatusFailed, job.Status)
	assert.Equal(t, 128, utf8.RuneCountInString(job.CompletionMessage))
}
