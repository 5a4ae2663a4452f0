package backend

import (
	"cmp"
	"context"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

type checkedPools struct{ p userpool.Pools }

// validatePool checks the settings of a pool. An empty ID counts as id, and an empty name as the ID.
func validatePool(p importjob.Pool, id string) error {
	p.ID = cmp.Or(p.ID, id)
	p.Name = cmp.Or(p.Name, p.ID)
	return p.Validate()
}

func (k checkedPools) CreatePool(ctx context.Context, set userpool.Pool) (userpool.Pool, error) {
	return checked(ctx, userpool.OpCreatePool, pool(set.ID), validatePool(set.Pool, "us-west-2_000000000"),
		func() (userpool.Pool, error) { return k.p.CreatePool(ctx, set) })
}

func (k checkedPools) UpdatePool(ctx context.Context, set userpool.Pool) error {
	return done(ctx, userpool.OpUpdatePool, pool(set.ID), validatePool(set.Pool, ""),
		func() error { return k.p.UpdatePool(ctx, set) })
}

func (k checkedPools) DeletePool(ctx context.Context, userPoolID string) error {
	return done(ctx, userpool.OpDeletePool, pool(userPoolID), ValidateUserPoolID(userPoolID),
		func() error { return k.p.DeletePool(ctx, userPoolID) })
}

func (k checkedPools) DescribePool(ctx context.Context, userPoolID string) (userpool.Pool, error) {
	return checked(ctx, userpool.OpDescribePool, pool(userPoolID), ValidateUserPoolID(userPoolID),
		func() (userpool.Pool, error) { return k.p.DescribePool(ctx, userPoolID) })
}

func (k checkedPools) Pools(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	return unpaged(checked(ctx, userpool.OpPools, importjob.Ref{}, ValidatePage(page),
		func() (Paged[userpool.Pool], error) { return paged(k.p.Pools(ctx, page)) }))
}

type checkedClients struct{ c userpool.Clients }

func (k checkedClients) CreateClient(ctx context.Context, client userpool.Client) (userpool.Client, error) {
	return checked(ctx, userpool.OpCreateClient, pool(client.UserPoolID), client.Validate(),
		func() (userpool.Client, error) { return k.c.CreateClient(ctx, client.Clone()) })
}

func (k checkedClients) UpdateClient(ctx context.Context, client userpool.Client) (userpool.Client, error) {
	return checked(ctx, userpool.OpUpdateClient, pool(client.UserPoolID), firstOf(client.Validate(), userpool.ValidateClientID(client.ID)),
		func() (userpool.Client, error) { return k.c.UpdateClient(ctx, client.Clone()) })
}

func (k checkedClients) Client(ctx context.Context, clientID string) (userpool.Client, error) {
	return checked(ctx, userpool.OpClient, importjob.Ref{}, userpool.ValidateClientID(clientID),
		func() (userpool.Client, error) { return k.c.Client(ctx, clientID) })
}

func (k checkedClients) Clients(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.Client, string, error) {
	return unpaged(checked(ctx, userpool.OpClients, pool(userPoolID), ValidateList(userPoolID, page),
		func() (Paged[userpool.Client], error) { return paged(k.c.Clients(ctx, userPoolID, page)) }))
}

func (k checkedClients) DeleteClient(ctx context.Context, clientID string) error {
	return done(ctx, userpool.OpDeleteClient, importjob.Ref{}, userpool.ValidateClientID(clientID),
		func() error { return k.c.DeleteClient(ctx, clientID) })
}
