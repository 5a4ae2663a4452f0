package memory_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// somePool is the ID of a pool. Now and then the pool does not exist.
func (s *scenario) somePool() string {
	if len(s.m.pools) == 0 || s.often(25) {
		return oneOf(s, append([]string{"us-west-2_zzzzzzzzz"}, s.gone...)...)
	}
	return oneOf(s, s.m.pools...).settings.ID
}

// someJob prefers jobs that have a property. Now and then the job does not exist.
func (s *scenario) someJob(has func(*modelJob) bool) importjob.UserImportJob {
	var all, liked []*modelJob
	for _, pool := range s.m.pools {
		for _, job := range pool.jobs {
			all = append(all, job)
			if has(job) {
				liked = append(liked, job)
			}
		}
	}
	switch {
	case len(all) == 0 || s.often(25):
		unknown := importjob.UserImportJob{UserPoolID: s.somePool(), JobID: "import-0000000000"}
		unknown.PreSignedURL = "https://example.com/" + unknown.UserPoolID + "/" + unknown.JobID
		return unknown
	case len(liked) > 0 && !s.often(5):
		return oneOf(s, liked...).snapshot()
	}
	return oneOf(s, all...).snapshot()
}

func anyJob(*modelJob) bool { return true }

func (s *scenario) createPool() error {
	if len(s.m.pools) > 2 {
		return nil
	}
	p := s.settings()
	p.ID = oneOf(s, "", "us-west-2_a", "us-west-2_b", "us-west-2_c")
	got, err := s.c.CreatePool(s.ctx, userpool.Pool{Pool: p})
	if p.ID == "" {
		p.ID = got.ID
	}
	want := s.m.createPool(p)
	s.note("create pool %+v: %v", p, err)
	if err := sameError(userpool.OpCreatePool, err, want); err != nil || want != nil {
		return err
	}
	s.gone = slices.DeleteFunc(s.gone, func(id string) bool { return id == p.ID })
	return samePool(got, s.m.pool(p.ID))
}

func (s *scenario) updatePool() error {
	p := importjob.Pool{ID: s.somePool()}
	if pool := s.m.pool(p.ID); pool != nil {
		p = pool.settings.Clone()
	}
	other := s.settings()
	switch s.rng.IntN(10) {
	case 0:
		p.AutoVerifiedAttributes = other.AutoVerifiedAttributes
	case 1:
		p.MFA = other.MFA
	case 2:
		p.PasswordHashes = !p.PasswordHashes
	case 3:
		p.Schema = p.Schema.With(importjob.CustomAttribute(oneOf(s, "x", "y", "z"), importjob.TypeBoolean))
	case 4:
		p.Schema, p.Name = nil, ""
	case 5:
		p.Name = oneOf(s, "new", "newer")
	case 6:
		p.CaseInsensitive = !p.CaseInsensitive
	case 7:
		p.Schema = p.Schema.Require(oneOf(s, "name", "birthdate"))
	case 8: // changes one of them, or adds one
		p.Schema = p.Schema.With(importjob.SchemaAttribute{Name: oneOf(s, "custom:text", "custom:number", "identities"), Type: importjob.TypeString, MaxLength: "7"})
	case 9:
		p.Schema = append(importjob.Schema{}, p.Schema[:max(len(p.Schema)-1, 0)]...)
	}
	err := s.c.UpdatePool(s.ctx, userpool.Pool{Pool: p})
	s.note("update pool %+v: %v", p, err)
	return sameError(userpool.OpUpdatePool, err, s.m.updatePool(p))
}

func (s *scenario) deletePool() error {
	id := s.somePool()
	if len(s.m.pools) == 1 && !s.often(3) {
		return nil
	}
	err := s.c.DeletePool(s.ctx, id)
	s.note("delete pool %s: %v", id, err)
	want := s.m.deletePool(id)
	if want == nil {
		s.gone = append(s.gone, id)
	}
	return sameError(userpool.OpDeletePool, err, want)
}

func (s *scenario) createJob() error {
	in := importjob.CreateInput{
		JobName: "My Job", UserPoolID: s.somePool(),
		CloudWatchLogsRoleARN: oneOf(s, input.CloudWatchLogsRoleARN, input.CloudWatchLogsRoleARN, input.CloudWatchLogsRoleARN+"Bad"),
	}
	if pool := s.m.pool(in.UserPoolID); pool != nil && pool.settings.PasswordHashes || s.often(20) {
		in.PasswordHashingAlgorithm = oneOf(s, "", importjob.HashBCRYPT, importjob.HashSCRYPT, importjob.HashARGON2ID, importjob.HashPBKDF2SHA256)
	}
	switch s.rng.IntN(40) {
	case 0:
		in.PasswordHashingAlgorithm = "MD5"
	case 1:
		in.JobName = ""
	case 2:
		in.CloudWatchLogsRoleARN = "arn:aws:iam"
	}
	got, err := s.c.Create(s.ctx, in)
	s.note("create %+v: %v %v", in, got, err)
	want := s.m.createJob(in)
	if err := sameError(importjob.OpCreate, err, want); err != nil || want != nil {
		return err
	}
	pool := s.m.pool(in.UserPoolID)
	if !s.fresh(got.JobID) || !s.m.validURL(got) {
		return fmt.Errorf("the ID %s is not new, or the URL %s is wrong", got.JobID, got.PreSignedURL)
	}
	job := pool.jobs[len(pool.jobs)-1]
	job.fixed.JobID, job.fixed.PreSignedURL = got.JobID, got.PreSignedURL
	return sameJob(got, job)
}

