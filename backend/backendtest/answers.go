package backendtest

import (
	"context"
	"errors"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// answer is what one method returned. zero tells whether its other values are zero values.
type answer struct {
	op   importjob.Op
	zero bool
	err  error
}

// allRefuse ends the check unless each answer is an error with zero values, and passes each error to check.
func allRefuse(answers []answer, check func(importjob.Op, error)) {
	for _, a := range answers {
		that(a.err != nil, "%s: there is no error", a.op)
		that(a.zero, "%s: not the zero value beside the error", a.op)
		check(a.op, a.err)
	}
}

// withCode returns a check of an error: its code, its form and its operation.
func withCode(code importjob.Code) func(importjob.Op, error) {
	return func(op importjob.Op, err error) {
		that(errors.Is(err, code), "%s: got the error %w, want %s", op, err, code)
		var e *importjob.Error
		that(errors.As(err, &e) && e.Op == op, "%s: the error is %#v", op, err)
	}
}

// ended returns a context that has ended, and its cause.
func (e *env) ended() (context.Context, error) {
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(e.ctx)
	cancel(cause)
	return ctx, cause
}

// withCause returns a check that demands an error which wraps the cause.
func withCause(cause error) func(importjob.Op, error) {
	return func(op importjob.Op, err error) { wraps(string(op), err, cause) }
}

// ofUser calls each method of Users that is about one user, and that AddUser is not needed for.
func (e *env) ofUser(ctx context.Context, ref userpool.Ref) []answer {
	d := e.Directory
	groups, next, err := d.GroupsOfUser(ctx, ref, importjob.Page{})
	return []answer{
		{userpool.OpGroupsOfUser, groups == nil && next == "", err},
		{userpool.OpUpdateUser, true, d.UpdateUser(ctx, ref, []userpool.Attribute{{Name: "name", Value: "Ann"}})},
		{userpool.OpDisableUser, true, d.DisableUser(ctx, ref)},
		{userpool.OpEnableUser, true, d.EnableUser(ctx, ref)},
		{userpool.OpAddUserToGroup, true, d.AddUserToGroup(ctx, ref, "staff")},
		{userpool.OpRemoveUserFromGroup, true, d.RemoveUserFromGroup(ctx, ref, "staff")},
		{userpool.OpDeleteUser, true, d.DeleteUser(ctx, ref)},
	}
}

// ofGroup calls each method that is about one group, except CreateGroup.
func (e *env) ofGroup(ctx context.Context, ref userpool.GroupRef) []answer {
	d := e.Directory
	g, err := d.Group(ctx, ref)
	updated, updateErr := d.UpdateGroup(ctx, userpool.Group{GroupRef: ref})
	users, next, usersErr := d.UsersInGroup(ctx, ref, importjob.Page{})
	return []answer{
		{userpool.OpGroup, g == (userpool.Group{}), err},
		{userpool.OpUpdateGroup, updated == (userpool.Group{}), updateErr},
		{userpool.OpUsersInGroup, users == nil && next == "", usersErr},
		{userpool.OpDeleteGroup, true, d.DeleteGroup(ctx, ref)},
	}
}

// ofGroups calls CreateGroup and Groups.
func (e *env) ofGroups(ctx context.Context, pool string) []answer {
	created, err := e.Directory.CreateGroup(ctx, userpool.Group{GroupRef: userpool.GroupRef{UserPoolID: pool, GroupName: "staff"}})
	groups, next, listErr := e.Directory.Groups(ctx, pool, importjob.Page{})
	return []answer{
		{userpool.OpCreateGroup, created == (userpool.Group{}), err},
		{userpool.OpGroups, groups == nil && next == "", listErr},
	}
}

// ofPasswords calls each method of Passwords.
func (e *env) ofPasswords(ctx context.Context, ref userpool.Ref) []answer {
	p := e.Fixture.Passwords
	u, err := p.VerifyPassword(ctx, ref, goodPassword)
	code, forgotErr := p.ForgotPassword(ctx, ref)
	reset, resetErr := p.ResetPassword(ctx, ref)
	srp, srpErr := p.SRPVerifier(ctx, ref)
	return []answer{
		{userpool.OpSetPassword, true, p.SetPassword(ctx, ref, goodPassword, true)},
		{userpool.OpVerifyPassword, u.Username == "" && u.Sub == "", err},
		{userpool.OpForgotPassword, code == (userpool.Code{}), forgotErr},
		{userpool.OpResetPassword, reset == (userpool.Code{}), resetErr},
		{userpool.OpConfirmForgotPassword, true, p.ConfirmForgotPassword(ctx, ref, "123456", goodPassword)},
		{userpool.OpSRPVerifier, srp.Username == "" && srp.Salt == nil && srp.Verifier == nil, srpErr},
	}
}

// ofClient calls each method that is about one app client, except CreateClient.
func (e *env) ofClient(ctx context.Context, id string) []answer {
	c := e.Fixture.Clients
	got, err := c.Client(ctx, id)
	updated, updateErr := c.UpdateClient(ctx, userpool.Client{ID: id, UserPoolID: e.pool, Name: "web"})
	return []answer{
		{userpool.OpClient, got.ID == "" && got.Name == "", err},
		{userpool.OpUpdateClient, updated.ID == "" && updated.Name == "", updateErr},
		{userpool.OpDeleteClient, true, c.DeleteClient(ctx, id)},
	}
}

// ofClients calls CreateClient and Clients.
func (e *env) ofClients(ctx context.Context, pool string) []answer {
	created, err := e.Fixture.Clients.CreateClient(ctx, userpool.Client{UserPoolID: pool, Name: "web"})
	list, next, listErr := e.Fixture.Clients.Clients(ctx, pool, importjob.Page{})
	return []answer{
		{userpool.OpCreateClient, created.ID == "" && created.Name == "", err},
		{userpool.OpClients, list == nil && next == "", listErr},
	}
}
