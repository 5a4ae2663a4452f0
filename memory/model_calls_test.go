package memory_test

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// The calls of the model. Each returns the error that the service returns, or nil, and changes the model.

func (m *model) createPool(p importjob.Pool) error {
	if m.pool(p.ID) != nil || !validSettings(p) {
		return importjob.ErrInvalidParameter
	}
	if p.Name == "" {
		p.Name = p.ID
	}
	if p.Schema == nil {
		p.Schema = importjob.ClassicSchema()
	}
	if p.MFA == "" {
		p.MFA = importjob.MFAOff
	}
	m.made++
	m.pools = append(m.pools, &modelPool{number: m.made, settings: p.Clone(), created: m.now, modified: m.now})
	return nil
}

// validSettings knows the faults that the scenarios make.
func validSettings(p importjob.Pool) bool {
	for _, name := range p.AutoVerifiedAttributes {
		if name != "email" && name != "phone_number" {
			return false
		}
	}
	return p.MFA == "" || p.MFA == importjob.MFAOff || p.MFA == importjob.MFAOn || p.MFA == importjob.MFAOptional
}

func (m *model) updatePool(p importjob.Pool) error {
	if !validSettings(p) {
		return importjob.ErrInvalidParameter
	}
	pool := m.pool(p.ID)
	if pool == nil {
		return importjob.ErrResourceNotFound
	}
	if m.active(pool) {
		return userpool.ErrUserImportInProgress
	}
	old := pool.settings
	if p.CaseInsensitive != old.CaseInsensitive || !slices.Equal(p.UsernameAttributes, old.UsernameAttributes) ||
		!slices.Equal(p.AliasAttributes, old.AliasAttributes) || p.Schema != nil && !extends(p.Schema, old.Schema) {
		return importjob.ErrInvalidParameter
	}
	if p.Name == "" {
		p.Name = old.Name
	}
	if p.Schema == nil {
		p.Schema = old.Schema
	}
	if p.MFA == "" {
		p.MFA = importjob.MFAOff
	}
	pool.settings, pool.modified = p.Clone(), m.now
	return nil
}

// extends tells whether a schema has all attributes of an old one, and beyond them only custom ones.
func extends(schema, old importjob.Schema) bool {
	for _, attribute := range old {
		if !slices.Contains(schema, attribute) {
			return false
		}
	}
	for _, attribute := range schema {
		if !slices.Contains(old, attribute) && !strings.Contains(attribute.Name, "custom:") {
			return false
		}
	}
	return true
}

func (m *model) deletePool(id string) error {
	pool := m.pool(id)
	if pool == nil {
		return importjob.ErrResourceNotFound
	}
	if m.active(pool) {
		return userpool.ErrUserImportInProgress
	}
	m.pools = slices.DeleteFunc(m.pools, func(p *modelPool) bool { return p == pool })
	return nil
}

func (m *model) createJob(in importjob.CreateInput) error {
	if in.JobName == "" || len(in.CloudWatchLogsRoleARN) < 20 || in.PasswordHashingAlgorithm == "MD5" {
		return importjob.ErrInvalidParameter
	}
	pool := m.pool(in.UserPoolID)
	if pool == nil {
		return importjob.ErrResourceNotFound
	}
	if in.PasswordHashingAlgorithm != "" && !pool.settings.PasswordHashes {
		return importjob.ErrInvalidParameter // A26
	}
	if len(pool.jobs) >= m.opts.MaxJobs { // A42
		return importjob.ErrLimitExceeded
	}
	pool.jobs = append(pool.jobs, &modelJob{status: importjob.StatusCreated, fixed: importjob.UserImportJob{
		JobName: in.JobName, UserPoolID: in.UserPoolID, CloudWatchLogsRoleARN: in.CloudWatchLogsRoleARN,
		PasswordHashingAlgorithm: in.PasswordHashingAlgorithm, CreationDate: m.now,
	}})
	return nil
}

// urlExpires is the date in the URL, which is the creation date cut to the second, and the 899 seconds in it.
func (j *modelJob) urlExpires() time.Time {
	return j.fixed.CreationDate.Truncate(time.Second).Add(899 * time.Second)
}

