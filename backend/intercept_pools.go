package backend

import (
	"context"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

type interceptedPools struct {
	p userpool.Pools
	interceptors
}

func (k interceptedPools) CreatePool(ctx context.Context, pool userpool.Pool) (userpool.Pool, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpCreatePool, pool.ID, pool),
		func(ctx context.Context) (userpool.Pool, error) { return k.p.CreatePool(ctx, pool) })
}

func (k interceptedPools) UpdatePool(ctx context.Context, pool userpool.Pool) error {
	return k.do(ctx, userpool.OpUpdatePool, pool.ID, pool,
		func(ctx context.Context) error { return k.p.UpdatePool(ctx, pool) })
}

func (k interceptedPools) DeletePool(ctx context.Context, userPoolID string) error {
	return k.do(ctx, userpool.OpDeletePool, userPoolID, userPoolID,
		func(ctx context.Context) error { return k.p.DeletePool(ctx, userPoolID) })
}

func (k interceptedPools) Pools(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	return unpaged(intercept(ctx, k.interceptors, &Call{Op: userpool.OpPools, input: page},
		func(ctx context.Context) (Paged[userpool.Pool], error) { return paged(k.p.Pools(ctx, page)) }))
}

func (k interceptedPools) DescribePool(ctx context.Context, userPoolID string) (userpool.Pool, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpDescribePool, userPoolID, userPoolID),
		func(ctx context.Context) (userpool.Pool, error) { return k.p.DescribePool(ctx, userPoolID) })
}

type interceptedClients struct {
	c userpool.Clients
	interceptors
}

func (k interceptedClients) CreateClient(ctx context.Context, client userpool.Client) (userpool.Client, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpCreateClient, client.UserPoolID, client),
		func(ctx context.Context) (userpool.Client, error) { return k.c.CreateClient(ctx, client) })
}

func (k interceptedClients) UpdateClient(ctx context.Context, client userpool.Client) (userpool.Client, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpUpdateClient, client.UserPoolID, client),
		func(ctx context.Context) (userpool.Client, error) { return k.c.UpdateClient(ctx, client) })
}

func (k interceptedClients) Client(ctx context.Context, clientID string) (userpool.Client, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpClient, "", clientID),
		func(ctx context.Context) (userpool.Client, error) { return k.c.Client(ctx, clientID) })
}

func (k interceptedClients) Clients(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.Client, string, error) {
	return unpaged(intercept(ctx, k.interceptors, aboutPool(userpool.OpClients, userPoolID, ListInput{UserPoolID: userPoolID, Page: page}),
		func(ctx context.Context) (Paged[userpool.Client], error) {
			return paged(k.c.Clients(ctx, userPoolID, page))
		}))
}

func (k interceptedClients) DeleteClient(ctx context.Context, clientID string) error {
	return k.do(ctx, userpool.OpDeleteClient, "", clientID,
		func(ctx context.Context) error { return k.c.DeleteClient(ctx, clientID) })
}
