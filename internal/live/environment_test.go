package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// inEnvironment sets the variables of a run, without pauses.
func (f *fake) inEnvironment(t *testing.T, more map[string]string) settings {
	all := map[string]string{"POOL": f.set.pool, "ROLE": f.set.role, "REPORT": f.set.report, "POLL": "0s"}
	for _, name := range []string{"BAD_ROLE", "FORCE", "RESUME", "DELETE", "ACCOUNT"} {
		all[name] = ""
	}
	for name, value := range more {
		all[name] = value
	}
	for name, value := range all {
		t.Setenv("IMPORTJOB_LIVE_"+name, value)
	}
	set, why, err := fromEnvironment()
	require.NoError(t, err)
	require.Empty(t, why)
	set.transport = wholeBodies
	return set
}

// The whole run, as one command starts it.
func TestWholeRun(t *testing.T) {
	f := newFake(t, plainPool(), nil, false)
	set := f.inEnvironment(t, map[string]string{"DELETE": "1"})
	var progress bytes.Buffer
	r := live(t, set, &progress)

	text, err := os.ReadFile(set.report)
	require.NoError(t, err)
	log, err := os.ReadFile(set.transcript())
	require.NoError(t, err)
	assert.Contains(t, string(text), "| A7 | byte-order-mark | default holds | Failed, 0 imported, 0 skipped, 0 failed: ")
	assert.Contains(t, string(text), "| A8 | file/crlf | kept |  |")
	assert.Contains(t, string(text), "- 60 probes, 51 default holds, 9 not here\n")
	assert.Contains(t, progress.String(), "A7 byte-order-mark: default holds: Failed")
	for _, hidden := range []string{"X-Amz-", "http://", "https://", account, "ASIAEXAMPLEEXAMPLE12", secret, token} {
		assert.NotContains(t, string(text), hidden)
		assert.NotContains(t, string(log), hidden)
		assert.NotContains(t, progress.String(), hidden)
	}
	ops := map[string]int{}
	for line := range strings.Lines(string(log)) {
		var e entry
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		require.NotEmpty(t, e.During)
		ops[e.Op]++
	}
	for _, op := range []string{"CreateUserImportJob", "PutObject", "StartUserImportJob", "GetLogEvents", "AdminGetUser"} {
		assert.Positive(t, ops[op], op)
	}

	users, err := f.cognito.CountUsers(t.Context(), poolID)
	require.NoError(t, err)
	assert.Len(t, f.deleted, int(users), "each user of the run is deleted")
	assert.Less(t, users, int64(2_000), "docs/conformance.md says how many users a run makes")
	t.Log(users, "users", strings.Join(r.made, "\n"))
	assert.Contains(t, strings.Join(r.made, "\n"), "no operation deletes a job")
}

// Each user that a run makes can be found again, and the others are left alone.
func TestOnlyOwnUsersAreDeleted(t *testing.T) {
	f := newFake(t, plainPool(), nil, false)
	for _, name := range []string{"somebody", mark + "not-a-run-of-the-report"} {
		_, err := f.cognito.AddUser(t.Context(), poolID, userpool.User{Username: name})
		require.NoError(t, err)
	}
	_, _, err := open(t.Context(), f.set, io.Discard)
	require.ErrorContains(t, err, "the pool has users")

	f.set.force, f.set.remove = true, true
	s, end, err := open(t.Context(), f.set, io.Discard)
	require.NoError(t, err)
	defer end()
	require.NoError(t, s.control(t.Context()))
	require.NoError(t, s.leave(t.Context()))
	require.Len(t, f.deleted, 1)
	assert.Contains(t, f.deleted[0], mark+s.runID+"-1-control")
}

func TestResume(t *testing.T) {
	f := newFake(t, plainPool(), nil, false)
	earlier := &report{file: f.set.report, redactor: &redactor{}, runs: []string{"0123abcd"},
		probes: []result{
			{number: "A7", name: "byte-order-mark", verdict: doesNotHold, text: "said | so\nbefore"},
			{number: "A8", name: "crlf", verdict: failed, text: "no network"},
		},
		rules: []result{{number: "A8", name: "file/crlf", verdict: broken, text: "seen before"}}}
	require.NoError(t, earlier.write())

	set := f.inEnvironment(t, map[string]string{"RESUME": "1"})
	s, end, err := open(t.Context(), set, io.Discard)
	require.NoError(t, err)
	defer end()
	assert.Equal(t, []string{"0123abcd", s.runID}, s.report.runs)
	for _, p := range probes()[:10] {
		got, again, err := s.probe(t.Context(), p)
		require.NoError(t, err)
		if assert.Equal(t, p.name != "byte-order-mark", again, p.name); !again {
			assert.Equal(t, result{number: "A7", name: "byte-order-mark", verdict: doesNotHold, text: "said ¦ so before"}, got)
		}
	}
	assert.Equal(t, holds, find(s.report.probes, "unknown-column").verdict)
	text, err := os.ReadFile(set.report)
	require.NoError(t, err)
	assert.Contains(t, string(text), "| A8 | file/crlf | broken | seen before |")
}

