package importjob_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
)

func TestStatusesAreTheServicesEight(t *testing.T) {
	assert.Equal(t, []importjob.Status{"Created", "Pending", "InProgress", "Stopping", "Stopped", "Succeeded", "Failed", "Expired"},
		importjob.Statuses())
	importjob.Statuses()[0] = "changed"
	assert.Equal(t, importjob.StatusCreated, importjob.Statuses()[0], "callers share nothing")
}

// successors is the life of a job, written out once more.
var successors = map[importjob.Status]string{
	"Created":    "Pending Expired",
	"Pending":    "InProgress Stopping Stopped Failed",
	"InProgress": "Stopping Stopped Succeeded Failed",
	"Stopping":   "Stopped",
	"Stopped":    "",
	"Succeeded":  "",
	"Failed":     "",
	"Expired":    "",
}

func TestTransitions(t *testing.T) {
	for _, from := range importjob.Statuses() {
		want, known := successors[from]
		assert.True(t, known, from)
		got := ""
		for _, to := range importjob.Statuses() {
			if from.CanBecome(to) {
				got += " " + string(to)
			}
		}
		assert.ElementsMatch(t, strings.Fields(want), strings.Fields(got), "from %s", from)
		assert.Equal(t, want == "", from.Done(), "%s is done when nothing follows", from)
	}
}

func TestEveryStatusCanBeReached(t *testing.T) {
	reached := map[importjob.Status]bool{importjob.StatusCreated: true}
	for range importjob.Statuses() {
		for from := range reached {
			for _, to := range importjob.Statuses() {
				reached[to] = reached[to] || reached[from] && from.CanBecome(to)
			}
		}
	}
	for _, s := range importjob.Statuses() {
		assert.True(t, reached[s], s)
	}
}

func TestUnknownStatus(t *testing.T) {
	for _, s := range []importjob.Status{"", "Paused", "succeeded", "FAILED", " Failed"} {
		assert.False(t, s.Done(), s)
		for _, known := range importjob.Statuses() {
			assert.False(t, s.CanBecome(known) || known.CanBecome(s), "%s and %s", s, known)
		}
		assert.False(t, s.CanBecome(s))
	}
}
