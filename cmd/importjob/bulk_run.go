package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// bulkRun is what there is to say about one run of the command.
type bulkRun struct {
	*bulkCommand
	args     []string // of the command
	progress *bulkProgress
}

// plan is a dry run.
func (r *bulkRun) plan(ctx context.Context, client importjob.Client, in importjob.CreateInput, source bulk.Source, out io.Writer) error {
	planned, err := bulk.Plan(ctx, client, in, source, r.Dir, r.options(r.progress))
	r.progress.end()
	if err != nil {
		return r.failed(ctx, err)
	}
	if err := r.printPlan(out, planned); err != nil || planned.Rejected == 0 {
		return err
	}
	return &negativeError{} // the output says it
}

// run imports.
func (r *bulkRun) run(ctx context.Context, client importjob.Client, in importjob.CreateInput, source bulk.Source, out io.Writer) error {
	summary, err := bulk.Import(ctx, client, in, source, r.Dir, r.options(r.progress))
	r.progress.end()
	halted := summary.Plan != "" && errors.As(err, new(*bulk.PartError)) && ctx.Err() == nil
	if err != nil && !halted {
		return r.failed(ctx, err)
	}
	if printErr := r.print(out, summary); printErr != nil {
		return printErr
	}
	switch {
	case err != nil:
		return &negativeError{oneMessage(errors.Unwrap(err))}
	case summary.Imported != summary.Rows:
		return &negativeError{} // the summary says it
	}
	return nil
}

// failed gives the error of an import that did not get to its end its words and its exit status.
func (r *bulkRun) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &negativeError{r.interrupted()}
	}
	err = errors.Unwrap(err) // without the name of the package
	inPart, service := errors.As(err, new(*bulk.PartError)), &importjob.Error{}
	answered := !errors.As(err, &service) || service.Code != ""
	switch {
	case errors.Is(err, bulk.ErrDirInUse) && !r.Resume:
		return fmt.Errorf("--dir %s: not empty: give --resume to go on with the import in it, or another directory", r.Dir)
	case errors.Is(err, bulk.ErrColumns):
		return fmt.Errorf("%w (--map ATTRIBUTE=COLUMN, --ignore COLUMN)", err)
	case errors.As(err, new(*importjob.CSVError)) && r.Format == "" && !errors.Is(err, importjob.ErrEmptyFile):
		return fmt.Errorf("%s: %w; an ordinary CSV file needs --format csv, and --map ATTRIBUTE=COLUMN where names differ", r.File, withoutFile(err))
	case inPart && errors.Is(err, importjob.ErrResourceNotFound) && (r.Backend == inMemory || r.standIn()):
		return fmt.Errorf("%w: a Cognito in memory forgets its jobs and users when it ends; begin again in another directory", oneMessage(err))
	case service.Op == "" && service.Code == importjob.ErrInvalidParameter:
		return errors.New("--job-name: " + service.Message)
	case inPart && !answered:
		return fmt.Errorf("%w; --resume goes on from there", oneMessage(err))
	}
	return serviceError(err)
}

// withoutFile leaves of the error about a header what is wrong with it.
func withoutFile(err error) error {
	var fault *importjob.CSVError
	errors.As(err, &fault)
	return fault
}

// interrupted says how far an import was that Ctrl-C has ended, and how to go on.
func (r *bulkRun) interrupted() error {
	job, goOn := r.progress.last.Job, ": go on with "+commandLine(r.again(""))
	switch {
	case r.Backend == inMemory && r.progress.last.Phase != bulk.PhasePlanning && r.progress.last.Phase != "":
		return fmt.Errorf("%w: the pool in memory has ended with the command; begin again in another directory", errInterrupted)
	case r.progress.last.Phase == bulk.PhaseImporting && active(job.Status) && r.StopOnInterrupt:
		return fmt.Errorf("%w, and job %s was told to stop%s", errInterrupted, job.JobID, goOn)
	case r.progress.last.Phase == bulk.PhaseImporting && active(job.Status):
		return fmt.Errorf("%w, but job %s goes on by itself%s", errInterrupted, job.JobID, goOn)
	}
	return fmt.Errorf("%w%s", errInterrupted, goOn)
}

// active reports whether a job of a status was started and has not ended.
func active(s importjob.Status) bool { return s.CanBecome(importjob.StatusStopped) }

// again are the arguments that go on with the import, less a flag.
func (r *bulkRun) again(without string) []string {
	args := slices.DeleteFunc(slices.Clone(r.args), func(arg string) bool {
		name, _, _ := strings.Cut(arg, "=")
		return name == "--resume" || without != "" && name == without
	})
	if end := slices.Index(args, "--"); end >= 0 { // behind it there are no flags
		return slices.Insert(args, end, "--resume")
	}
	return append(args, "--resume")
}

// commandLine writes arguments as a shell takes them.
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