func TestRunEndsIfAnImportDoesNotWork(t *testing.T) {
	f := newFake(t, plainPool(), nil, false)
	f.set.role = f.set.badRole
	s, end, err := open(t.Context(), f.set, io.Discard)
	require.NoError(t, err)
	defer end()
	err = s.control(t.Context())
	assert.ErrorContains(t, err, "nothing else can be asked")
	assert.ErrorContains(t, err, "The CloudWatch Logs role could not be assumed")
}

// A probe that gets no answer says so, and the next one runs.
func TestProbeWithoutAnAnswer(t *testing.T) {
	f := newFake(t, plainPool(), nil, false)
	s, end, err := open(t.Context(), f.set, io.Discard)
	require.NoError(t, err)
	defer end()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	got, _, err := s.probe(ctx, probe{number: "A7", name: "x", ask: fileProbes()[0].ask})
	require.NoError(t, err)
	assert.Equal(t, failed, got.verdict)
	assert.Contains(t, got.text, "enough")
}

func TestSettings(t *testing.T) {
	for _, name := range []string{"POOL", "ROLE", "REPORT", "POLL", "BAD_ROLE"} {
		t.Setenv("IMPORTJOB_LIVE_"+name, "")
	}
	_, why, err := fromEnvironment()
	require.NoError(t, err)
	assert.Contains(t, why, "IMPORTJOB_LIVE_POOL")

	t.Setenv("IMPORTJOB_LIVE_POOL", poolID)
	t.Setenv("IMPORTJOB_LIVE_ROLE", role)
	set, why, err := fromEnvironment()
	require.NoError(t, err)
	assert.Empty(t, why)
	assert.Equal(t, filepath.Join("..", "..", "live-report.jsonl"), set.transcript())
	assert.Equal(t, "arn:aws:iam::"+account+":role/importjob-live-no-such-role", set.badRole)
	assert.Equal(t, 3*time.Second, set.poll)

	t.Setenv("IMPORTJOB_LIVE_POLL", "soon")
	_, _, err = fromEnvironment()
	assert.ErrorContains(t, err, "IMPORTJOB_LIVE_POLL")
	t.Setenv("IMPORTJOB_LIVE_POLL", "")
	t.Setenv("IMPORTJOB_LIVE_ROLE", "CognitoCloudWatchLogsRole")
	_, _, err = fromEnvironment()
	assert.ErrorContains(t, err, "IMPORTJOB_LIVE_ROLE")
}

func TestRedact(t *testing.T) {
	r := &redactor{secrets: []string{token, "", "x"}}
	for given, want := range map[string]string{
		"User: arn:aws:sts::" + account + ":assumed-role/Admin/me":                  "User: arn:aws:sts::[account]:assumed-role/Admin/me",
		"PUT https://bucket.s3.us-west-2.amazonaws.com/a/b?X-Amz-Signature=abc\" x": "PUT [URL]\" x",
		"X-Amz-Credential=ASIAEXAMPLEKEY123&X-Amz-Date=1":                           "[signature]&[signature]",
		"the key ASIAEXAMPLEKEY12345 and " + token:                                  "the key [key] and [secret]",
		strings.Repeat("Ab1+", 40):                                                  "[token]",
		"import-qQ0DCt2fRh ended at 1667948397084":                                  "import-qQ0DCt2fRh ended at 1667948397084",
	} {
		assert.Equal(t, want, r.redact(given))
	}
	r.accounts = true
	assert.Contains(t, r.redact(role), account)
}

// The view of a rule renames users and leaves everything else.
func TestRename(t *testing.T) {
	for given, want := range map[string]string{
		"name,cognito:username\nAnn,ann\n":                      "name,cognito:username\nAnn,p-ann\n",
		"cognito:username,name\n  ann ,Ann\\, Lee\nbob\n":       "cognito:username,name\n  p-ann ,Ann\\, Lee\np-bob\n",
		"name,cognito:username\nLee\\, Ann,ann,x\nx\n\n,\n, \n": "name,cognito:username\nLee\\, Ann,p-ann,x\nx\n\n,\n, \n",
		"\uFEFFcognito:username,name\r\nann,Ann\r\n":            "\uFEFFcognito:username,name\r\np-ann,Ann\r\n",
		"name,cognito:username,cognito:username\nAnn,ann,bob":   "name,cognito:username,cognito:username\nAnn,p-ann,bob",
		"name\nAnn\n": "name\nAnn\n",
		"":            "",
		"name," + importjob.ColumnUsername + "\r\nAnn,\tann\r\n": "name,cognito:username\r\nAnn,\tp-ann\r\n",
	} {
		assert.Equal(t, want, rename(given, "p-"))
	}
	assert.Equal(t, "x.jsonl", filepath.Base((&settings{report: filepath.Join("y", "x.md")}).transcript()))
}
