package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

func TestControlMovesTheClock(t *testing.T) {
	s := serving(t, "--control", "--rows-per-second=100")
	job := s.job("CreateUserImportJob", jobInput)
	status, answer := s.upload(job, testdata("users.csv"))
	require.Equal(t, 200, status, answer)
	s.job("StartUserImportJob", named(job))
	assert.Equal(t, importjob.StatusInProgress, s.job("DescribeUserImportJob", named(job)).Status)
	status, answer = s.control("advance", url.Values{"by": {"10s"}})
	assert.Equal(t, 200, status)
	assert.Contains(t, answer, `"ahead":"10s"`)
	job = s.job("DescribeUserImportJob", named(job))
	assert.Equal(t, importjob.StatusSucceeded, job.Status)
	assert.Equal(t, 10*time.Second, job.CompletionDate.Sub(job.StartDate))

	late := s.job("CreateUserImportJob", jobInput)
	s.control("advance", url.Values{"by": {"15m"}})
	status, answer = s.upload(late, testdata("users.csv"))
	assert.Equal(t, 403, status)
	assert.Contains(t, answer, "<Message>Request has expired</Message>")
	s.control("advance", url.Values{"by": {"24h"}})
	assert.Equal(t, importjob.StatusExpired, s.job("DescribeUserImportJob", named(late)).Status)
}

func TestControlSetsFaults(t *testing.T) {
	s := serving(t, "--control")
	job := s.job("CreateUserImportJob", jobInput)
	s.upload(job, testdata("users.csv"))
	s.control("fault", url.Values{"fault": {"StartUserImportJob:TooManyRequestsException:2"}})
	_, answer := s.control("fault", url.Values{"fault": {"PutObject:AccessDenied"}})
	assert.Contains(t, answer, `"faults":[{"operation":"StartUserImportJob","exception":"TooManyRequestsException","times":2},{"operation":"PutObject","exception":"AccessDenied","times":1}]`)
	for range 2 {
		status, answer := s.call("StartUserImportJob", named(job))
		assert.Equal(t, 400, status)
		assert.True(t, strings.HasPrefix(answer, `{"__type":"TooManyRequestsException"`), answer)
	}
	status, answer := s.upload(job, testdata("users.csv"))
	assert.Equal(t, 403, status)
	assert.Contains(t, answer, "<Code>AccessDenied</Code>")
	assert.Equal(t, importjob.StatusPending, s.job("StartUserImportJob", named(job)).Status, "two faults were asked for")
}

func TestControlSetsLatencyAndRole(t *testing.T) {
	s := serving(t, "--control")
	s.control("latency", url.Values{"duration": {"60ms"}})
	began := time.Now()
	job := s.job("CreateUserImportJob", jobInput)
	assert.GreaterOrEqual(t, time.Since(began), 60*time.Millisecond)
	s.control("latency", url.Values{"duration": {"0"}})
	s.control("role", url.Values{"assumable": {"false"}})
	s.upload(job, testdata("users.csv"))
	s.job("StartUserImportJob", named(job))
	job = s.job("DescribeUserImportJob", named(job))
	assert.Equal(t, importjob.StatusFailed, job.Status)
	assert.Contains(t, job.CompletionMessage, "role")
}

// A job that was started slowly can be stopped, and the speed of one that runs does not change.
func TestControlSetsThePace(t *testing.T) {
	s := serving(t, "--control")
	start := func() importjob.UserImportJob {
		job := s.job("CreateUserImportJob", jobInput)
		s.upload(job, testdata("users.csv"))
		return s.job("StartUserImportJob", named(job))
	}
	status, answer := s.control("speed", url.Values{"rows-per-second": {"1"}})
	assert.Equal(t, 200, status)
	assert.Contains(t, answer, `"rowsPerSecond":1`)
	slow := start()
	s.control("speed", url.Values{"rows-per-second": {"0"}})
	assert.Equal(t, importjob.StatusInProgress, s.job("DescribeUserImportJob", named(slow)).Status)
	s.control("advance", url.Values{"by": {"3s"}})
	stopped := s.job("StopUserImportJob", named(slow))
	assert.Equal(t, importjob.StatusStopped, stopped.Status)
	assert.Less(t, stopped.ImportedUsers, int64(users))
	assert.GreaterOrEqual(t, stopped.ImportedUsers, int64(3))
	assert.Equal(t, importjob.StatusSucceeded, s.job("DescribeUserImportJob", named(start())).Status, "the speed is that at Start")
}

