package memory_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// sameError tells whether a call had the outcome of the model.
func sameError(op importjob.Op, got, want error) error {
	var e *importjob.Error
	switch {
	case want == nil && got == nil:
		return nil
	case want == nil || got == nil || !errors.Is(got, want):
		return fmt.Errorf("%s: got error %v, want %v", op, got, want)
	case !errors.As(got, &e) || e.Op != op || e.Code == "":
		return fmt.Errorf("the error %#v does not name the operation %s and a code", got, op)
	}
	return nil
}

// compare compares the whole state.
func (s *scenario) compare() error {
	var pools []userpool.Pool
	for token := ""; ; {
		page, next, err := s.c.Pools(s.ctx, importjob.Page{Token: token})
		if err != nil {
			return err
		}
		if pools, token = append(pools, page...), next; token == "" {
			break
		}
	}
	if err := samePools(pools, s.m.pools); err != nil {
		return err
	}
	for _, pool := range s.m.pools {
		for _, compare := range []func(*modelPool) error{s.compareSettings, s.compareJobs, s.compareUsers, s.compareActive, s.compareAliases, s.compareGroups} {
			if err := compare(pool); err != nil {
				return fmt.Errorf("pool %s: %w", pool.settings.ID, err)
			}
		}
	}
	return nil
}

func samePools(got []userpool.Pool, want []*modelPool) error {
	if len(got) != len(want) {
		return fmt.Errorf("got %d pools, want %d", len(got), len(want))
	}
	for i, pool := range want {
		if err := samePool(got[i], pool); err != nil {
			return err
		}
	}
	return nil
}

func samePool(got userpool.Pool, want *modelPool) error {
	if err := sameSettings(got.Pool, want.settings); err != nil {
		return err
	}
	if !got.CreationDate.Equal(want.created) || !got.LastModifiedDate.Equal(want.modified) {
		return fmt.Errorf("pool %s: got the dates %v and %v, want %v and %v", got.ID, got.CreationDate, got.LastModifiedDate, want.created, want.modified)
	}
	return nil
}

func sameSettings(got, want importjob.Pool) error {
	for _, p := range []*importjob.Pool{&got, &want} { // an empty list is as good as none
		p.AutoVerifiedAttributes = append([]string{}, p.AutoVerifiedAttributes...)
		p.UsernameAttributes = append([]string{}, p.UsernameAttributes...)
		p.AliasAttributes = append([]string{}, p.AliasAttributes...)
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("got the settings %+v, want %+v", got, want)
	}
	return nil
}

func (s *scenario) compareSettings(pool *modelPool) error {
	got, err := s.c.Pool(s.ctx, pool.settings.ID)
	if err != nil {
		return err
	}
	columns, err := s.c.CSVHeader(s.ctx, pool.settings.ID)
	if err != nil {
		return err
	}
	if want := header(pool.settings); !slices.Equal(columns, want) {
		return fmt.Errorf("got the header %q, want %q", columns, want)
	}
	return sameSettings(got, pool.settings)
}

