package backendtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// everyUser is a lie about users.
func everyUser(change func(u *userpool.User)) func(*liar) {
	return func(l *liar) { l.onUser = change }
}

// addedUsers is a lie about users as AddUser returns them.
func addedUsers(change func(u *userpool.User)) func(*liar) {
	return func(l *liar) {
		l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
			added, err := l.Directory.AddUser(ctx, pool, u)
			if err == nil {
				change(&added)
			}
			return added, err
		}
	}
}

func userMutants() []mutant {
	return slices.Concat(peopleMutants(), storedMutants(), hashMutants(), directoryMutants())
}

func peopleMutants() []mutant {
	return []mutant{
		{lie: "imported users are UNCONFIRMED", kills: "users/status", tell: everyUser(func(u *userpool.User) { u.Status = userpool.StatusUnconfirmed })},
		{lie: "imported users are disabled", kills: "users/status", tell: everyUser(func(u *userpool.User) { u.Disabled = true })},
		{lie: "subs are numbers", kills: "users/sub", tell: everyUser(func(u *userpool.User) { u.Sub = u.Username })},
		{lie: "all users have one sub", kills: "users/sub users/case-sensitive", tell: everyUser(func(u *userpool.User) { u.Sub = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6" })},
		{lie: "users are created when their job was", kills: "users/dates", tell: func(l *liar) {
			var created time.Time
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) { created = j.CreationDate }
			l.onUser = func(u *userpool.User) { u.CreateDate, u.LastModifiedDate = created, created }
		}},
		{lie: "users are changed when somebody looks", kills: "users/dates", tell: everyUser(func(u *userpool.User) { u.LastModifiedDate = backend.Date(time.Now()) })},
		{lie: "users count before they are imported", kills: "users/with-the-counter", tell: func(l *liar) {
			l.countUsers = func(ctx context.Context, pool string) (int64, error) {
				n, err := l.Directory.CountUsers(ctx, pool)
				return n + 1, err
			}
		}},
		{lie: "users are listed before they are counted", kills: "users/with-the-counter", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.ImportedUsers = max(j.ImportedUsers-1, 0)
		}, importjob.StatusInProgress)},
		{lie: "all users of a file are found at once", kills: "users/not-before users/failed-rows hashes/malformed", tell: func(l *liar) {
			seen := map[string]bool{}
			l.onFile = eachRow(func(r map[string]string) map[string]string { seen[r["cognito:username"]] = true; return r })
			l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
				u, err := l.Directory.User(ctx, ref)
				if err != nil && seen[ref.Username] {
					return userpool.User{Username: ref.Username}, nil
				}
				return u, err
			}
		}},
		{lie: "an import updates users that exist", kills: "users/skipped-untouched users/duplicates", tell: func(l *liar) {
			names := map[string]string{}
			l.onFile = eachRow(func(r map[string]string) map[string]string { names[r["cognito:username"]] = r["name"]; return r })
			l.onUser = func(u *userpool.User) {
				u.Attributes = userpool.NewAttributes(userpool.Attribute{Name: "name", Value: names[u.Username]})
			}
		}},
		{lie: "an import resets users that exist", kills: "users/added-untouched", tell: everyUser(func(u *userpool.User) { u.Status = userpool.StatusResetRequired })},
		{lie: "case is regarded in all pools", kills: "users/case-ignored", setup: inPools(func(p *importjob.Pool) { p.CaseInsensitive = false })},
		{lie: "case is ignored in all pools", kills: "users/case-sensitive", setup: inPools(func(p *importjob.Pool) { p.CaseInsensitive = true })},
		{lie: "case is ignored in ASCII only", kills: "users/case-ignored", tell: value("cognito:username", func(v string) string { return strings.ReplaceAll(v, "é", "e'") })},
		{lie: "a failed job takes its users back", kills: "users/of-a-failed-job", tell: func(l *liar) {
			l.countUsers = func(ctx context.Context, pool string) (int64, error) {
				for j := range importjob.Jobs(ctx, l.Client, pool) {
					if j.Status == importjob.StatusFailed {
						return 0, nil
					}
				}
				return l.Directory.CountUsers(ctx, pool)
			}
		}},
		{lie: "a job keeps the usernames of its rows from the start", kills: "users/added-meanwhile", tell: func(l *liar) {
			l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
				for j := range importjob.Jobs(ctx, l.Client, pool) {
					if !j.Status.Done() {
						return userpool.User{}, &importjob.Error{Op: userpool.OpAddUser, Code: userpool.ErrUsernameExists}
					}
				}
				return l.Directory.AddUser(ctx, pool, u)
			}
		}},
		{lie: "users are the account's", kills: "users/own-pool", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				rows, next, err := l.Client.Results(ctx, ref, page)
				for i := range rows {
					if strings.HasSuffix(ref.UserPoolID, "2") {
						rows[i].Status = importjob.RowSkipped
					}
				}
				return rows, next, err
			}
		}},
	}
}

