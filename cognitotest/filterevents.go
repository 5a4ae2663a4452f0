package cognitotest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

type wireFilteredEvent struct {
	LogStreamName string `json:"logStreamName"`
	wireEvent
	EventID string `json:"eventId"`
}

// filterLogEvents searches up to limit lines of one log stream in each call. As at AWS, a response without
// events can have a token.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
func filterLogEvents(c *call) ([]byte, error) {
	limit := cmp.Or(int(c.in.number("limit", 1, maxEvents)), maxEvents)
	token := c.in.filled("nextToken")
	terms, err := parseTerms(c.in.text("filterPattern"))
	if err != nil {
		return nil, err
	}
	jobs, err := c.searchedJobs()
	if err != nil {
		return nil, err
	}
	current, at, err := searchedFrom(jobs, token)
	if err != nil {
		return nil, err
	}
	events := []wireFilteredEvent{}
	next := ""
	if current < len(jobs) {
		if events, at, err = c.search(jobs[current], terms, at, limit); err != nil {
			return nil, err
		}
		switch {
		case at.index > 0:
			next = jobs[current].JobID + "/" + at.String()
		case current+1 < len(jobs):
			next = jobs[current+1].JobID + "/" + position{}.String()
		}
	}
	return encode(struct {
		Events             []wireFilteredEvent `json:"events"`
		SearchedLogStreams []struct{}          `json:"searchedLogStreams"`
		NextToken          string              `json:"nextToken,omitempty"`
	}{Events: events, SearchedLogStreams: []struct{}{}, NextToken: next}), nil
}

// searchedJobs returns the jobs whose log streams the request names, in the order of the search.
func (c *call) searchedJobs() ([]importjob.UserImportJob, error) {
	names, prefix := c.in.texts("logStreamNames"), c.in.filled("logStreamNamePrefix")
	within := during(c.in)
	pool, err := c.logPool()
	if err != nil {
		return nil, err
	}
	if names != nil && prefix != "" { // our words
		return nil, refusef(importjob.ErrInvalidParameter, "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
	}
	jobs := []importjob.UserImportJob{}
	for _, name := range names {
		job, err := c.logStream(pool, name)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	if names == nil {
		if jobs, err = c.loggedJobs(pool.ID, prefix); err != nil {
			return nil, err
		}
	}
	sortStreams(jobs, "LogStreamName", false)
	return slices.DeleteFunc(jobs, func(job importjob.UserImportJob) bool { return !within(job.StartDate) }), nil
}

// searchedFrom returns the index of the job and the position where the search continues.
func searchedFrom(jobs []importjob.UserImportJob, token string) (int, position, error) {
	if token == "" {
		return 0, position{}, nil
	}
	id, rest, _ := strings.Cut(token, "/")
	at, err := parsePosition(rest)
	if err != nil {
		return 0, at, err
	}
	for i, job := range jobs {
		if job.JobID == id {
			return i, at, nil
		}
	}
	return 0, at, badToken()
}

// search searches up to limit lines of a log stream. It returns the position after them, or the zero position
// if the stream ends there.
func (c *call) search(job importjob.UserImportJob, terms []string, at position, limit int) ([]wireFilteredEvent, position, error) {
	lines, after, err := c.forward(job.Ref(), at, limit)
	if err != nil {
		return nil, at, err
	}
	events := []wireFilteredEvent{}
	ms := job.StartDate.UnixMilli()
	for i, line := range lines {
		if !hasAll(line, terms) {
			continue
		}
		events = append(events, wireFilteredEvent{
			LogStreamName: streamName(job),
			wireEvent:     wireEvent{Timestamp: ms, Message: line, IngestionTime: ms},
			EventID:       fmt.Sprintf("%038d%018d", ms, at.index+i),
		})
	}
	if len(lines) < limit {
		after = position{}
	}
	return events, after, nil
}

func hasAll(line string, terms []string) bool {
	for _, term := range terms {
		if !strings.Contains(line, term) {
			return false
		}
	}
	return true
}

// parseTerms parses a filter pattern. It returns the words of the pattern; a line must contain all of them.
// A word may be in double quotes. Any other pattern of the service is an error.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
func parseTerms(pattern string) ([]string, error) {
	var terms []string
	for rest := strings.TrimSpace(pattern); rest != ""; rest = strings.TrimLeft(rest, " ") {
		term, quoted := strings.CutPrefix(rest, `"`)
		if quoted {
			var closed bool
			if term, rest, closed = strings.Cut(term, `"`); !closed || strings.Contains(term, `\`) {
				return nil, badPattern()
			}
		} else {
			term, rest, _ = strings.Cut(rest, " ")
			if strings.Trim(term, wordCharacters) != "" {
				return nil, badPattern()
			}
		}
		terms = append(terms, term)
	}
	return terms, nil
}

const wordCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

// badPattern returns the error of a filter pattern that is not served. The words before the colon are the
// service's, the others are ours.
//
// Source: https://github.com/aws/aws-toolkit-jetbrains/issues/3219
func badPattern() error {
	return refusef(importjob.ErrInvalidParameter, "Invalid filter pattern: use only words, and put a word in double quotes if it has other characters than letters, digits and _.")
}