// fresh tells whether an ID is new in the account. The IDs of deleted pools do not come back.
func (s *scenario) fresh(id string) bool {
	old := s.ids[id]
	s.ids[id] = true
	return !old
}

// upload prefers a job that still needs a file.
func (s *scenario) upload() error {
	job := s.someJob(func(j *modelJob) bool {
		return j.status == importjob.StatusCreated && s.now.Before(j.urlExpires()) && !j.hasFile
	})
	file := []byte("x")
	if pool := s.m.pool(job.UserPoolID); pool != nil {
		file = s.file(pool.settings, job.PasswordHashingAlgorithm)
	}
	size := int64(len(file))
	switch s.rng.IntN(24) {
	case 0:
		job.PreSignedURL += "0"
	case 1:
		job.PreSignedURL = s.someJob(anyJob).PreSignedURL
	case 2:
		job.PreSignedURL = ""
	case 3:
		size++
	case 4:
		size = max(0, size-1)
	case 5:
		job.CreationDate, job.PasswordHashingAlgorithm, job.Status = time.Time{}, "", "" // only the ref and the URL count
	}
	err := s.c.Upload(s.ctx, job, bytes.NewReader(file), size)
	s.note("upload to %s %d bytes of %q: %v", job.Ref(), size, file, err)
	return sameError(importjob.OpUpload, err, s.m.upload(job, file, size))
}

// wholeJob makes it likely that a job runs.
func (s *scenario) wholeJob() error {
	steps := []func(*scenario) error{(*scenario).createJob, (*scenario).upload, (*scenario).updatePool, (*scenario).start}
	if !s.often(6) {
		steps = slices.Delete(steps, 2, 3)
	}
	for _, step := range steps {
		if err := step(s); err != nil {
			return err
		}
	}
	return nil
}

func (s *scenario) start() error {
	ref := s.someJob(func(j *modelJob) bool { return j.status == importjob.StatusCreated && j.hasFile }).Ref()
	got, err := s.c.Start(s.ctx, ref)
	s.note("start %s: %v %v", ref, got, err)
	answer, want := s.m.start(ref)
	return s.sameAnswer(importjob.OpStart, got, answer, err, want)
}

func (s *scenario) stop() error {
	ref := s.someJob((*modelJob).active).Ref()
	got, err := s.c.Stop(s.ctx, ref)
	s.note("stop %s: %v %v", ref, got, err)
	answer, want := s.m.stop(ref)
	return s.sameAnswer(importjob.OpStop, got, answer, err, want)
}

func (s *scenario) sameAnswer(op importjob.Op, got, want importjob.UserImportJob, err, wantErr error) error {
	if err := sameError(op, err, wantErr); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("got the job\n%#v, want\n%#v", got, want)
	}
	return nil
}

func (s *scenario) describe() error {
	ref := s.someJob(anyJob).Ref()
	got, err := s.c.Describe(s.ctx, ref)
	s.note("describe %s: %v %v", ref, got, err)
	if _, job := s.m.lookUp(ref); job != nil {
		return errors.Join(err, sameJob(got, job))
	}
	return sameError(importjob.OpDescribe, err, importjob.ErrResourceNotFound)
}

// advance moves the clock: by a random time, or to the moment at which something happens, or to a millisecond beside it.
func (s *scenario) advance() error {
	scale := oneOf(s, 10*time.Millisecond, time.Second, time.Second, 10*time.Second, time.Minute)
	if s.often(25) {
		scale = oneOf(s, 20*time.Minute, 10*time.Hour, 40*time.Hour)
	}
	to := s.now.Add(millisOf(time.Duration(1 + s.rng.Int64N(int64(scale)))))
	if moments := s.moments(); len(moments) > 0 && s.often(2) {
		to = millis(oneOf(s, moments...)).Add(oneOf[time.Duration](s, -1, 0, 1) * time.Millisecond)
	}
	if to.After(s.now) {
		s.now = to
	}
	s.note("now")
	s.m.tick(s.now)
	return nil
}

func millisOf(d time.Duration) time.Duration { return d.Truncate(time.Millisecond) }

// moments are those at which the next thing happens to a job. For a job that is not started, they are mostly left out,
// because so many jobs would expire.
func (s *scenario) moments() (all []time.Time) {
	late := s.often(10)
	for _, pool := range s.m.pools {
		for _, job := range pool.jobs {
			switch job.status {
			case importjob.StatusCreated:
				if !late {
					continue
				}
				all = append(all, job.urlExpires(), job.fixed.CreationDate.Add(900*time.Second), job.fixed.CreationDate.Add(s.m.opts.ExpireAfter))
			case importjob.StatusPending:
				all = append(all, job.began, job.began, s.m.timeOfRow(job, 1))
			case importjob.StatusInProgress:
				all = append(all, s.m.timeOfRow(job, len(job.results)+1), s.m.timeOfRow(job, len(job.results)+2), s.m.timeOfRow(job, len(job.rows)))
			case importjob.StatusStopping:
				all = append(all, s.m.timeOfRow(job, len(job.results)+1), job.stopAt, job.stopAt)
			}
		}
	}
	return slices.DeleteFunc(all, func(t time.Time) bool { return !t.After(s.now.Add(-time.Millisecond)) })
}
