package retry

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var errBroken = errors.New("the disk is broken")

func TestRetry(t *testing.T) {
	tried := 0
	err := Do(t.Context(), -1, func() (bool, error) { tried++; return true, errBroken })
	assert.Equal(t, errBroken, err)
	assert.Equal(t, 1, tried, "no patience at all")
	assert.NoError(t, Do(t.Context(), 0, func() (bool, error) { return true, nil }))
	ctx, cancel := context.WithCancel(t.Context())
	err = Do(ctx, time.Hour, func() (bool, error) { cancel(); return false, errBroken })
	assert.ErrorIs(t, err, errBroken)
	assert.ErrorIs(t, err, context.Canceled, "ctx ended during the call")
	assert.Equal(t, errBroken, Do(t.Context(), time.Hour, func() (bool, error) { return false, errBroken }), "no use")
}
