// Package testpool has a pool in memory and files for it, for the tests of several packages. Only tests import it.
package testpool

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// ID is the ID of the pool.
const ID = "us-west-2_aaaaaaaaa"

// New returns a Cognito with one pool, which verifies e-mail addresses. Each change can change the pool before it is
// created.
func New(t testing.TB, opts *memory.Options, change ...func(*importjob.Pool)) *memory.Cognito {
	t.Helper()
	m := memory.New(opts)
	pool := importjob.Pool{ID: ID, Name: "people", AutoVerifiedAttributes: []string{"email"}}
	for _, c := range change {
		c(&pool)
	}
	_, err := m.CreatePool(context.Background(), userpool.Pool{Pool: pool})
	require.NoError(t, err)
	return m
}

// CSV returns a file with a user of each name, with a verified e-mail address.
func CSV(names ...string) string {
	var b strings.Builder
	w := importjob.NewWriter(&b)
	_ = w.Write(importjob.Pool{}.Header())
	for _, name := range names {
		_ = w.WriteRecord(importjob.Record{"cognito:username": name, "email": name + "@example.com", "email_verified": "TRUE"})
	}
	_ = w.Flush()
	return b.String()
}
