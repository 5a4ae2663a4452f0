package backendtest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

func directoryRules() []Rule {
	return []Rule{
		{Name: "directory/users", Kind: KindDocumented, Source: api("ListUsers"), Users: true,
			Sentence: "Users are listed in the order of their import, over several pages.",
			check: func(e *env) {
				e.run(e.file(goods(130)...))
				users := e.users()
				equal("the number of users", len(users), 130)
				for i, u := range users {
					equal("the username", u.Username, fmt.Sprintf("user%04d", i))
					sameUser(u, e.user(u.Username))
				}
			}},
		{Name: "directory/add-user", Kind: KindDocumented, Source: api("AdminCreateUser"), Users: true,
			Sentence: "A user that an administrator adds is in status FORCE_CHANGE_PASSWORD and has a sub.",
			check: func(e *env) {
				added := must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "ann",
					Attributes: userpool.NewAttributes(userpool.Attribute{Name: "name", Value: "Ann"})}))
				equal("the status", added.Status, userpool.StatusForceChangePassword)
				that(added.Sub != "" && !added.CreateDate.IsZero(), "there is no sub or no create date")
				equal("the name", added.Attributes.Value("name"), "Ann")
				sameUser(e.user("ann"), added)
				equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), 1)
			}},
		{Name: "directory/added-date", Kind: KindDocumented, Source: api("UserType"), Users: true,
			Sentence: "The create date and the update date of an added user are the time of the AddUser, in UTC and whole milliseconds.",
			check: func(e *env) {
				e.unevenly()
				before := backend.Date(e.Now())
				added := must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "ann"}))
				equal("the create date in UTC and milliseconds", added.CreateDate, backend.Date(added.CreateDate))
				that(!added.CreateDate.Before(before) && !added.CreateDate.After(e.Now()), "created at %v, but the clock said %v", added.CreateDate, before)
				equal("the update date", added.LastModifiedDate, added.CreateDate)
				sameUser(e.user("ann"), added)
			}},
		{Name: "directory/add-user-twice", Kind: KindDocumented, Source: api("AdminCreateUser"), Users: true,
			Sentence: "AddUser with a username that another user has returns a UsernameExistsException.",
			Setup:    inPool(func(p *importjob.Pool) { p.CaseInsensitive = true }),
			check: func(e *env) {
				e.run(e.file(good("ann")))
				for _, name := range []string{"ann", "ANN"} {
					_, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: name})
					refused(err, userpool.ErrUsernameExists)
				}
			}},
		{Name: "directory/unknown-user", Kind: KindDocumented, Source: api("AdminGetUser"), Users: true,
			Sentence: "User returns a UserNotFoundException if the user does not exist, and a ResourceNotFoundException if the pool does not. The error does not contain the username.",
			check: func(e *env) {
				e.run(e.file(good("ann-lee-2")))
				e.noUser("ann-lee")
				_, err := e.Directory.User(e.ctx, userpool.Ref{UserPoolID: e.pool, Username: "ann-lee"})
				that(!strings.Contains(err.Error(), "ann-lee"), "the error names the user")
				_, err = e.Directory.User(e.ctx, userpool.Ref{UserPoolID: unknownPool, Username: "ann"})
				refused(err, importjob.ErrResourceNotFound)
			}},
		{Name: "directory/create-pool", Kind: KindContract, Source: "userpool.Pools", Users: true,
			Sentence: "A pool that is created without an ID gets one, and is listed.",
			check: func(e *env) {
				p := must(e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: importjob.Pool{Name: "fresh", AutoVerifiedAttributes: []string{"email"}}}))
				samePool(must(e.Client.Pool(e.ctx, p.ID)), p.Pool)
				listed := pages(func(token string) ([]userpool.Pool, string, error) {
					return e.Directory.Pools(e.ctx, importjob.Page{MaxResults: 1, Token: token})
				})
				equal("the number of pools", len(listed), len(e.setup.Pools)+1)
				equal("the last one", listed[len(listed)-1].ID, p.ID)
			}},
		{Name: "directory/pools-not-aliased", Kind: KindContract, Source: "userpool.Directory", Users: true,
			Sentence: "A caller that changes a pool that it gave to a Directory, or got from it, does not change the stored pool.",
			check: func(e *env) {
				given := importjob.Pool{Name: "fresh", Schema: importjob.ClassicSchema(), AutoVerifiedAttributes: []string{"email"}}
				p := must(e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: given}))
				clear(given.Schema)
				clear(p.AutoVerifiedAttributes)
				want := importjob.Pool{Name: "fresh", Schema: importjob.ClassicSchema(), AutoVerifiedAttributes: []string{"email"}, MFA: importjob.MFAOff}
				samePool(must(e.Client.Pool(e.ctx, p.ID)), want)
			}},
		{Name: "directory/schema-only-grows", Kind: KindDocumented, Source: api("UpdateUserPool"), Users: true,
			Sentence: "An update of a pool removes no attribute. An update without a schema keeps the schema.",
			check: func(e *env) {
				p := e.settings()
				p.Schema = p.Schema[:len(p.Schema)-1]
				refused(e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: p}), importjob.ErrInvalidParameter)
				p.Schema, p.Name, p.AutoVerifiedAttributes = nil, "renamed", []string{"phone_number"}
				ok("UpdatePool", e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: p}))
				p.Schema = e.setup.Pools[0].Schema
				samePool(e.settings(), p)
			}},
		{Name: "directory/fixed-settings", Kind: KindDocumented, Source: caseRules, Users: true,
			Sentence: "An update of a pool cannot change its case sensitivity, its username attributes or its alias attributes.",
			check: func(e *env) {
				for _, change := range []func(*importjob.Pool){
					func(p *importjob.Pool) { p.CaseInsensitive = !p.CaseInsensitive },
					func(p *importjob.Pool) { p.UsernameAttributes = []string{"email"} },
					func(p *importjob.Pool) { p.AliasAttributes = []string{"email"} },
				} {
					p := e.settings()
					change(&p)
					refused(e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: p}), importjob.ErrInvalidParameter)
				}
				samePool(e.settings(), e.setup.Pools[0])
			}},
		{Name: "directory/user-pages", Kind: KindDocumented, Source: api("ListUsers"), Users: true,
			Sentence: "Pages of any size contain each user once. No page holds more users than the caller asks for, or more than 60.",
			check:    checkUserPages},
		{Name: "directory/unknown-pool", Kind: KindContract, Source: "userpool.Directory", Users: true,
			Sentence: "For a pool that does not exist, every method returns an *Error with a ResourceNotFoundException, the operation and the pool.",
			check: func(e *env) {
				e.directoryRefuses(e.ctx, unknownPool, func(op importjob.Op, err error) {
					refused(err, importjob.ErrResourceNotFound)
					top, isError := err.(*importjob.Error)
					that(isError && top.Op == op && top.Ref.UserPoolID == unknownPool, "%s: the error is %#v", op, err)
				})
			}},
		{Name: "directory/malformed-pool", Kind: KindDocumented, Source: model, Users: true,
			Sentence: "Every method refuses a malformed pool ID.",
			check: func(e *env) {
				e.directoryRefuses(e.ctx, "no-underscore", func(_ importjob.Op, err error) {
					badInput(err, noMatch("no-underscore", "userPoolId"))
				})
			}},
		{Name: "directory/canceled", Kind: KindContract, Source: "userpool.Directory", Users: true,
			Sentence: "Every method refuses a context that has ended, with the context's cause.",
			check: func(e *env) {
				cause := errors.New("enough")
				ctx, cancel := context.WithCancelCause(e.ctx)
				cancel(cause)
				e.directoryRefuses(ctx, e.pool, func(op importjob.Op, err error) {
					wraps(string(op), err, cause)
				})
				equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), 0)
			}},
	}
}

