package backendtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/userpool"
)

// inPools changes the pools of a setup.
func inPools(change func(p *importjob.Pool)) func(*backendtest.Setup) {
	return func(s *backendtest.Setup) {
		for i := range s.Pools {
			change(&s.Pools[i])
		}
	}
}

// header is a lie about the order of columns.
func header(change func([]string) []string) func(*liar) {
	return func(l *liar) { l.onHeader = change }
}

func isCustom(column string) bool { return strings.HasPrefix(column, "custom:") }

func poolMutants() []mutant {
	return append(headerMutants(), []mutant{
		{lie: "MFA is not told", kills: "pool/mirrors pool/mirrors-usernames",
			tell: func(l *liar) { l.onPool = func(p *importjob.Pool) { p.MFA = "" } }},
		{lie: "case sensitivity is not told", kills: "pool/mirrors",
			tell: func(l *liar) { l.onPool = func(p *importjob.Pool) { p.CaseInsensitive = false } }},
		{lie: "required attributes are not told", kills: "pool/mirrors",
			tell: func(l *liar) {
				l.onPool = func(p *importjob.Pool) {
					for i := range p.Schema {
						p.Schema[i].Required = false
					}
				}
			}},
		{lie: "username attributes are sorted", kills: "pool/mirrors-usernames",
			tell: func(l *liar) { l.onPool = func(p *importjob.Pool) { slices.Sort(p.UsernameAttributes) } }},
		{lie: "password hashes are not told", kills: "pool/mirrors-usernames",
			tell: func(l *liar) { l.onPool = func(p *importjob.Pool) { p.PasswordHashes = false } }},
		{lie: "custom attributes are not told", kills: "pool/header-agrees pool/mirrors", tell: func(l *liar) {
			l.onPool = func(p *importjob.Pool) {
				p.Schema = slices.DeleteFunc(p.Schema, func(a importjob.SchemaAttribute) bool { return isCustom(a.Name) })
			}
		}},
		{lie: "pools are aliased", kills: "pool/not-aliased", tell: func(l *liar) {
			var first importjob.Pool
			l.onPool = func(p *importjob.Pool) {
				if first.ID == "" {
					first = *p
				}
				*p = first
			}
		}},
		{lie: "a pool that does not exist has no jobs", kills: "pool/unknown", tell: func(l *liar) {
			l.list = func(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				jobs, next, err := l.Client.List(ctx, pool, page)
				if errors.Is(err, importjob.ErrResourceNotFound) {
					err = nil
				}
				return jobs, next, err
			}
		}},
		{lie: "a pool that does not exist is an invalid parameter", kills: "pool/unknown header/unknown-pool create/unknown-pool start/unknown-job pool/deleted",
			tell: becomes(importjob.ErrResourceNotFound, importjob.ErrInvalidParameter)},
		{lie: "a pool can be updated while a job runs", kills: "pool/busy", tell: func(l *liar) {
			l.Directory = pliant{l.Directory}
		}},
		{lie: "a Pending job does not keep a pool from being deleted", kills: "pool/busy", setup: func(s *backendtest.Setup) { s.PendingFor = 0 }},
		{lie: "a pool with jobs cannot be updated", kills: "pool/idle", tell: func(l *liar) {
			l.Directory = stiff{l.Directory}
		}},
		{lie: "jobs outlive their pool", kills: "pool/deleted", tell: func(l *liar) {
			var last importjob.UserImportJob
			l.describe = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				job, err := l.Client.Describe(ctx, ref)
				if err != nil && last.Ref() == ref {
					return last, nil
				}
				last = job
				return job, err
			}
		}},
	}...)
}

// pliant lets pools be updated at any time.
type pliant struct{ userpool.Directory }

func (p pliant) UpdatePool(ctx context.Context, pool userpool.Pool) error {
	if err := p.Directory.UpdatePool(ctx, pool); !errors.Is(err, userpool.ErrUserImportInProgress) {
		return err
	}
	return nil
}

// stiff lets no pool be updated.
type stiff struct{ userpool.Directory }

func (stiff) UpdatePool(context.Context, userpool.Pool) error {
	return &importjob.Error{Op: userpool.OpUpdatePool, Code: userpool.ErrUserImportInProgress}
}

func headerMutants() []mutant {
	return []mutant{
		{lie: "the username comes first, as in the template", kills: "header/classic header/newer", tell: header(func(h []string) []string {
			return append([]string{"cognito:username"}, slices.DeleteFunc(h, func(c string) bool { return c == "cognito:username" })...)
		})},
		{lie: "every header is classic", kills: "header/newer", setup: inPools(func(p *importjob.Pool) {
			if p.Schema[0].Name == "profile" {
				p.Schema = importjob.ClassicSchema()
			}
		})},
		{lie: "sub and identities are columns", kills: "header/newer header/classic", tell: header(func(h []string) []string {
			return append([]string{"sub"}, h...)
		})},
		{lie: "custom attributes are sorted", kills: "header/custom header/custom-newer", tell: header(func(h []string) []string {
			for i := 1; i < len(h); i++ {
				if isCustom(h[i-1]) && isCustom(h[i]) && h[i-1] > h[i] {
					h[i-1], h[i] = h[i], h[i-1]
				}
			}
			return h
		})},
		{lie: "custom attributes come last", kills: "header/custom-newer", tell: header(func(h []string) []string {
			slices.SortStableFunc(h[:len(h)-2], func(a, b string) int {
				if isCustom(a) == isCustom(b) {
					return 0
				}
				if isCustom(a) {
					return 1
				}
				return -1
			})
			return h
		})},
		{lie: "no header has password_hash", kills: "header/password-hash", tell: header(func(h []string) []string {
			return slices.DeleteFunc(h, func(c string) bool { return c == "password_hash" })
		})},
		{lie: "every header has password_hash", kills: "header/classic", setup: inPools(func(p *importjob.Pool) { p.PasswordHashes = true })},
		{lie: "headers are aliased", kills: "header/not-aliased", tell: func(l *liar) {
			var first []string
			l.onHeader = func(h []string) []string {
				if first == nil {
					first = h
				}
				return first
			}
		}},
	}
}
