package memory_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// somePage chooses the size of a page and the token of an earlier page, and says where that page begins. The error is
// the error for a token that belongs to another list.
func (s *scenario) somePage(op importjob.Op, most int, pool int, job string) (page importjob.Page, position int, err error) {
	page.MaxResults = oneOf(s, 0, 1, 1, 2, 3, most)
	if s.often(30) {
		page.MaxResults = oneOf(s, -1, most+1)
		return page, 0, importjob.ErrInvalidParameter
	}
	var own, others []modelToken
	for _, token := range s.m.tokens {
		if token.op == op && token.pool == pool && token.job == job {
			own = append(own, token)
		} else {
			others = append(others, token)
		}
	}
	switch {
	case len(own) > 0 && !s.often(3):
		token := oneOf(s, own...)
		page.Token, position = token.token, token.position
	case len(others) > 0 && s.often(10):
		page.Token = oneOf(s, others...).token
		if !slices.ContainsFunc(own, func(t modelToken) bool { return t.token == page.Token }) {
			err = importjob.ErrInvalidParameter // A41
		}
	case s.often(30):
		page.Token, err = "bogus", importjob.ErrInvalidParameter
	}
	return page, position, err
}

// keepToken compares the token of the next page, which only the last page lacks, and keeps it for a later step.
func (s *scenario) keepToken(op importjob.Op, pool int, job, token string, position int) error {
	if (token == "") != (position == 0) {
		return fmt.Errorf("got the token %q, want one: %v", token, position != 0)
	}
	if token != "" {
		s.m.tokens = append(s.m.tokens, modelToken{op: op, pool: pool, job: job, token: token, position: position})
	}
	return nil
}

func (s *scenario) list() error {
	id := s.somePool()
	pool := s.m.pool(id)
	if pool == nil {
		_, _, err := s.c.List(s.ctx, id, importjob.Page{})
		return sameError(importjob.OpList, err, importjob.ErrResourceNotFound)
	}
	at, older, want := s.somePage(importjob.OpList, 60, pool.number, "")
	got, token, err := s.c.List(s.ctx, id, at)
	s.note("list %s %+v: %v %q %v", id, at, got, token, err)
	if err := sameError(importjob.OpList, err, want); err != nil || want != nil {
		return err
	}
	if at.Token == "" {
		older = len(pool.jobs)
	}
	jobs, next := page(newestFirst(pool.jobs[:older]), 0, at.MaxResults, 60) // a token counts the older jobs
	if next != 0 {
		next = older - next
	}
	return errors.Join(sameJobs(got, jobs), s.keepToken(importjob.OpList, pool.number, "", token, next))
}

func (s *scenario) results() error {
	ref := s.someJob(func(j *modelJob) bool { return len(j.results) > 0 }).Ref()
	pool, job := s.m.lookUp(ref)
	if job == nil {
		_, _, err := s.c.Results(s.ctx, ref, importjob.Page{})
		return sameError(importjob.OpResults, err, importjob.ErrResourceNotFound)
	}
	at, position, want := s.somePage(importjob.OpResults, 10_000, pool.number, ref.JobID)
	got, token, err := s.c.Results(s.ctx, ref, at)
	s.note("results %s %+v: %v %q %v", ref, at, got, token, err)
	if err := sameError(importjob.OpResults, err, want); err != nil || want != nil {
		return err
	}
	rows, next := page(job.results, position, at.MaxResults, 10_000)
	return errors.Join(sameResults(got, rows), s.keepToken(importjob.OpResults, pool.number, ref.JobID, token, next))
}

func (s *scenario) users() error {
	id := s.somePool()
	pool := s.m.pool(id)
	if pool == nil {
		_, _, err := s.c.Users(s.ctx, id, importjob.Page{})
		return sameError(userpool.OpUsers, err, importjob.ErrResourceNotFound)
	}
	at, position, want := s.somePage(userpool.OpUsers, 60, pool.number, "")
	got, token, err := s.c.Users(s.ctx, id, at)
	s.note("users %s %+v: %d %q %v", id, at, len(got), token, err)
	if err := sameError(userpool.OpUsers, err, want); err != nil || want != nil {
		return err
	}
	if at.Token != "" { // a token has the number of the next user
		came := position
		position = slices.IndexFunc(pool.users, func(u *modelUser) bool { return u.number >= came }) // it can be deleted by now
		if position < 0 {
			position = len(pool.users)
		}
	}
	users, next := page(pool.users, position, at.MaxResults, 60)
	if next != 0 {
		next = pool.users[next].number
	}
	return errors.Join(s.sameUsers(got, users), s.keepToken(userpool.OpUsers, pool.number, "", token, next))
}

func (s *scenario) poolPages() error {
	at, last, want := s.somePage(userpool.OpPools, 60, 0, "")
	got, token, err := s.c.Pools(s.ctx, at)
	s.note("pools %+v: %d %q %v", at, len(got), token, err)
	if err := sameError(userpool.OpPools, err, want); err != nil || want != nil {
		return err
	}
	newer := slices.DeleteFunc(slices.Clone(s.m.pools), func(p *modelPool) bool { return p.number <= last }) // a token has the last pool
	pools, next := page(newer, 0, at.MaxResults, 60)
	if next != 0 {
		next = pools[len(pools)-1].number
	}
	return errors.Join(samePools(got, pools), s.keepToken(userpool.OpPools, 0, "", token, next))
}

func (s *scenario) count() error {
	id := s.somePool()
	pool := s.m.pool(id)
	got, err := s.c.CountUsers(s.ctx, id)
	s.note("count %s: %d %v", id, got, err)
	if pool == nil {
		return sameError(userpool.OpCountUsers, err, importjob.ErrResourceNotFound)
	}
	if err != nil || got != int64(len(pool.users)) {
		return fmt.Errorf("got %d and error %v, want %d", got, err, len(pool.users))
	}
	return nil
}