// directoryRefuses calls each method for a pool. It ends the check unless the method returns an error and zero values,
// and passes each error to check.
func (e *env) directoryRefuses(ctx context.Context, pool string, check func(importjob.Op, error)) {
	d := e.Directory
	try := func(op importjob.Op, zero bool, err error) {
		that(err != nil, "%s: there is no error", op)
		that(zero, "%s: not the zero value beside the error", op)
		check(op, err)
	}
	p := e.setup.Pools[0].Clone()
	p.ID = pool
	try(userpool.OpUpdatePool, true, d.UpdatePool(ctx, userpool.Pool{Pool: p}))
	added, err := d.AddUser(ctx, pool, userpool.User{Username: "ann"})
	try(userpool.OpAddUser, added.Username == "" && added.Sub == "", err)
	u, err := d.User(ctx, userpool.Ref{UserPoolID: pool, Username: "ann"})
	try(userpool.OpUser, u.Username == "", err)
	users, next, err := d.Users(ctx, pool, importjob.Page{})
	try(userpool.OpUsers, users == nil && next == "", err)
	n, err := d.CountUsers(ctx, pool)
	try(userpool.OpCountUsers, n == 0, err)
	try(userpool.OpDeletePool, true, d.DeletePool(ctx, pool))
}

func checkUserPages(e *env) {
	e.run(e.file(goods(70)...))
	list := func(size int, token string) ([]userpool.User, string, error) {
		return e.Directory.Users(e.ctx, e.pool, importjob.Page{MaxResults: size, Token: token})
	}
	for _, size := range []int{1, 7, 60, 0} {
		n, most := 0, 60
		if size > 0 {
			most = size
		}
		for i, u := range pages(func(token string) ([]userpool.User, string, error) {
			users, next, err := list(size, token)
			that(len(users) <= most, "a page of %d has %d users", size, len(users))
			return users, next, err
		}) {
			equal("the username", u.Username, fmt.Sprintf("user%04d", i))
			n++
		}
		equal("the number of users", n, 70)
	}
	_, _, err := list(61, "")
	refused(err, importjob.ErrInvalidParameter)
	_, _, err = list(1, "x")
	refused(err, importjob.ErrInvalidParameter)
}
