package backendtest

import (
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// webClient returns a client with all settings.
func (e *env) webClient() userpool.Client {
	return userpool.Client{UserPoolID: e.pool, Name: "web", Secret: "0123456789abcdefghijklmnopqrstuv", HideUserExistence: true,
		ExplicitAuthFlows: []string{"ALLOW_USER_PASSWORD_AUTH"}, AccessTokenValidity: time.Hour, IDTokenValidity: 2 * time.Hour,
		RefreshTokenValidity: 24 * time.Hour, AuthSessionValidity: 5 * time.Minute, Settings: []byte(`{"CallbackURLs":["https://example.com"]}`)}
}

func (e *env) client(c userpool.Client) userpool.Client {
	return must(e.Fixture.Clients.CreateClient(e.ctx, c))
}

func sameClient(got, want userpool.Client) {
	equal("the ID", got.ID, want.ID)
	equal("the pool", got.UserPoolID, want.UserPoolID)
	equal("the name", got.Name, want.Name)
	that(got.Secret == want.Secret, "the secret differs")
	equalLists("the flows", got.ExplicitAuthFlows, want.ExplicitAuthFlows)
	equal("whether it hides who exists", got.HideUserExistence, want.HideUserExistence)
	equalLists("the validities", validities(got), validities(want))
	equal("the other settings", string(got.Settings), string(want.Settings))
	equal("the creation date", got.CreationDate, want.CreationDate)
	equal("the update date", got.LastModifiedDate, want.LastModifiedDate)
}

func validities(c userpool.Client) []time.Duration {
	return []time.Duration{c.AccessTokenValidity, c.IDTokenValidity, c.RefreshTokenValidity, c.AuthSessionValidity}
}

// clientRules are about app clients.
func clientRules() []Rule {
	return []Rule{
		{Name: "clients/create", Kind: KindDocumented, Source: api("CreateUserPoolClient"), Clients: true,
			Sentence: "A client has the settings with which it was created, an ID of its own, and the time of its creation as its dates.",
			check: func(e *env) {
				e.unevenly()
				want := e.webClient()
				created := e.client(want)
				that(len(created.ID) >= 1 && len(created.ID) <= 128, "the ID has %d characters", len(created.ID))
				equal("the creation date in UTC and milliseconds", created.CreationDate, backend.Date(created.CreationDate))
				that(!created.CreationDate.IsZero(), "there is no creation date")
				want.ID, want.CreationDate, want.LastModifiedDate = created.ID, created.CreationDate, created.CreationDate
				sameClient(created, want)
				sameClient(must(e.Fixture.Clients.Client(e.ctx, created.ID)), want)
				that(e.client(e.webClient()).ID != created.ID, "two clients have one ID")
			}},
		{Name: "clients/defaults", Kind: KindContract, Source: "userpool.Client", Clients: true,
			Sentence: "A client with nothing but a name keeps the zero values, which mean the defaults. A given ID is kept.",
			check: func(e *env) {
				created := e.client(userpool.Client{ID: "1example23456789", UserPoolID: e.pool, Name: "web"})
				sameClient(created, userpool.Client{ID: "1example23456789", UserPoolID: e.pool, Name: "web", CreationDate: created.CreationDate, LastModifiedDate: created.CreationDate})
				that(created.ExplicitAuthFlows == nil, "the flows are not nil")
			}},
		{Name: "clients/update", Kind: KindDocumented, Source: api("UpdateUserPoolClient"), Clients: true, Advances: true,
			Sentence: "UpdateClient replaces all settings and the update date.",
			check: func(e *env) {
				created := e.client(e.webClient())
				e.Advance(1234567 * time.Microsecond)
				updated := must(e.Fixture.Clients.UpdateClient(e.ctx, userpool.Client{ID: created.ID, UserPoolID: e.pool, Name: "app", Secret: created.Secret}))
				want := userpool.Client{ID: created.ID, UserPoolID: e.pool, Name: "app", Secret: created.Secret, CreationDate: created.CreationDate, LastModifiedDate: backend.Date(e.Now())}
				sameClient(updated, want)
				sameClient(must(e.Fixture.Clients.Client(e.ctx, created.ID)), want)
			}},
		{Name: "clients/secret-kept", Kind: KindContract, Source: "userpool.Clients", Clients: true,
			Sentence: "UpdateClient keeps the secret and the creation date.",
			check: func(e *env) {
				created := e.client(e.webClient())
				change := created.Clone()
				change.Secret, change.CreationDate = strings.Repeat("x", 32), time.Time{}
				updated := must(e.Fixture.Clients.UpdateClient(e.ctx, change))
				that(updated.Secret == created.Secret, "the secret has changed")
				equal("the creation date", updated.CreationDate, created.CreationDate)
				that(must(e.Fixture.Clients.Client(e.ctx, created.ID)).Secret == created.Secret, "the secret has changed")
			}},
		{Name: "clients/other-pool", Kind: KindContract, Source: "userpool.Clients", Clients: true, Setup: twoPools(),
			Sentence: "A client is in the list of its pool alone. UpdateClient with another pool returns a ResourceNotFoundException, and changes nothing.",
			check: func(e *env) {
				created := e.client(e.webClient())
				change := created.Clone()
				change.UserPoolID, change.Name = e.other, "app"
				_, err := e.Fixture.Clients.UpdateClient(e.ctx, change)
				refused(err, importjob.ErrResourceNotFound)
				sameClient(must(e.Fixture.Clients.Client(e.ctx, created.ID)), created)
				list, _, err := e.Fixture.Clients.Clients(e.ctx, e.other, importjob.Page{})
				ok("Clients", err)
				equal("the number of clients of the other pool", len(list), 0)
			}},
		{Name: "clients/delete", Kind: KindDocumented, Source: api("DeleteUserPoolClient"), Clients: true,
			Sentence: "A deleted client is not found and not listed. The others stay.",
			check: func(e *env) {
				one, two := e.client(e.webClient()), e.client(e.webClient())
				ok("DeleteClient", e.Fixture.Clients.DeleteClient(e.ctx, one.ID))
				allRefuse(e.ofClient(e.ctx, one.ID), withCode(importjob.ErrResourceNotFound))
				list, _, err := e.Fixture.Clients.Clients(e.ctx, e.pool, importjob.Page{})
				ok("Clients", err)
				equal("the number of clients", len(list), 1)
				sameClient(list[0], two)
			}},
		{Name: "clients/pages", Kind: KindContract, Source: "userpool.Clients", Clients: true, Setup: twoPools(),
			Sentence: "Clients are listed oldest first, in pages of the size that the caller asks for and of at most 60. A token of another pool, or one that no list gave, is refused.",
			check:    checkClientPages},
		{Name: "clients/unknown", Kind: KindDocumented, Source: noClient, Clients: true,
			Sentence: "Every method refuses a client that does not exist with a ResourceNotFoundException.",
			check: func(e *env) {
				allRefuse(e.ofClient(e.ctx, "1example23456789"), withCode(importjob.ErrResourceNotFound))
			}},
		{Name: "clients/unknown-pool", Kind: KindContract, Source: "userpool.Clients", Clients: true,
			Sentence: "CreateClient and Clients refuse a pool that does not exist with a ResourceNotFoundException.",
			check: func(e *env) {
				allRefuse(e.ofClients(e.ctx, unknownPool), withCode(importjob.ErrResourceNotFound))
			}},
		{Name: "clients/malformed", Kind: KindDocumented, Source: model, Clients: true,
			Sentence: "The name of a client has 1 to 128 letters, digits, white space and _+=,.@-; its ID has 1 to 128 letters, digits, _ and +; its secret has 24 to 64. No error contains a secret.",
			check: func(e *env) {
				for _, id := range []string{"", "two words", longName} {
					allRefuse(e.ofClient(e.ctx, id), withCode(importjob.ErrInvalidParameter))
				}
				allRefuse(e.ofClients(e.ctx, "no-underscore"), withCode(importjob.ErrInvalidParameter))
				for _, bad := range []userpool.Client{{}, {Name: longName}, {Name: "a/b"}, {Name: "web", Secret: "too-short-secret"}, {Name: "web", ID: "a b"}} {
					bad.UserPoolID = e.pool
					_, err := e.Fixture.Clients.CreateClient(e.ctx, bad)
					refused(err, importjob.ErrInvalidParameter)
					that(!strings.Contains(err.Error(), "too-short-secret"), "the error contains the secret")
				}
				e.client(userpool.Client{UserPoolID: e.pool, Name: longName[1:]})
			}},
		{Name: "clients/canceled", Kind: KindContract, Source: "userpool.Clients", Clients: true,
			Sentence: "Every method refuses a context that has ended, with the context's cause, and changes nothing.",
			check: func(e *env) {
				created := e.client(e.webClient())
				ctx, cause := e.ended()
				allRefuse(append(e.ofClient(ctx, created.ID), e.ofClients(ctx, e.pool)...), withCause(cause))
				sameClient(must(e.Fixture.Clients.Client(e.ctx, created.ID)), created)
			}},
		{Name: "clients/snapshots", Kind: KindContract, Source: "userpool.Clients", Clients: true,
			Sentence: "A caller that changes a client that it gave, or that was returned, does not change the stored client.",
			check: func(e *env) {
				given := e.webClient()
				created := e.client(given)
				want := created.Clone()
				for _, c := range []userpool.Client{given, created, must(e.Fixture.Clients.Client(e.ctx, created.ID))} {
					clear(c.ExplicitAuthFlows)
					clear(c.Settings)
				}
				sameClient(must(e.Fixture.Clients.Client(e.ctx, created.ID)), want)
			}},
	}
}

func checkClientPages(e *env) {
	var ids []string
	for range 65 {
		ids = append(ids, e.client(userpool.Client{UserPoolID: e.pool, Name: "web"}).ID)
	}
	list := func(size int, token string) ([]userpool.Client, string, error) {
		return e.Fixture.Clients.Clients(e.ctx, e.pool, importjob.Page{MaxResults: size, Token: token})
	}
	for _, size := range []int{1, 7, 60, 0} {
		most := 60
		if size > 0 {
			most = size
		}
		var got []string
		for _, c := range pages(func(token string) ([]userpool.Client, string, error) {
			clients, next, err := list(size, token)
			that(len(clients) <= most, "a page of %d has %d clients", size, len(clients))
			return clients, next, err
		}) {
			got = append(got, c.ID)
		}
		equalLists("the clients", got, ids)
	}
	_, token, err := list(1, "")
	ok("Clients", err)
	_, _, err = list(61, "")
	refused(err, importjob.ErrInvalidParameter)
	_, _, err = list(1, "x")
	refused(err, importjob.ErrInvalidParameter)
	_, _, err = e.Fixture.Clients.Clients(e.ctx, e.other, importjob.Page{Token: token})
	refused(err, importjob.ErrInvalidParameter)
}
