package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
)

// Target names the service that the jobs of an import run at. The directory keeps it, and a resumed import must have
// the same: its parts would otherwise be imported at two services, or at none. The zero Target says nothing. A
// directory without a Target takes the first one that is given, unless the service does not know the jobs that were
// run before.
type Target struct {
	Backend    string `json:"backend,omitempty"`    // such as "aws"
	Endpoint   string `json:"endpoint,omitempty"`   // "" means the default endpoint of the backend
	Region     string `json:"region,omitempty"`     // such as "us-west-2"
	Account    string `json:"account,omitempty"`    // "" means the account in CreateInput.CloudWatchLogsRoleARN
	Simulation bool   `json:"simulation,omitempty"` // the pool is not a pool at AWS; the reports say so
}

// TargetError reports a resumed import whose [Target] is not the Target of the directory. It wraps [ErrDirInUse].
type TargetError struct {
	Dir  string
	Want Target // of the directory
	Got  Target // of the call
}

// Error names the parts that are different.
func (e *TargetError) Error() string {
	var differences []string
	for _, d := range []struct{ name, want, got string }{
		{"backend", e.Want.Backend, e.Got.Backend},
		{"endpoint", e.Want.Endpoint, e.Got.Endpoint},
		{"Region", e.Want.Region, e.Got.Region},
		{"account", e.Want.Account, e.Got.Account},
	} {
		if d.want != d.got {
			differences = append(differences, fmt.Sprintf("with the %s %s, not %s", d.name, orDefault(d.want), orDefault(d.got)))
		}
	}
	return fmt.Sprintf("%s: %v: it holds an import %s", e.Dir, ErrDirInUse, strings.Join(differences, " and "))
}

// Unwrap returns ErrDirInUse.
func (e *TargetError) Unwrap() error { return ErrDirInUse }

func orDefault(name string) string {
	if name == "" {
		return "that is the default"
	}
	return fmt.Sprintf("%q", name)
}

// askedTarget returns the target of this call. It is zero if the caller named none.
func (i *importer) askedTarget() Target {
	t := i.opts.Target
	if t != (Target{}) {
		t.Account = cmp.Or(t.Account, accountOf(i.in.CloudWatchLogsRoleARN))
	}
	return t
}

// accountOf returns the account in the ARN of a role.
func accountOf(arn string) string {
	parts := strings.Split(arn, ":") // arn:aws:iam::111111111111:role/name
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

// checkTarget returns an error if the directory has another target than this call.
func (i *importer) checkTarget() error {
	was, asked := i.state.target, i.askedTarget()
	was.Simulation = asked.Simulation // a consequence of the others
	if i.state.target != (Target{}) && was != asked {
		return &TargetError{Dir: i.dir.path, Want: i.state.target, Got: asked}
	}
	return nil
}

// aim records the target and the role, unless the journal has them. Jobs run after it.
func (i *importer) aim(ctx context.Context) error {
	asked, role := i.askedTarget(), i.in.CloudWatchLogsRoleARN
	if i.version == noSumsVersion || asked == i.state.target && role == i.role {
		return i.checkJobsKnown(ctx)
	}
	if err := i.checkJobsKnown(ctx); err != nil {
		return err
	}
	return i.add(record{Event: eventTargeted, Target: &asked, Role: role})
}

// checkJobsKnown looks for a job of a directory without a target. A service that does not know it is not the
// service at which it was run.
func (i *importer) checkJobsKnown(ctx context.Context) error {
	if i.state.target != (Target{}) || i.askedTarget() == (Target{}) {
		return nil
	}
	for n := len(i.parts) - 1; n >= 0; n-- {
		if i.parts[n].jobID == "" {
			continue
		}
		ref := importjob.Ref{UserPoolID: i.in.UserPoolID, JobID: i.parts[n].jobID}
		err := i.retry(ctx, func() error {
			_, err := i.c.Describe(ctx, ref)
			return err
		})
		if errors.Is(err, importjob.ErrResourceNotFound) {
			err = fmt.Errorf("%s: %w: its jobs were run at another service: %w", i.dir.path, ErrDirInUse, err)
		}
		return err
	}
	return nil
}