func storedMutants() []mutant {
	valueIs := func(change func(string) string) func(*liar) {
		return attribute(func(name, value string) (string, string) { return name, change(value) })
	}
	return []mutant{
		{lie: "usernames are stored in lower case", kills: "stored/username", tell: everyUser(func(u *userpool.User) { u.Username = strings.ToLower(u.Username) })},
		{lie: "custom attributes lose their prefix", kills: "stored/attributes", tell: attribute(func(name, value string) (string, string) {
			return strings.TrimPrefix(name, "custom:"), value
		})},
		{lie: "phone numbers are masked", kills: "stored/attributes", tell: valueIs(func(v string) string { return strings.Replace(v, "+1234555", "+*******", 1) })},
		{lie: "Booleans are stored in upper case", kills: "stored/booleans", tell: valueIs(func(v string) string {
			return strings.NewReplacer("true", "TRUE", "false", "FALSE").Replace(v)
		})},
		{lie: "empty values are stored", kills: "stored/no-empty-values", tell: extra("nickname", "")},
		{lie: "cognito:mfa_enabled is stored", kills: "stored/no-columns", tell: extra("cognito:mfa_enabled", "false")},
		{lie: "escapes stay", kills: "stored/commas", tell: valueIs(func(v string) string { return strings.ReplaceAll(v, ",", `\,`) })},
		{lie: "white space within a value is trimmed as well", kills: "stored/trimmed", tell: valueIs(func(v string) string { return strings.Join(strings.Fields(v), " ") })},
		{lie: "tabs are not trimmed", kills: "stored/trimmed", tell: everyUser(func(u *userpool.User) {
			if u.Username == "dan" {
				u.Username = "\tdan"
			}
		})},
		{lie: "nothing is trimmed", kills: "stored/trimmed", tell: valueIs(func(v string) string { return strings.Replace(v, "Ann", " Ann", 1) })},
		{lie: "quotes fail a row", kills: "stored/quotes rows/username", options: assume(func(a *importjob.Assumptions) { a.RefuseQuotes = true })},
		{lie: "quotes are removed", kills: "stored/quotes", tell: valueIs(func(v string) string { return strings.Trim(v, `"`) })},
		{lie: "a backslash escapes a backslash", kills: "stored/backslashes", tell: valueIs(func(v string) string { return strings.ReplaceAll(v, `\\`, `\`) })},
		{lie: "values are stored in lower case", kills: "stored/text", tell: valueIs(strings.ToLower)},
		{lie: "values lose what is not in Latin-1", kills: "stored/text", tell: valueIs(func(v string) string {
			return strings.Map(func(c rune) rune {
				if c > 0xff {
					return '?'
				}
				return c
			}, v)
		})},
		{lie: "birthdates are stored as yyyy-mm-dd", kills: "stored/birthdate", options: func(o *memory.Options) { o.ISOBirthdate = true }},
		{lie: "users of e-mail pools are stored under their sub", kills: "stored/email-username", options: func(o *memory.Options) { o.SubAsUsername = true }},
	}
}

func hashMutants() []mutant {
	hash := func(change func(string) string) func(*liar) { return value("password_hash", change) }
	return []mutant{
		{lie: "users with a hash must reset it", kills: "hashes/confirmed", tell: everyUser(func(u *userpool.User) { u.Status = userpool.StatusResetRequired })},
		{lie: "all users are CONFIRMED", kills: "hashes/empty hashes/not-needed users/status", tell: everyUser(func(u *userpool.User) { u.Status = userpool.StatusConfirmed })},
		{lie: "a job forgets its algorithm", kills: "hashes/confirmed create/echo", tell: everyJob(func(j *importjob.UserImportJob) { j.PasswordHashingAlgorithm = "" })},
		{lie: "a hash must be there", kills: "hashes/empty", tell: hash(func(v string) string {
			if v == "" {
				return "none"
			}
			return v
		})},
		{lie: "bad hashes are left out", kills: "hashes/malformed hashes/algorithms", tell: hash(func(v string) string {
			if !strings.HasPrefix(v, "$") || len(v) < 60 {
				return ""
			}
			return v
		})},
		{lie: "BCRYPT has no bound", kills: "hashes/bounds", tell: hash(func(v string) string { return strings.Replace(v, "$13$", "$12$", 1) })},
		{lie: "SCRYPT has no bound", kills: "hashes/algorithms", tell: hash(func(v string) string { return strings.Replace(v, "131072", "1024", 1) })},
		{lie: "PBKDF2 takes 600,001 iterations", kills: "hashes/algorithms hashes/pbkdf2-bounds", tell: hash(func(v string) string { return strings.Replace(v, "$600001$", "$600000$", 1) })},
		{lie: "hashes end at a comma", kills: "hashes/escaped-commas", tell: hash(func(v string) string { v, _, _ = strings.Cut(v, `\,`); return v })},
		{lie: "the column password_hash may be missing", kills: "hashes/no-column", tell: file(func(f string) string {
			if head, rest, _ := strings.Cut(f, "\n"); !strings.Contains(head, "password_hash") {
				return head + ",password_hash\n" + strings.ReplaceAll(rest, "\n", ",\n")
			}
			return f
		})},
		{lie: "the column password_hash must be there", kills: "hashes/not-needed", tell: file(func(f string) string {
			if head, _, _ := strings.Cut(f, "\n"); !strings.Contains(head, "password_hash") {
				return "x" + f
			}
			return f
		})},
		{lie: "hashes are judged without an algorithm", kills: "hashes/ignored", tell: row(func(r map[string]string) map[string]string {
			if r["password_hash"] == "secret" {
				r["email_verified"] = "false"
			}
			return r
		})},
		{lie: "a hash is a password without an algorithm", kills: "hashes/ignored", tell: func(l *liar) {
			hashed := map[string]bool{}
			l.onFile = eachRow(func(r map[string]string) map[string]string {
				hashed[r["cognito:username"]] = r["password_hash"] != ""
				return r
			})
			l.onUser = func(u *userpool.User) {
				if hashed[u.Username] {
					u.Status = userpool.StatusConfirmed
				}
			}
		}},
		{lie: "hashes are stored", kills: "hashes/not-stored", tell: extra("password_hash", "x")},
	}
}

func directoryMutants() []mutant {
	return []mutant{
		{lie: "users are listed newest first", kills: "directory/users", tell: func(l *liar) {
			l.users = func(ctx context.Context, pool string, page importjob.Page) ([]userpool.User, string, error) {
				users, next, err := l.Directory.Users(ctx, pool, page)
				slices.Reverse(users)
				return users, next, err
			}
		}},
		{lie: "users are listed on one page", kills: "directory/users", tell: func(l *liar) {
			l.users = func(ctx context.Context, pool string, page importjob.Page) ([]userpool.User, string, error) {
				users, _, err := l.Directory.Users(ctx, pool, page)
				return users, "", err
			}
		}},
		{lie: "an administrator's users are CONFIRMED", kills: "directory/add-user", tell: func(l *liar) {
			l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
				u.Status = userpool.StatusConfirmed
				return l.Directory.AddUser(ctx, pool, u)
			}
		}},
		{lie: "added users are dated to the nanosecond", kills: "directory/added-date", tell: addedUsers(func(u *userpool.User) {
			u.CreateDate = u.CreateDate.Add(-1)
			u.LastModifiedDate = u.CreateDate
		})},
		{lie: "added users are dated in local time", kills: "directory/added-date", tell: addedUsers(func(u *userpool.User) {
			u.CreateDate = u.CreateDate.In(time.FixedZone("here", 3600))
			u.LastModifiedDate = u.CreateDate
		})},
		{lie: "added users have not been changed", kills: "directory/added-date", tell: addedUsers(func(u *userpool.User) { u.LastModifiedDate = time.Time{} })},
		{lie: "users are added a second ago", kills: "directory/added-date", tell: addedUsers(func(u *userpool.User) {
			u.CreateDate = u.CreateDate.Add(-time.Second)
			u.LastModifiedDate = u.CreateDate
		})},
		{lie: "a user can be added twice", kills: "directory/add-user-twice", tell: func(l *liar) {
			l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
				added, err := l.Directory.AddUser(ctx, pool, u)
				if errors.Is(err, userpool.ErrUsernameExists) {
					return l.Directory.User(ctx, userpool.Ref{UserPoolID: pool, Username: u.Username})
				}
				return added, err
			}
		}},
		{lie: "a user that is not there is a resource", kills: "directory/unknown-user", tell: func(l *liar) {
			l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
				u, err := l.Directory.User(ctx, ref)
				if errors.Is(err, userpool.ErrUserNotFound) {
					err = &importjob.Error{Op: userpool.OpUser, Code: importjob.ErrResourceNotFound}
				}
				return u, err
			}
		}},
		{lie: "an update of a pool that cannot be is none", kills: "directory/schema-only-grows directory/fixed-settings", tell: func(l *liar) { l.Directory = pliable{l.Directory} }},
		{lie: "users are in pages of 60", kills: "directory/user-pages", tell: func(l *liar) {
			l.users = func(ctx context.Context, pool string, page importjob.Page) ([]userpool.User, string, error) {
				page.MaxResults = 0
				return l.Directory.Users(ctx, pool, page)
			}
		}},
		{lie: "a pool that does not exist has no users", kills: "directory/unknown-pool directory/malformed-pool", tell: func(l *liar) {
			l.countUsers = func(ctx context.Context, pool string) (int64, error) {
				n, err := l.Directory.CountUsers(ctx, pool)
				if errors.Is(err, importjob.ErrResourceNotFound) || errors.Is(err, importjob.ErrInvalidParameter) {
					err = nil
				}
				return n, err
			}
		}},
		{lie: "users are added although nobody waits any more", kills: "directory/canceled", tell: func(l *liar) {
			l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
				return l.Directory.AddUser(context.WithoutCancel(ctx), pool, u)
			}
		}},
		{lie: "users outlive their pool", kills: "pool/made-again", tell: func(l *liar) {
			users := int64(0)
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) { users = max(users, j.ImportedUsers) }
			l.countUsers = func(context.Context, string) (int64, error) { return users, nil }
		}},
		{lie: "an update of a pool comes too late", kills: "file/judged-at-start pool/idle", tell: func(l *liar) { l.Directory = deaf{l.Directory} }},
		{lie: "a pool without an ID is not listed", kills: "directory/create-pool", tell: func(l *liar) { l.Directory = forgetful{l.Directory} }},
		{lie: "pools are kept as they were given", kills: "directory/pools-not-aliased", tell: func(l *liar) {
			k := &keeper{Directory: l.Directory}
			l.Directory = k
			l.onPool = func(p *importjob.Pool) { p.Schema = k.given.Schema }
		}},
	}
}

// pliable lets a schema shrink, and does not say that it has not.
type pliable struct{ userpool.Directory }

func (p pliable) UpdatePool(ctx context.Context, pool userpool.Pool) error {
	if err := p.Directory.UpdatePool(ctx, pool); !errors.Is(err, importjob.ErrInvalidParameter) {
		return err
	}
	return nil
}

// deaf updates no pool, and does not say so.
type deaf struct{ userpool.Directory }

func (deaf) UpdatePool(context.Context, userpool.Pool) error { return nil }

// forgetful lists one pool.
type forgetful struct{ userpool.Directory }

func (f forgetful) Pools(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	pools, _, err := f.Directory.Pools(ctx, page)
	return pools, "", err
}

// keeper keeps the pool that it was given.
type keeper struct {
	userpool.Directory
	given userpool.Pool
}

func (k *keeper) CreatePool(ctx context.Context, pool userpool.Pool) (userpool.Pool, error) {
	k.given = pool
	return k.Directory.CreatePool(ctx, pool)
}
