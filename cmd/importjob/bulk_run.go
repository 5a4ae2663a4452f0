package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// bulkRun is one run of the command.
type bulkRun struct {
	*bulkCommand
	flags    []string // the names of the flags on the command line, and of those that the directory knows
	options  *bulk.Options
	progress *bulkProgress
}

// plan makes a dry run.
func (r *bulkRun) plan(ctx context.Context, client importjob.Client, in importjob.CreateInput, source bulk.Source, out io.Writer) error {
	planned, err := bulk.Plan(ctx, client, in, source, r.Dir, r.options)
	r.progress.end()
	if err != nil {
		return r.failed(ctx, err)
	}
	if err := r.printPlan(out, planned); err != nil || planned.Rejected == 0 {
		return err
	}
	return &negativeError{} // the output has the number of rejected rows
}

// run runs the import.
func (r *bulkRun) run(ctx context.Context, client importjob.Client, in importjob.CreateInput, source bulk.Source, out io.Writer) error {
	summary, err := bulk.Import(ctx, client, in, source, r.Dir, r.options)
	r.progress.end()
	var part *bulk.PartError
	var rows *bulk.RowsError
	// A job ended badly, or there was none, and there is a report.
	halted := summary.Plan != "" && (errors.As(err, &part) || errors.As(err, &rows)) && ctx.Err() == nil
	if err != nil && !halted {
		return r.failed(ctx, err)
	}
	if printErr := r.print(out, summary); printErr != nil {
		return printErr
	}
	switch {
	case err != nil:
		return &negativeError{oneMessage(errors.Unwrap(err))}
	case summary.Imported != summary.Rows: // a user who existed was not imported either
		return &negativeError{} // the output has the counts
	}
	return nil
}

// failed returns the message and the exit status for an import that ended with an error and without a report.
func (r *bulkRun) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &negativeError{r.interrupted()}
	}
	err = errors.Unwrap(err) // without the name of the package
	var part *bulk.PartError
	inPart := errors.As(err, &part)
	var service *importjob.Error
	isService := errors.As(err, &service)
	var header *importjob.CSVError
	var target *bulk.TargetError
	switch {
	case errors.Is(err, bulk.ErrDirInUse) && !r.Resume:
		return fmt.Errorf("--dir %s: the directory is not empty; give --resume to continue the import in it, or give another directory", r.Dir)
	case errors.As(err, &target):
		return fmt.Errorf("%w; give %s, or another directory", err, targetFlags(target.Want))
	case errors.Is(err, bulk.ErrPasswordHashes) && len(r.Files) > 0:
		return fmt.Errorf("%w; --no-passwords leaves them out", err)
	case errors.As(err, &header) && r.From == "" && len(r.Files) == 1 && !errors.Is(err, importjob.ErrEmptyFile):
		name := r.Files[0]
		if r.fromStdin() {
			name = standardInput
		}
		return fmt.Errorf("%s: %w; its header is that of the dialect of import jobs: if it is an ordinary CSV file, give --from csv", name, header)
	case inPart && errors.Is(err, importjob.ErrResourceNotFound) && (r.Backend == inMemory || r.otherEndpoint()):
		return fmt.Errorf("%w: a Cognito in memory forgets its jobs and users when it ends; begin again with another directory", oneMessage(err))
	case isService && service.Op == "" && service.Code == importjob.ErrInvalidParameter:
		return errors.New("--job-name: " + service.Message)
	case inPart && isService && service.Code == "": // there was no response
		return fmt.Errorf("%w; --resume continues the import", oneMessage(err))
	}
	return r.named(serviceError(exportError(err)))
}

// named returns an error with the name of the standard input in place of the file that it was saved to, which can be gone.
func (r *bulkRun) named(err error) error {
	path, absErr := filepath.Abs(filepath.Join(r.Dir, "input"))
	if !r.fromStdin() || absErr != nil || !strings.Contains(err.Error(), path) {
		return err
	}
	return &namedError{strings.ReplaceAll(err.Error(), path, standardInput), err}
}

// namedError is an error with another text.
type namedError struct {
	text string
	error
}

func (e *namedError) Error() string { return e.text }
func (e *namedError) Unwrap() error { return e.error }

// interrupted returns the message for an import that Ctrl-C ended: whether a job still runs, and how to continue.
func (r *bulkRun) interrupted() error {
	job, next := r.progress.last.Job, "; continue with "+commandLine(r.resumeArgs())
	saved, err := bulk.Load(r.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist): // the plan was removed
		return fmt.Errorf("%w before the plan was complete; begin again", errInterrupted)
	case err == nil && saved.IsStream && saved.Source == nil:
		return fmt.Errorf("%w before the standard input was saved; give it again: %s < FILE", errInterrupted, commandLine(r.resumeFromStdin()))
	case r.Backend == inMemory && r.progress.last.Phase != bulk.PhasePlanning && r.progress.last.Phase != "":
		return fmt.Errorf("%w: the pool in memory is gone with the command; begin again with another directory", errInterrupted)
	case r.progress.last.Phase == bulk.PhaseImporting && active(job.Status) && r.StopOnInterrupt:
		return fmt.Errorf("%w, and job %s was asked to stop%s", errInterrupted, job.JobID, next)
	case r.progress.last.Phase == bulk.PhaseImporting && active(job.Status):
		return fmt.Errorf("%w, but job %s is still running%s", errInterrupted, job.JobID, next)
	}
	return fmt.Errorf("%w%s", errInterrupted, next)
}

// active reports whether a job with this status was started and has not ended.
func active(s importjob.Status) bool { return s.CanBecome(importjob.StatusStopped) }

// resumeArgs returns the arguments of the command line that continues the import. The directory knows the others.
func (r *bulkRun) resumeArgs() []string {
	args := []string{"bulk", "--resume", "--dir", r.Dir}
	if r.DryRun && r.Backend == "" {
		args = append(args, "--dry-run")
	}
	return args
}

// resumeFromStdin returns the arguments of the command line that reads the standard input again.
func (r *bulkRun) resumeFromStdin() []string {
	return []string{"bulk", "-", "--resume", "--dir", r.Dir}
}

// commandLine returns a command line for a shell, with quotes where they are needed.
func commandLine(args []string) string {
	line := "importjob"
	for _, arg := range args {
		if arg == "" || strings.ContainsFunc(arg, needsQuotes) {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		line += " " + arg
	}
	return line
}

func needsQuotes(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,.:/@%", r)
}
