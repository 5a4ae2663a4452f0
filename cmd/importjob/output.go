package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"text/tabwriter"
	"time"

	"github.com/cognito-import/importjob"
)

// report prints a job, and then its rows that were not imported.
type report struct {
	w    io.Writer
	file string
}

// text prints the job as a table, and a line FILE:LINE: OUTCOME USERNAME: REASON for each row.
func (r *report) text(job importjob.UserImportJob, rows iter.Seq2[userRow, error]) error {
	if err := r.table(job); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(r.w, oneLine(r.file+row.String())); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) table(job importjob.UserImportJob) error {
	w := tabwriter.NewWriter(r.w, 0, 0, 2, ' ', 0)
	line := func(name string, value any) {
		if s := oneLine(fmt.Sprint(value)); s != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, s)
		}
	}
	line("JobName", job.JobName)
	line("JobId", job.JobID)
	line("UserPoolId", job.UserPoolID)
	line("CloudWatchLogsRoleArn", job.CloudWatchLogsRoleARN)
	line("PasswordHashingAlgorithm", job.PasswordHashingAlgorithm)
	line("CreationDate", date(job.CreationDate))
	line("StartDate", date(job.StartDate))
	line("CompletionDate", date(job.CompletionDate))
	line("Status", job.Status)
	line("ImportedUsers", job.ImportedUsers)
	line("SkippedUsers", job.SkippedUsers)
	line("FailedUsers", job.FailedUsers)
	line("CompletionMessage", job.CompletionMessage)
	return w.Flush()
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02T15:04:05.000Z07:00")
}

// json prints one JSON object with the member UserImportJob, as the AWS CLI prints it, and the member Rows if there
// are any, one row a line. It has one row in memory at a time.
func (r *report) json(job importjob.UserImportJob, rows iter.Seq2[userRow, error]) error {
	text, err := marshal(job)
	if err != nil {
		return err
	}
	indented := bytes.Buffer{}
	if err := json.Indent(&indented, text, "    ", "    "); err != nil {
		return err
	}
	fmt.Fprintf(r.w, "{\n    \"UserImportJob\": %s", indented.Bytes())
	separator, end := ",\n    \"Rows\": [\n        ", "\n}\n"
	for row, rowErr := range rows {
		if rowErr != nil {
			err = rowErr // returned after the end of the object is printed
			break
		}
		text, marshalErr := marshal(row)
		if marshalErr != nil {
			return marshalErr
		}
		fmt.Fprintf(r.w, "%s%s", separator, text)
		separator, end = ",\n        ", "\n    ]\n}\n"
	}
	if _, writeErr := io.WriteString(r.w, end); writeErr != nil {
		return writeErr
	}
	return err
}

// plural returns one for 1, and many for any other number.
func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// counted returns a number and its noun, such as "1 row" or "2 rows".
func counted(n int64, noun string) string { return fmt.Sprintf("%d %s", n, plural(n, noun, noun+"s")) }

// marshal is json.Marshal that does not escape the & in a URL.
func marshal(v any) ([]byte, error) {
	b := bytes.Buffer{}
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
