package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// redactor removes from a text what must not be published.
type redactor struct {
	secrets  []string // texts that are removed wherever they are
	accounts bool     // leave account numbers
}

var (
	aURL      = regexp.MustCompile(`https?://[^\s"'<>\\]+`)
	aSigned   = regexp.MustCompile(`(?i)X-Amz-[\w-]+=[^&\s"\\]*`)
	aKey      = regexp.MustCompile(`\b(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b`)
	aToken    = regexp.MustCompile(`[A-Za-z0-9+/=_%-]{100,}`)
	anAccount = regexp.MustCompile(`\b[0-9]{12}\b`)
)

func (r *redactor) redact(text string) string {
	for _, secret := range r.secrets {
		if len(secret) >= 8 { // a shorter one is made up, such as those for a fake
			text = strings.ReplaceAll(text, secret, "[secret]")
		}
	}
	text = aURL.ReplaceAllString(text, "[URL]")
	text = aSigned.ReplaceAllString(text, "[signature]")
	text = aKey.ReplaceAllString(text, "[key]")
	text = aToken.ReplaceAllString(text, "[token]")
	if !r.accounts {
		text = anAccount.ReplaceAllString(text, "[account]")
	}
	return text
}

// entry is one line of the transcript: a request and its answer.
type entry struct {
	At      time.Time `json:"at"`
	During  string    `json:"during"` // the rule or the probe
	Op      string    `json:"op"`
	Job     string    `json:"job,omitempty"`
	Input   string    `json:"input,omitempty"`
	Code    string    `json:"code,omitempty"`
	Message string    `json:"message,omitempty"`
	Answer  string    `json:"answer,omitempty"`
	Millis  int64     `json:"ms"`
}

// transcript writes entries as lines of JSON. Several goroutines can use it at once.
type transcript struct {
	redactor *redactor

	mu     sync.Mutex
	out    io.Writer
	during string
}

// begin says which rule or probe the next requests belong to.
func (t *transcript) begin(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.during = what
}

// record writes one entry.
func (t *transcript) record(began time.Time, e entry, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.At, e.During, e.Millis = began.UTC(), t.during, time.Since(began).Milliseconds()
	if err != nil {
		e.Code, e.Message = codeAndMessage(err)
	}
	line, _ := json.Marshal(e) // cannot fail: all fields are texts and numbers
	fmt.Fprintln(t.out, t.redactor.redact(string(line)))
}

// codeAndMessage returns the exception of an error and its message.
func codeAndMessage(err error) (code, message string) {
	var answer *importjob.Error
	if errors.As(err, &answer) && answer.Code != "" {
		return string(answer.Code), answer.Message
	}
	return "no answer", err.Error()
}

// intercept records the calls of a Client.
func (t *transcript) intercept(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
	began := time.Now()
	err := next(ctx)
	e := entry{Op: string(call.Op), Job: call.Ref.JobID, Input: inputOf(call)}
	if err == nil {
		e.Answer = outputOf(call)
	}
	t.record(began, e, err)
	return err
}

// inputOf describes the input of a call, without secrets.
func inputOf(call *backend.Call) string {
	switch in := call.Input().(type) {
	case importjob.CreateInput:
		return fmt.Sprintf("name %q, role %s, algorithm %q", in.JobName, in.CloudWatchLogsRoleARN, in.PasswordHashingAlgorithm)
	case backend.UploadInput:
		return fmt.Sprintf("%d bytes", in.Size)
	case backend.ListInput:
		return pageOf(in.Page)
	case backend.ResultsInput:
		return pageOf(in.Page)
	}
	return ""
}

func pageOf(p importjob.Page) string {
	return fmt.Sprintf("at most %d, with a token: %v", p.MaxResults, p.Token != "")
}

// outputOf describes the answer of a call, without secrets.
func outputOf(call *backend.Call) string {
	switch out := call.Output().(type) {
	case importjob.UserImportJob:
		return strings.TrimSpace(fmt.Sprintf("%s (%d imported, %d skipped, %d failed) %s",
			out.Status, out.ImportedUsers, out.SkippedUsers, out.FailedUsers, out.CompletionMessage))
	case []string:
		return strings.Join(out, ",")
	case backend.Paged[importjob.UserImportJob]:
		return fmt.Sprintf("%d jobs, with a token: %v", len(out.Items), out.NextToken != "")
	case backend.Paged[importjob.RowResult]:
		return fmt.Sprintf("%d lines, with a token: %v: %s", len(out.Items), out.NextToken != "", linesOf(out.Items))
	}
	return ""
}

// linesOf returns the first lines of a log. A line has no value of the file.
func linesOf(rows []importjob.RowResult) string {
	var lines []string
	for _, r := range rows[:min(len(rows), 50)] {
		lines = append(lines, r.String())
	}
	return strings.Join(lines, "; ")
}
