package live_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// settings are the settings of one run. The environment has them at AWS.
type settings struct {
	pool    string // the ID of the user pool
	role    string // the ARN of the role that writes the logs
	badRole string // the ARN of a role that Cognito cannot assume

	report string // the name of the Markdown file; the transcript has the same name and ends in .jsonl

	force    bool // run in a pool that has users
	resume   bool // do not repeat what the report has
	remove   bool // delete the users that the run has made
	accounts bool // leave account numbers in the report and the transcript

	poll     time.Duration // the pause between two looks at a job
	gap      time.Duration // the least time between the begins of two requests
	patience time.Duration // how long lines of a log may be late

	transport func(http.RoundTripper) http.RoundTripper // wraps the transport of the SDK; nil leaves it
}

// fromEnvironment returns the settings in the environment. why is not "" if they are not set.
func fromEnvironment() (set settings, why string, err error) {
	on := func(name string) bool { return os.Getenv("IMPORTJOB_LIVE_"+name) == "1" }
	set = settings{
		pool:     os.Getenv("IMPORTJOB_LIVE_POOL"),
		role:     os.Getenv("IMPORTJOB_LIVE_ROLE"),
		badRole:  os.Getenv("IMPORTJOB_LIVE_BAD_ROLE"),
		report:   os.Getenv("IMPORTJOB_LIVE_REPORT"),
		force:    on("FORCE"),
		resume:   on("RESUME"),
		remove:   on("DELETE"),
		accounts: on("ACCOUNT"),
		poll:     3 * time.Second,
		gap:      250 * time.Millisecond,
		patience: 2 * time.Minute,
	}
	if set.pool == "" || set.role == "" {
		return set, "set IMPORTJOB_LIVE_POOL and IMPORTJOB_LIVE_ROLE to run this against AWS; docs/conformance.md says what it does", nil
	}
	if set.report == "" {
		set.report = "live-report.md"
	}
	if !filepath.IsAbs(set.report) {
		set.report = filepath.Join("..", "..", set.report) // go test runs in the folder of the package
	}
	if text := os.Getenv("IMPORTJOB_LIVE_POLL"); text != "" {
		if set.poll, err = time.ParseDuration(text); err != nil || set.poll < 0 {
			return set, "", errors.New("IMPORTJOB_LIVE_POLL: give a duration such as 5s")
		}
		set.gap = min(set.gap, set.poll)
		set.patience = min(set.patience, 40*set.poll)
	}
	return set, "", set.complete()
}

// complete sets the role that cannot be assumed: by default one of the same account that does not exist.
func (s *settings) complete() error {
	account, _, ok := strings.Cut(s.role, ":role/")
	if !ok {
		return fmt.Errorf("IMPORTJOB_LIVE_ROLE: give the ARN of a role, such as arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole")
	}
	if s.badRole == "" {
		s.badRole = account + ":role/importjob-live-no-such-role"
	}
	return nil
}

// transcript is the name of the file with the requests.
func (s *settings) transcript() string { return strings.TrimSuffix(s.report, ".md") + ".jsonl" }
