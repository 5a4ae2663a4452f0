package memory

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

func (a *account) Pool(_ context.Context, userPoolID string) (importjob.Pool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.pool(userPoolID)
	if err != nil {
		return importjob.Pool{}, err
	}
	return p.settings.Pool.Clone(), nil
}

// begin is what comes before every method of Directory.
func begin(ctx context.Context, op importjob.Op, userPoolID string, invalid error) error {
	if ctx.Err() != nil {
		invalid = context.Cause(ctx)
	}
	return backend.Wrap(op, importjob.Ref{UserPoolID: userPoolID}, invalid)
}

// CreatePool makes a pool. An empty ID becomes the Region and nine characters, an empty Name the
// ID. [importjob.ErrInvalidParameter] when a pool has the ID already.
func (c *Cognito) CreatePool(ctx context.Context, pool importjob.Pool) (importjob.Pool, error) {
	created, err := c.account.createPool(ctx, pool.Clone())
	if err != nil {
		return importjob.Pool{}, backend.Wrap(importjob.OpCreatePool, importjob.Ref{UserPoolID: pool.ID}, err)
	}
	return created.Clone(), nil
}

func (a *account) createPool(ctx context.Context, set importjob.Pool) (importjob.Pool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if set.ID == "" {
		set.ID = a.opts.Region + "_" + a.ids.text(9)
	}
	if set.Name == "" {
		set.Name = set.ID
	}
	if set.Schema == nil {
		set.Schema = importjob.ClassicSchema()
	}
	if set.MFA == "" {
		set.MFA = importjob.MFAOff
	}
	if err := begin(ctx, importjob.OpCreatePool, set.ID, set.Validate()); err != nil {
		return importjob.Pool{}, err
	}
	if a.pools[set.ID] != nil {
		return importjob.Pool{}, refuse("User pool " + set.ID + " already exists.")
	}
	a.serial++
	p := &pool{
		settings: settings{Pool: set},
		byID:     map[string]*job{},
		users:    &users{serial: a.serial, catchUp: func() {}},
	}
	a.pools[set.ID] = p
	a.order = append(a.order, p)
	return set, nil
}

func refuse(message string) error {
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: message}
}

// UpdatePool replaces the settings of a pool. What cannot change after creation, as at the
// service: CaseSensitive, UsernameAttributes, AliasAttributes, and the attributes in the schema;
// custom attributes can be added. An empty Schema or Name stays as it was.
func (c *Cognito) UpdatePool(ctx context.Context, pool importjob.Pool) error {
	set := pool.Clone()
	if err := begin(ctx, importjob.OpUpdatePool, pool.ID, backend.ValidateUserPoolID(pool.ID)); err != nil {
		return err
	}
	return backend.Wrap(importjob.OpUpdatePool, importjob.Ref{UserPoolID: pool.ID}, c.account.updatePool(set))
}

func (a *account) updatePool(set importjob.Pool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.idle(set.ID)
	if err != nil {
		return err
	}
	old := p.settings
	if set.Schema == nil {
		set.Schema = old.Schema
	}
	if set.Name == "" {
		set.Name = old.Name
	}
	if set.MFA == "" {
		set.MFA = importjob.MFAOff
	}
	if err := set.Validate(); err != nil {
		return err
	}
	if set.CaseSensitive != old.CaseSensitive || !slices.Equal(set.UsernameAttributes, old.UsernameAttributes) ||
		!slices.Equal(set.AliasAttributes, old.AliasAttributes) {
		return refuse("CaseSensitive, UsernameAttributes and AliasAttributes cannot change after the pool was created.")
	}
	for _, attribute := range old.Schema {
		if !slices.Contains(set.Schema, attribute) {
			return refuse("Attribute " + attribute.Name + " cannot be changed or removed.")
		}
	}
	for _, attribute := range set.Schema {
		if !slices.Contains(old.Schema, attribute) && !strings.Contains(attribute.Name, "custom:") {
			return refuse("Only custom attributes can be added; " + attribute.Name + " is none.")
		}
	}
	p.settings = settings{Pool: set, version: old.version + 1}
	return nil
}

// idle finds a pool in which no import runs. account.mu is held.
func (a *account) idle(userPoolID string) (*pool, error) {
	p, err := a.pool(userPoolID)
	if err != nil {
		return nil, err
	}
	if a.active != nil && a.active.pool == p && a.active.busy(a.now(), &a.opts) {
		return nil, &importjob.Error{Code: importjob.ErrUserImportInProgress,
			Message: "A user import job is in progress in user pool " + userPoolID + "."} // A15
	}
	return p, nil
}

// DeletePool deletes a pool with its jobs and users.
func (c *Cognito) DeletePool(ctx context.Context, userPoolID string) error {
	if err := begin(ctx, importjob.OpDeletePool, userPoolID, backend.ValidateUserPoolID(userPoolID)); err != nil {
		return err
	}
	a := c.account
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.idle(userPoolID)
	if err != nil {
		return backend.Wrap(importjob.OpDeletePool, importjob.Ref{UserPoolID: userPoolID}, err)
	}
	delete(a.pools, userPoolID)
	a.order = slices.DeleteFunc(a.order, func(other *pool) bool { return other == p })
	if a.active != nil && a.active.pool == p {
		a.active = nil // or it would keep the users
	}
	return nil
}

// maxPage is the most pools or users that a page holds.
const maxPage = 60

// Pools returns a page of the pools, in order of creation.
func (c *Cognito) Pools(ctx context.Context, page importjob.Page) ([]importjob.Pool, string, error) {
	if err := begin(ctx, importjob.OpPools, "", backend.ValidatePage(page)); err != nil {
		return nil, "", err
	}
	a := c.account
	a.mu.Lock()
	defer a.mu.Unlock()
	from := 0
	if page.Token != "" {
		serial, err := strconv.ParseUint(page.Token, 10, 64)
		if err != nil {
			return nil, "", backend.Wrap(importjob.OpPools, importjob.Ref{}, badToken())
		}
		for from < len(a.order) && a.order[from].users.serial <= serial {
			from++ // the last of the page before may have been deleted
		}
	}
	to := min(len(a.order), from+pageSize(page, maxPage))
	pools := make([]importjob.Pool, 0, to-from)
	for _, p := range a.order[from:to] {
		pools = append(pools, p.settings.Pool.Clone())
	}
	if to == len(a.order) {
		return pools, "", nil
	}
	return pools, strconv.FormatUint(a.order[to-1].users.serial, 10), nil
}