func (s *scenario) compareJobs(pool *modelPool) error {
	jobs := []importjob.UserImportJob{}
	for job, err := range importjob.Jobs(s.ctx, s.c, pool.settings.ID) {
		if err != nil {
			return err
		}
		jobs = append(jobs, job)
	}
	if err := sameJobs(jobs, newestFirst(pool.jobs)); err != nil {
		return fmt.Errorf("list: %w", err)
	}
	for _, job := range pool.jobs {
		got, err := s.c.Describe(s.ctx, job.fixed.Ref())
		if err := errors.Join(err, sameJob(got, job)); err != nil {
			return fmt.Errorf("describe: %w", err)
		}
		var rows []importjob.RowResult
		for row, err := range importjob.Results(s.ctx, s.c, job.fixed.Ref()) {
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		if err := sameResults(rows, job.results); err != nil {
			return fmt.Errorf("results of %s: %w", job.fixed.JobID, err)
		}
	}
	return nil
}

func newestFirst(jobs []*modelJob) []*modelJob {
	jobs = slices.Clone(jobs)
	slices.Reverse(jobs)
	return jobs
}

func sameJobs(got []importjob.UserImportJob, want []*modelJob) error {
	if len(got) != len(want) {
		return fmt.Errorf("got %d jobs, want %d", len(got), len(want))
	}
	for i, job := range want {
		if err := sameJob(got[i], job); err != nil {
			return err
		}
	}
	return nil
}

// longestMessage is the limit of a completion message in the API.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserImportJobType.html
const longestMessage = 128

// sameJob compares all fields. A completion message without documented words only has to name a cause.
func sameJob(got importjob.UserImportJob, job *modelJob) error {
	want := job.snapshot()
	if len(job.causes) > 0 && want.Status == importjob.StatusFailed {
		names := func(cause string) bool { return strings.Contains(got.CompletionMessage, cause) }
		if !slices.ContainsFunc(job.causes, names) || len(got.CompletionMessage) > longestMessage {
			return fmt.Errorf("the completion message %q names none of %q", got.CompletionMessage, job.causes)
		}
		want.CompletionMessage = got.CompletionMessage
	}
	if got != want {
		return fmt.Errorf("got the job\n%#v, want\n%#v", got, want)
	}
	return nil
}

func sameResults(got []importjob.RowResult, want []modelResult) error {
	if len(got) != len(want) {
		return fmt.Errorf("got %d results, want %d", len(got), len(want))
	}
	for i, result := range want {
		row := importjob.RowResult{Line: result.line, Status: result.status, Reason: result.reason}
		if result.other && got[i].Reason != "" && (result.reason != "" || got[i].Reason != notVerified) {
			row.Reason = got[i].Reason
		}
		if got[i] != row {
			return fmt.Errorf("got the result %q, want %q", got[i], row)
		}
	}
	return nil
}

func (s *scenario) compareUsers(pool *modelPool) error {
	users := []userpool.User{}
	for user, err := range userpool.All(s.ctx, s.c, pool.settings.ID) {
		if err != nil {
			return err
		}
		users = append(users, user)
	}
	if err := s.sameUsers(users, pool.users); err != nil {
		return err
	}
	if count, err := s.c.CountUsers(s.ctx, pool.settings.ID); err != nil || count != int64(len(pool.users)) {
		return fmt.Errorf("got %d users and error %v, want %d", count, err, len(pool.users))
	}
	for _, user := range pool.users {
		for _, name := range []string{user.name, user.sub} {
			if name == "" {
				continue
			}
			got, err := s.c.User(s.ctx, userpool.Ref{UserPoolID: pool.settings.ID, Username: name})
			if err := errors.Join(err, s.sameUser(got, user)); err != nil {
				return fmt.Errorf("the user %q by name: %w", name, err)
			}
		}
	}
	return nil
}

func (s *scenario) sameUsers(got []userpool.User, want []*modelUser) error {
	if len(got) != len(want) {
		return fmt.Errorf("got %d users, want %d", len(got), len(want))
	}
	for i, user := range want {
		if err := s.sameUser(got[i], user); err != nil {
			return fmt.Errorf("user %d: %w", i, err)
		}
	}
	return nil
}

var subForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// sameUser takes the sub as it comes the first time. It must be new, and stay.
func (s *scenario) sameUser(got userpool.User, want *modelUser) error {
	if want.sub == "" {
		if !s.fresh(got.Sub) || !subForm.MatchString(got.Sub) {
			return fmt.Errorf("the sub %q is not a new UUID", got.Sub)
		}
		want.sub = got.Sub
	}
	name := want.name
	if want.subAsName {
		name = want.sub
	}
	if got.Username != name || got.Sub != want.sub || got.Status != want.status || got.Disabled != want.disabled ||
		!got.CreateDate.Equal(want.created) || !got.LastModifiedDate.Equal(want.modified) {
		return fmt.Errorf("got %q %s %s %v %v %v, want %q %+v", got.Username, got.Sub, got.Status, got.Disabled, got.CreateDate, got.LastModifiedDate, name, want)
	}
	if attributes := got.Attributes.Map(); !maps.Equal(attributes, want.attributes) || len(attributes) != got.Attributes.Len() {
		return fmt.Errorf("%q: got the attributes %q, want %q", name, attributes, want.attributes)
	}
	return nil
}

// compareActive looks for the user of the row that an active job reads next.
func (s *scenario) compareActive(pool *modelPool) error {
	for _, job := range pool.jobs {
		if !job.active() || len(job.results) == len(job.rows) {
			continue
		}
		name := job.rows[len(job.results)].values["cognito:username"]
		ref := userpool.Ref{UserPoolID: pool.settings.ID, Username: name}
		if ref.Validate() != nil {
			continue
		}
		got, err := s.c.User(s.ctx, ref)
		if user := pool.find(name); user != nil {
			return errors.Join(err, s.sameUser(got, user))
		}
		return sameError(userpool.OpUser, err, userpool.ErrUserNotFound)
	}
	return nil
}
