package memory

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// client is an app client. account.mu guards it.
type client struct {
	userpool.Client
	serial uint64 // a newer client of the account has a higher one
}

// client returns a client by ID. The caller holds account.mu.
func (a *account) client(id string) (*client, error) {
	if c, ok := a.clients[id]; ok {
		return c, nil
	}
	return nil, noClient(id)
}

// noClient has the service's text.
//
// Source: https://github.com/aws-amplify/amplify-js/issues/1442
func noClient(id string) error {
	return &importjob.Error{Code: importjob.ErrResourceNotFound, Message: "User pool client " + id + " does not exist."}
}

func (a *account) CreateClient(_ context.Context, set userpool.Client) (userpool.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.pool(set.UserPoolID)
	if err != nil {
		return userpool.Client{}, err
	}
	for set.ID == "" {
		if id := p.ids.base32(26); a.clients[id] == nil {
			set.ID = id
		}
	}
	if a.clients[set.ID] != nil {
		return userpool.Client{}, refuse("Client " + set.ID + " already exists: choose another ID, or leave it empty.")
	}
	set.CreationDate = a.now()
	set.LastModifiedDate = set.CreationDate
	a.serial++
	c := &client{Client: set.Clone(), serial: a.serial}
	a.clients[set.ID] = c
	p.clients = append(p.clients, c)
	return c.Clone(), nil
}

func (a *account) UpdateClient(_ context.Context, set userpool.Client) (userpool.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, err := a.client(set.ID)
	if err != nil {
		return userpool.Client{}, err
	}
	if c.UserPoolID != set.UserPoolID {
		return userpool.Client{}, noClient(set.ID)
	}
	set = set.Clone()
	set.Secret, set.CreationDate, set.LastModifiedDate = c.Secret, c.CreationDate, a.now()
	c.Client = set
	return c.Clone(), nil
}

func (a *account) Client(_ context.Context, clientID string) (userpool.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, err := a.client(clientID)
	if err != nil {
		return userpool.Client{}, err
	}
	return c.Clone(), nil
}

// Clients returns the page that starts after the client with the serial number in the token. A token is
// <pool>#client#<serial>. (A13)
func (a *account) Clients(_ context.Context, userPoolID string, page importjob.Page) ([]userpool.Client, string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.pool(userPoolID)
	if err != nil {
		return nil, "", err
	}
	from := 0
	if page.Token != "" {
		text, ok := strings.CutPrefix(page.Token, userPoolID+"#client#")
		serial, err := strconv.ParseUint(text, 10, 64)
		if !ok || err != nil || serial > a.serial {
			return nil, "", badToken()
		}
		for from < len(p.clients) && p.clients[from].serial <= serial {
			from++
		}
	}
	to := min(len(p.clients), from+pageSize(page, maxPage))
	list := make([]userpool.Client, 0, to-from)
	for _, c := range p.clients[from:to] {
		list = append(list, c.Clone())
	}
	if to == len(p.clients) {
		return list, "", nil
	}
	return list, userPoolID + "#client#" + strconv.FormatUint(p.clients[to-1].serial, 10), nil
}

func (a *account) DeleteClient(_ context.Context, clientID string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, err := a.client(clientID)
	if err != nil {
		return err
	}
	delete(a.clients, clientID)
	p := a.pools[c.UserPoolID]
	p.clients = slices.DeleteFunc(p.clients, func(other *client) bool { return other == c })
	return nil
}
