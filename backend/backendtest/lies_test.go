package backendtest_test

import (
	"context"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// eachRow is a lie about a file: it changes its rows, given as values by column. A row of another
// length than the header stays. A row that becomes nil is left out.
func eachRow(change func(row map[string]string) map[string]string) func(string) string {
	return func(file string) string {
		head, rest, _ := strings.Cut(file, "\n")
		header := strings.Split(head, ",")
		lines := []string{head}
		for line := range strings.SplitSeq(rest, "\n") {
			values := splitRow(line)
			if len(values) != len(header) {
				lines = append(lines, line)
				continue
			}
			row := map[string]string{}
			for i, name := range header {
				row[name] = values[i]
			}
			if row = change(row); row == nil {
				continue
			}
			for i, name := range header {
				values[i] = row[name]
			}
			lines = append(lines, strings.Join(values, ","))
		}
		return strings.Join(lines, "\n")
	}
}

// splitRow splits a row at the commas that are not escaped.
func splitRow(line string) []string {
	const escaped = "\x00"
	values := strings.Split(strings.ReplaceAll(line, `\,`, escaped), ",")
	for i := range values {
		values[i] = strings.ReplaceAll(values[i], escaped, `\,`)
	}
	return values
}

// value is a lie about the values of a column.
func value(column string, change func(string) string) func(l *liar) {
	return func(l *liar) {
		l.onFile = eachRow(func(row map[string]string) map[string]string {
			if v, ok := row[column]; ok {
				row[column] = change(v)
			}
			return row
		})
	}
}

// anyValue takes any value of a column for a good one.
func anyValue(column, good string) func(l *liar) {
	return value(column, func(v string) string {
		if v == "" {
			return ""
		}
		return good
	})
}

// attribute is a lie about the attributes of users.
func attribute(change func(name, value string) (string, string)) func(l *liar) {
	return func(l *liar) {
		l.onUser = func(u *userpool.User) {
			var list []userpool.Attribute
			for name, value := range u.Attributes.All() {
				name, value = change(name, value)
				list = append(list, userpool.Attribute{Name: name, Value: value})
			}
			u.Attributes = userpool.NewAttributes(list...)
		}
	}
}

// extra gives users an attribute more.
func extra(name, value string) func(l *liar) {
	return func(l *liar) {
		l.onUser = func(u *userpool.User) {
			var list []userpool.Attribute
			for name, value := range u.Attributes.All() {
				list = append(list, userpool.Attribute{Name: name, Value: value})
			}
			u.Attributes = userpool.NewAttributes(append(list, userpool.Attribute{Name: name, Value: value})...)
		}
	}
}

// everyJob is a lie about each job in an answer.
func everyJob(change func(job *importjob.UserImportJob)) func(l *liar) {
	return func(l *liar) {
		l.onJob = func(_ importjob.Op, job *importjob.UserImportJob) { change(job) }
	}
}

// jobsIn is a lie about jobs in certain statuses.
func jobsIn(change func(job *importjob.UserImportJob), statuses ...importjob.Status) func(l *liar) {
	return everyJob(func(job *importjob.UserImportJob) {
		if slices.Contains(statuses, job.Status) {
			change(job)
		}
	})
}

// everyRow is a lie about each result line.
func everyRow(change func(r *importjob.RowResult)) func(l *liar) {
	return resultsAre(func(rows []importjob.RowResult) []importjob.RowResult {
		for i := range rows {
			change(&rows[i])
		}
		return rows
	})
}

// resultsAre is a lie about each page of results.
func resultsAre(change func([]importjob.RowResult) []importjob.RowResult) func(l *liar) {
	return func(l *liar) {
		l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
			rows, next, err := l.Client.Results(ctx, ref, page)
			return change(rows), next, err
		}
	}
}

// startAnyway pretends that a refused Start has succeeded, if it was refused for a job in one of
// these statuses.
func startAnyway(statuses ...importjob.Status) func(l *liar) {
	return func(l *liar) {
		l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
			return anyway(ctx, l, ref, l.Client.Start, importjob.StatusPending, statuses)
		}
	}
}

// stopAnyway is the same for Stop.
func stopAnyway(statuses ...importjob.Status) func(l *liar) {
	return func(l *liar) {
		l.stop = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
			return anyway(ctx, l, ref, l.Client.Stop, importjob.StatusStopped, statuses)
		}
	}
}

func anyway(ctx context.Context, l *liar, ref importjob.Ref, do ofJob, pretended importjob.Status, statuses []importjob.Status) (importjob.UserImportJob, error) {
	job, err := do(ctx, ref)
	if err == nil {
		return job, nil
	}
	if now, lookErr := l.Client.Describe(ctx, ref); lookErr == nil && slices.Contains(statuses, now.Status) {
		now.Status = pretended
		return now, nil
	}
	return job, err
}
