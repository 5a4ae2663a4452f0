package backendtest_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend/backendtest"
)

// An error that the Client returned is in the error of the rule that did not want it, so that errors.Is finds it.
// Its text is in each error that shows it.
func TestErrorsOfTheClientAreWrapped(t *testing.T) {
	odd := errors.New("an error of its own")
	wrong := mutant{tell: func(l *liar) {
		l.onError = func(op importjob.Op, err error) error {
			var e *importjob.Error
			require.ErrorAs(t, err, &e)
			return &importjob.Error{Op: op, Ref: e.Ref, Code: "OddException", Err: odd}
		}
	}}
	bare := mutant{tell: func(l *liar) {
		l.onError = func(importjob.Op, error) error { return odd }
	}}
	for name, m := range map[string]mutant{"another code": wrong, "no *importjob.Error": bare} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shown := 0
				for _, err := range backendtest.Check(t.Context(), m.config(heavy)).(interface{ Unwrap() []error }).Unwrap() {
					if strings.Contains(err.Error(), odd.Error()) {
						shown++
						assert.ErrorIs(t, err, odd)
					}
				}
				assert.Greater(t, shown, 30)
			})
		})
	}
}
