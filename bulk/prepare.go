package bulk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/retry"
)

// plan makes a plan, unless the directory has one.
func (i *importer) plan(ctx context.Context, source Source) error {
	source, err := i.saved(ctx, source)
	if err != nil {
		return err
	}
	if i.planned != nil {
		return i.checkPlanned(ctx, source)
	}
	id, err := source.identity()
	if err != nil {
		return err
	}
	if err := i.begin(id); err != nil {
		return err
	}
	files, err := i.writePlan(ctx, source)
	if err != nil {
		return err
	}
	if err := i.add(record{Event: eventPlanned, Files: files}); err != nil {
		return err
	}
	return i.dir.removeScratch()
}

// begin records that a plan of a source is begun, or begun again.
func (i *importer) begin(id identity) error {
	info := &planInfo{
		Version:    i.version,
		Name:       newPlanName(i.in.JobName),
		JobName:    i.in.JobName,
		UserPoolID: i.in.UserPoolID,
		Algorithm:  i.in.PasswordHashingAlgorithm,
		Source:     id,
	}
	if i.version != noSumsVersion {
		info.Target, info.Role, info.Args = i.askedTarget(), i.in.CloudWatchLogsRoleARN, i.opts.Args
	}
	if i.begun != nil {
		if err := i.checkHalfPlanned(id); err != nil {
			return err
		}
		info.Name = i.begun.Name
		if info.Args == nil {
			info.Args = i.begun.Args
		}
	}
	return i.add(record{Event: eventBegun, Plan: info})
}

// writePlan writes the files of a plan. It removes the files of a half-made plan first.
func (i *importer) writePlan(ctx context.Context, source Source) (*planFiles, error) {
	var pool importjob.Pool
	err := i.retry(ctx, func() (err error) {
		pool, err = i.c.Pool(ctx, i.in.UserPoolID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := i.dir.resetPlan(); err != nil {
		return nil, err
	}
	p, err := i.newPlanner(ctx, pool, source)
	if err != nil {
		return nil, err
	}
	files, err := p.plan(ctx)
	if err = errors.Join(err, p.close()); err != nil {
		return nil, err
	}
	return files, i.checkUnchanged(ctx, files, source)
}

// checkUnchanged returns an error if the file that a plan was made from is not the file that the planning began
// with. A part of its rows could then be missing.
func (i *importer) checkUnchanged(ctx context.Context, files *planFiles, source Source) error {
	if files.SHA256 == "" { // the source is not a file
		return nil
	}
	id, err := source.identity()
	if err != nil {
		return err
	}
	same := id.sameFile(i.begun.Source)
	if id.Export != nil { // the digest was made while the rows were read
		if !same {
			err = changedMeanwhile{}
		}
		return err
	}
	digest := ""
	if same {
		digest, err = digestOf(ctx, id.Name)
	}
	if err == nil && digest != files.SHA256 {
		err = changedMeanwhile{}
	}
	return err
}

// checkPlanned compares the source with the source that the plan was made from.
func (i *importer) checkPlanned(ctx context.Context, source Source) error {
	if err := i.checkSameImport(); err != nil {
		return err
	}
	if err := i.dir.removeScratch(); err != nil {
		return err
	}
	id, err := source.plannedIdentity(i.begun.Source)
	if err != nil {
		return err
	}
	if !i.begun.Source.sameForm(id) {
		return ErrSourceChanged
	}
	return i.checkSameFile(ctx, id)
}

// checkHalfPlanned compares the source with the source that a half-made plan was begun from. A file that was
// changed is no error, since it is planned anew. It is one in a directory of version 1.
func (i *importer) checkHalfPlanned(id identity) error {
	if err := i.checkSameImport(); err != nil {
		return err
	}
	was := i.begun.Source
	if was.Kind == streamKind { // nothing was planned from it
		return nil
	}
	if !was.sameForm(id) || was.Name != "" && was.Name != id.Name || i.version == noSumsVersion && id.isFile() && !was.sameFile(id) {
		return ErrSourceChanged
	}
	return nil
}

// checkSameImport compares what the caller asks for with the import in the directory.
func (i *importer) checkSameImport() error {
	was := i.begun
	switch {
	case was.UserPoolID != i.in.UserPoolID:
		return fmt.Errorf("%s: %w: it holds an import into the pool %s; use that pool, or another directory", i.dir.path, ErrDirInUse, was.UserPoolID)
	case was.JobName != i.in.JobName:
		return fmt.Errorf("%s: %w: it holds an import with the job name %s; use that name, or another directory", i.dir.path, ErrDirInUse, was.JobName)
	case was.Algorithm != i.in.PasswordHashingAlgorithm:
		return fmt.Errorf("%s: %w: it holds an import with the password hashing algorithm %q; use that one, or another directory", i.dir.path, ErrDirInUse, was.Algorithm)
	}
	return i.checkTarget()
}

// checkSameFile reads the input file again and compares it with the file that the plan was made from.
func (i *importer) checkSameFile(ctx context.Context, id identity) error {
	if i.planned.SHA256 == "" { // the source is not a file
		return nil
	}
	digest, err := id.digest(ctx)
	if err == nil && digest != i.planned.SHA256 {
		err = ErrSourceChanged
	}
	return err
}

// newPlanName returns a name for a plan. It is random, since Import finds its jobs by their names, and no
// other job of the pool may have one of them.
func newPlanName(jobName string) string {
	return jobName + "-" + strings.ToLower(rand.Text()[:8])
}

// retry calls f until it succeeds or returns an error that is not retryable, for up to Options.Patience.
func (i *importer) retry(ctx context.Context, f func() error) error {
	return retry.Do(ctx, i.opts.Patience, func() (bool, error) {
		err := f()
		return importjob.Retryable(err) && ctx.Err() == nil, err
	})
}
