package cognitotest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
)

// The log of a job begins with testLines lines of this text. No page documents it: a README in public code
// shows both lines in a log of 2020.
const (
	testLine  = "Cognito User Pools Import - Test Log"
	testLines = 2
)

// maxEvents is the largest number of events in one response.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
const maxEvents = 10_000

// position is a position in the log of a job. It has the token of the page of results that it is in, so
// that reading starts at that page and not at the first one.
type position struct {
	index int    // the number of events before the position
	base  int    // the number of rows before the page
	page  string // the Client's token of the page
}

// String returns the token of the position, without the prefix for the direction.
func (p position) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%s", p.index, p.base, p.page))
}

func parsePosition(token string) (position, error) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	parts := strings.SplitN(string(text), ".", 3)
	if err != nil || len(parts) != 3 {
		return position{}, badToken()
	}
	index, err1 := strconv.Atoi(parts[0])
	base, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil || index < 0 || base < 0 || base > max(0, index-testLines) {
		return position{}, badToken()
	}
	return position{index: index, base: base, page: parts[2]}, nil
}

// forward returns up to limit lines that begin at a position, and the position after them.
func (c *call) forward(ref importjob.Ref, from position, limit int) ([]string, position, error) {
	lines := make([]string, 0, min(limit, maxEvents))
	for ; from.index < testLines && len(lines) < limit; from.index++ {
		lines = append(lines, testLine)
	}
	for len(lines) < limit {
		page := importjob.Page{Token: from.page}
		skip := from.index - testLines - from.base
		if skip == 0 {
			page.MaxResults = limit - len(lines)
		}
		rows, next, err := c.client.Results(c.ctx, ref, page)
		if err != nil {
			return nil, from, err
		}
		read := len(rows)
		rows = rows[min(skip, read):]
		taken := min(len(rows), limit-len(lines))
		for _, row := range rows[:taken] {
			lines = append(lines, row.String())
		}
		from.index += taken
		if taken < len(rows) || next == "" {
			break
		}
		from.base += read
		from.page = next
	}
	return lines, from, nil
}

// backward returns up to limit lines that end before an index, and the position after them. A Client can
// only read forward, so backward reads the log from its beginning.
func (c *call) backward(ref importjob.Ref, index, limit int) ([]string, position, error) {
	first := max(0, index-limit)
	at := position{}
	for at.index < first {
		lines, next, err := c.forward(ref, at, min(maxEvents, first-at.index))
		if err != nil {
			return nil, at, err
		}
		if len(lines) == 0 {
			return nil, at, badToken()
		}
		at = next
	}
	return c.forward(ref, at, index-first)
}

type wireEvent struct {
	Timestamp     int64  `json:"timestamp"`
	Message       string `json:"message"`
	IngestionTime int64  `json:"ingestionTime"`
}

func getLogEvents(c *call) ([]byte, error) {
	limit := cmp.Or(int(c.in.number("limit", 1, maxEvents)), maxEvents)
	token := c.in.filled("nextToken")
	fromHead := c.in.boolean("startFromHead", false)
	stream := c.in.required("logStreamName")
	within := during(c.in)
	pool, err := c.logPool()
	if err != nil {
		return nil, err
	}
	job, err := c.logStream(pool, stream)
	if err != nil {
		return nil, err
	}
	if !within(job.StartDate) {
		limit = 0
	}
	lines, after, err := c.eventLines(job, token, fromHead, limit)
	if err != nil {
		return nil, err
	}
	ms := job.StartDate.UnixMilli() // the service gives all lines of a job one time (A37)
	events := make([]wireEvent, len(lines))
	for i, line := range lines {
		events[i] = wireEvent{Timestamp: ms, Message: line, IngestionTime: ms}
	}
	next, before := around(token, after, len(lines))
	return encode(struct {
		Events            []wireEvent `json:"events"`
		NextForwardToken  string      `json:"nextForwardToken"`
		NextBackwardToken string      `json:"nextBackwardToken"`
	}{Events: events, NextForwardToken: next, NextBackwardToken: before}), nil
}

// around returns the tokens of the pages after and before a page of lines. token is the token of this page.
// If the page is empty, because the log ends there, token is returned in its direction.
func around(token string, after position, lines int) (next, before string) {
	next, before = "f/"+after.String(), "b/"+strconv.Itoa(after.index-lines)
	switch {
	case lines > 0 || token == "":
	case token[0] == 'f':
		next = token
	default:
		before = token
	}
	return next, before
}

// eventLines returns the lines of the page that token names. Without a token it returns the first or the
// last lines.
func (c *call) eventLines(job importjob.UserImportJob, token string, fromHead bool, limit int) ([]string, position, error) {
	switch {
	case strings.HasPrefix(token, "f/"):
		at, err := parsePosition(token[2:])
		if err != nil {
			return nil, at, err
		}
		return c.forward(job.Ref(), at, limit)
	case strings.HasPrefix(token, "b/"):
		index, err := strconv.Atoi(token[2:])
		if err != nil || index < 0 {
			return nil, position{}, badToken()
		}
		return c.backward(job.Ref(), index, limit)
	case token != "":
		return nil, position{}, badToken()
	case fromHead:
		return c.forward(job.Ref(), position{}, limit)
	}
	logged := testLines + int(job.ImportedUsers+job.SkippedUsers+job.FailedUsers)
	return c.backward(job.Ref(), logged, limit)
}
