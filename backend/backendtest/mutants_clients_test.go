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

// everyClient is a lie about each client that is returned alone.
func everyClient(change func(*userpool.Client)) lie {
	return func(*memory.Cognito) backend.Interceptor {
		return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			err := next(ctx)
			if c, ok := call.Output().(userpool.Client); ok && err == nil {
				change(&c)
				call.Answer(c)
			}
			return err
		}
	}
}

func clientMutants() []mutant {
	invalid, notFound := importjob.ErrInvalidParameter, importjob.ErrResourceNotFound
	creates := func(what string, such func(userpool.Client) bool) mutant {
		return mutant{lie: "a client can have " + what, kills: "clients/malformed", does: taken(userpool.OpCreateClient, invalid, userpool.Client{}, such)}
	}
	anyClient := func(userpool.Client) bool { return true }
	return []mutant{
		{lie: "clients have no flows", kills: "clients/create", does: everyClient(func(c *userpool.Client) { c.ExplicitAuthFlows = nil })},
		{lie: "clients have the default flows", kills: "clients/create clients/defaults clients/update", does: everyClient(func(c *userpool.Client) { c.ExplicitAuthFlows = []string{"ALLOW_REFRESH_TOKEN_AUTH"} })},
		{lie: "clients do not hide who exists", kills: "clients/create", does: everyClient(func(c *userpool.Client) { c.HideUserExistence = false })},
		{lie: "tokens are valid for an hour", kills: "clients/create clients/defaults clients/update", does: everyClient(func(c *userpool.Client) { c.IDTokenValidity = time.Hour })},
		{lie: "clients lose what nobody knows", kills: "clients/create", does: everyClient(func(c *userpool.Client) { c.Settings = nil })},
		{lie: "clients have no dates", kills: "clients/create clients/update", does: everyClient(func(c *userpool.Client) { c.CreationDate, c.LastModifiedDate = time.Time{}, time.Time{} })},
		{lie: "all clients have one ID", kills: "clients/create clients/pages", does: everyClient(func(c *userpool.Client) { c.ID = "1example23456789" })},
		{lie: "an update of a client does nothing", kills: "clients/update", does: when(userpool.OpUpdateClient, func(_ context.Context, call *backend.Call, _ func(context.Context) error) error {
			call.Answer(call.Input())
			return nil
		})},
		{lie: "an update of a client is not dated", kills: "clients/update", does: everyClient(func(c *userpool.Client) { c.LastModifiedDate = c.CreationDate })},
		{lie: "an update changes the secret", kills: "clients/secret-kept", does: func(*memory.Cognito) backend.Interceptor {
			return answers(userpool.OpUpdateClient, func(call *backend.Call, c userpool.Client) userpool.Client {
				c.Secret = call.Input().(userpool.Client).Secret
				return c
			})(nil)
		}},
		{lie: "an update makes the client anew", kills: "clients/update clients/secret-kept", does: answers(userpool.OpUpdateClient, func(_ *backend.Call, c userpool.Client) userpool.Client {
			c.CreationDate = c.CreationDate.Add(time.Second)
			return c
		})},
		{lie: "a client can be updated from another pool", kills: "clients/other-pool clients/unknown clients/delete", does: taken(userpool.OpUpdateClient, notFound, userpool.Client{}, anyClient)},
		{lie: "all pools have the same clients", kills: "clients/other-pool", does: func(c *memory.Cognito) backend.Interceptor {
			return answers(userpool.OpClients, func(call *backend.Call, p backend.Paged[userpool.Client]) backend.Paged[userpool.Client] {
				pools, _, _ := c.Pools(context.Background(), importjob.Page{})
				p.Items, _, _ = c.Clients(context.Background(), pools[0].ID, importjob.Page{})
				return p
			})(c)
		}},
		{lie: "a deletion of a client does nothing", kills: "clients/delete clients/unknown", does: ignored(userpool.OpDeleteClient, nil)},
		{lie: "a deletion takes all clients", kills: "clients/delete", does: after(userpool.OpDeleteClient, func(ctx context.Context, c *memory.Cognito, _ *backend.Call) error {
			pools, _, _ := c.Pools(ctx, importjob.Page{})
			list, _, _ := c.Clients(ctx, pools[0].ID, importjob.Page{})
			for _, other := range list {
				_ = c.DeleteClient(ctx, other.ID)
			}
			return nil
		})},
		{lie: "clients are listed newest first", kills: "clients/pages", does: answers(userpool.OpClients, reversed[userpool.Client])},
		{lie: "clients have one page", kills: "clients/pages", does: firstPage[userpool.Client](userpool.OpClients)},
		{lie: "a page of clients can have any size or token", kills: "clients/pages clients/malformed", does: taken(userpool.OpClients, invalid, backend.Paged[userpool.Client]{}, func(backend.ListInput) bool { return true })},
		{lie: "a token of clients is good in any pool", kills: "clients/pages", does: taken(userpool.OpClients, invalid, backend.Paged[userpool.Client]{}, func(in backend.ListInput) bool { return strings.HasSuffix(in.UserPoolID, "2") })},
		{lie: "no client is bad input", kills: "clients/unknown clients/delete", does: saysOther(userpool.OpClient, notFound, invalid)},
		{lie: "no client can be deleted, too", kills: "clients/unknown clients/delete", does: taken(userpool.OpDeleteClient, notFound, nil, anyString)},
		{lie: "no pool has no clients", kills: "clients/unknown-pool", does: taken(userpool.OpClients, notFound, backend.Paged[userpool.Client]{}, func(backend.ListInput) bool { return true })},
		{lie: "no pool has a client", kills: "clients/unknown-pool", does: taken(userpool.OpCreateClient, notFound, userpool.Client{}, anyClient)},
		creates("no name", func(c userpool.Client) bool { return c.Name == "" }), creates("a long name", func(c userpool.Client) bool { return len(c.Name) == 129 }),
		creates("any characters in its name", func(c userpool.Client) bool { return c.Name == "a/b" }),
		creates("a short secret", func(c userpool.Client) bool { return c.Secret != "" }), creates("an ID with white space", func(c userpool.Client) bool { return c.ID != "" }),
		{lie: "a client ID can have white space", kills: "clients/malformed", does: taken(userpool.OpDeleteClient, invalid, nil, func(id string) bool { return id == "two words" })},
		{lie: "errors tell the secret", kills: "clients/malformed", does: when(userpool.OpCreateClient, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if err := next(ctx); err != nil {
				return errors.Join(err, errors.New(call.Input().(userpool.Client).Secret))
			}
			return nil
		})},
		{lie: "the deletion of a client does not look at the context", kills: "clients/canceled", does: patient(userpool.OpDeleteClient)},
		{lie: "the creation of a client does not look at the context", kills: "clients/canceled", does: patient(userpool.OpCreateClient)},
		{lie: "a returned client is the stored one", kills: "clients/snapshots", does: func(*memory.Cognito) backend.Interceptor {
			var stored *userpool.Client
			return everyClient(func(c *userpool.Client) {
				if stored == nil {
					stored = c
					return
				}
				c.ExplicitAuthFlows = stored.ExplicitAuthFlows
			})(nil)
		}},
		{lie: "a given client is the stored one", kills: "clients/snapshots", does: func(*memory.Cognito) backend.Interceptor {
			var given userpool.Client
			return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if c, ok := call.Input().(userpool.Client); ok {
					given = c
				}
				err := next(ctx)
				if c, ok := call.Output().(userpool.Client); ok && err == nil {
					c.Settings = slices.Clone(given.Settings)
					call.Answer(c)
				}
				return err
			}
		}},
	}
}