// upload takes the file that the body holds, and the size that the caller announces.
func (m *model) upload(job importjob.UserImportJob, file []byte, size int64) error {
	if job.PreSignedURL == "" {
		return importjob.ErrInvalidParameter
	}
	pool, of := m.lookUp(job.Ref())
	if pool == nil || of == nil {
		return importjob.ErrResourceNotFound
	}
	switch {
	case job.PreSignedURL != of.fixed.PreSignedURL:
		return importjob.ErrS3SignatureDoesNotMatch
	case m.now.After(of.urlExpires()):
		return importjob.ErrURLExpired
	case int64(len(file)) != size:
		return importjob.ErrS3IncompleteBody // A38
	}
	if of.status == importjob.StatusCreated { // A22
		of.file, of.hasFile = file, true
	}
	return nil
}

// validURL tells whether a URL has the form that the samples of the guide show.
func (m *model) validURL(job importjob.UserImportJob) bool {
	u, err := url.Parse(job.PreSignedURL)
	return err == nil && u.Scheme == "https" && strings.HasSuffix(u.Path, "/"+job.UserPoolID+"/"+job.JobID) &&
		u.Query().Get("X-Amz-Expires") == "899" &&
		u.Query().Get("X-Amz-Date") == job.CreationDate.UTC().Format("20060102T150405Z")
}

// lookUp returns what exists of a pool and a job.
func (m *model) lookUp(ref importjob.Ref) (*modelPool, *modelJob) {
	pool := m.pool(ref.UserPoolID)
	if pool == nil {
		return nil, nil
	}
	return pool, pool.job(ref.JobID)
}

// start returns the job as the answer has it. The file is judged by the settings of this moment (A44).
func (m *model) start(ref importjob.Ref) (importjob.UserImportJob, error) {
	pool, job := m.lookUp(ref)
	if job == nil {
		return importjob.UserImportJob{}, importjob.ErrResourceNotFound
	}
	noneVerified := len(pool.settings.AutoVerifiedAttributes) == 0
	if job.status != importjob.StatusCreated || !job.hasFile || m.active(nil) || noneVerified && !m.opts.NoAutoVerifiedFailsJob {
		return importjob.UserImportJob{}, importjob.ErrPreconditionNotMet
	}
	job.status, job.started, job.began = importjob.StatusPending, m.now, m.now.Add(m.opts.PendingFor)
	job.rows, job.causes = judgeFile(job.file, pool.settings, job.fixed.PasswordHashingAlgorithm, m.opts.Assumptions)
	if noneVerified {
		job.causes = append(job.causes, "auto-verified", "auto verified")
	}
	if m.opts.AssumeRole != nil {
		if err := m.opts.AssumeRole(job.fixed.CloudWatchLogsRoleARN); err != nil {
			job.causes = append(job.causes, err.Error())
		}
	}
	answer := job.snapshot()
	m.tick(m.now)
	return answer, nil
}

func (m *model) stop(ref importjob.Ref) (importjob.UserImportJob, error) {
	_, job := m.lookUp(ref)
	if job == nil {
		return importjob.UserImportJob{}, importjob.ErrResourceNotFound
	}
	switch {
	case job.status == importjob.StatusInProgress && m.opts.StoppingFor > 0:
		job.status, job.stopAt = importjob.StatusStopping, m.now.Add(m.opts.StoppingFor)
	case job.status == importjob.StatusInProgress || job.status == importjob.StatusPending:
		job.end(importjob.StatusStopped, m.now, messageStopped)
		job.causes = nil
	default:
		return importjob.UserImportJob{}, importjob.ErrPreconditionNotMet
	}
	return job.snapshot(), nil
}

// page cuts a page out of the items from a token's position on. The position after it is 0 if it is the last page.
func page[T any](items []T, position int, size, most int) (cut []T, next int) {
	if size == 0 {
		size = most
	}
	items = items[position:]
	if len(items) <= size {
		return items, 0
	}
	return items[:size], position + size
}