func TestControlResets(t *testing.T) {
	s := serving(t, "--control")
	job := s.job("CreateUserImportJob", jobInput)
	s.control("advance", url.Values{"by": {"1h"}})
	s.control("latency", url.Values{"duration": {"1h"}})
	s.control("fault", url.Values{"fault": {"GetCSVHeader:InternalErrorException"}})
	s.control("role", url.Values{"assumable": {"0"}})
	s.control("speed", url.Values{"rows-per-second": {"7"}})
	status, _ := s.control("reset", nil)
	assert.Equal(t, 200, status)
	status, answer := s.call("DescribeUserImportJob", named(job))
	assert.Equal(t, 400, status)
	assert.Contains(t, answer, "ResourceNotFoundException")
	status, answer = s.upload(job, testdata("users.csv"))
	assert.Equal(t, 403, status, answer)

	req, err := http.NewRequest(http.MethodGet, s.url+"/control", nil)
	require.NoError(t, err)
	_, answer = s.do(req)
	var state map[string]any
	require.NoError(t, json.Unmarshal([]byte(answer), &state))
	delete(state, "now")
	assert.Equal(t, map[string]any{"ahead": "0s", "latency": "0s", "rowsPerSecond": 0.0, "roleAssumable": true, "faults": []any{}}, state)
	status, _ = s.call("GetCSVHeader", `{"UserPoolId":"us-west-2_aaaaaaaaa"}`)
	assert.Equal(t, 200, status)
}

func TestControlRefusals(t *testing.T) {
	s := serving(t, "--control")
	for _, c := range []struct {
		path, form string
		want       int
	}{
		{"advance", "by=-5s", 400}, {"advance", "", 400}, {"advance", "by=tomorrow", 400},
		{"latency", "duration=5", 400}, {"role", "assumable=perhaps", 400},
		{"speed", "", 400}, {"speed", "rows-per-second=-1", 400}, {"speed", "rows-per-second=fast", 400},
		{"fault", "", 400}, {"fault", "fault=Start", 400}, {"fault", "fault=Start:X:1", 400}, {"fault", "fault=StartUserImportJob::1", 400},
		{"fault", "fault=StartUserImportJob:TooManyRequestException", 400},
		{"fault", "fault=StartUserImportJob:InternalErrorException:0", 400}, {"fault", "fault=StartUserImportJob:InternalErrorException:many", 400}, {"fault", "fault=a:b:c:d", 400},
		{"other", "", 404}, {"", "", 404},
	} {
		form, err := url.ParseQuery(c.form)
		require.NoError(t, err)
		status, answer := s.control(c.path, form)
		assert.Equal(t, c.want, status, "%+v", c)
		var e struct{ Error string }
		assert.NoError(t, json.Unmarshal([]byte(answer), &e))
		assert.NotEmpty(t, e.Error)
	}
}

// Every exception that the module knows can be asked for, and a misspelt one is answered with their names.
func TestFaultCodesAreAll(t *testing.T) {
	var text []byte
	for _, name := range []string{"../../errors.go", "../../userpool/users.go", "../../userpool/pools.go"} {
		part, err := os.ReadFile(name)
		require.NoError(t, err)
		text = append(text, part...)
	}
	codes := regexp.MustCompile(`(?m)^(?:const |\t)Err\w+ +(?:importjob\.)?Code = "(\w+)"`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, codes, len(faultCodes))
	for _, code := range codes {
		_, err := parseFault("StartUserImportJob:" + code[1])
		assert.NoError(t, err)
	}
	_, err := parseFault("StartUserImportJob:TooManyRequestException")
	assert.ErrorContains(t, err, `unknown exception "TooManyRequestException"; give one of [ResourceNotFoundException `)
}

func TestControlIsForThisMachineOnly(t *testing.T) {
	s := serving(t, "--control")
	for name, change := range map[string]func(*http.Request){
		"a name that a web page made up": func(r *http.Request) { r.Host = "evil.test" },
		"another page's script":          func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
	} {
		req, err := http.NewRequest(http.MethodPost, s.url+"/control/reset", nil)
		require.NoError(t, err)
		change(req)
		status, _ := s.do(req)
		assert.Equal(t, 403, status, name)
	}
	for addr, want := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9": true, "[::1]:80": true, "[::1]": true, "localhost:80": true, "localhost": true,
		"10.0.0.1:80": false, "[fe80::1]:80": false, "example.com": false, "": false,
	} {
		assert.Equal(t, want, isLoopback(addr), addr)
	}
}
