package memory

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

func (a *account) Pool(_ context.Context, userPoolID string) (importjob.Pool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.pool(userPoolID)
	if err != nil {
		return importjob.Pool{}, err
	}
	return p.settings.Pool.Pool.Clone(), nil
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
func (c *Cognito) CreatePool(ctx context.Context, pool userpool.Pool) (userpool.Pool, error) {
	created, err := c.account.createPool(ctx, pool.Clone())
	if err != nil {
		return userpool.Pool{}, backend.Wrap(userpool.OpCreatePool, importjob.Ref{UserPoolID: pool.ID}, err)
	}
	return created.Clone(), nil
}

func (a *account) createPool(ctx context.Context, set userpool.Pool) (userpool.Pool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	set.Schema = cmpSchema(set.Schema, importjob.ClassicSchema())
	set.MFA = cmp.Or(set.MFA, importjob.MFAOff)
	checked := set.Pool
	checked.ID = cmp.Or(set.ID, a.opts.Region+"_000000000")
	checked.Name = cmp.Or(set.Name, checked.ID)
	if err := begin(ctx, userpool.OpCreatePool, set.ID, checked.Validate()); err != nil {
		return userpool.Pool{}, err
	}
	for set.ID == "" { // drawn last, so that a refused call draws none
		if id := a.opts.Region + "_" + a.ids.text(9); a.pools[id] == nil {
			set.ID = id
		}
	}
	set.Name = cmp.Or(set.Name, set.ID)
	if a.pools[set.ID] != nil {
		return userpool.Pool{}, refuse("User pool " + set.ID + " already exists.")
	}
	set.CreationDate = a.now()
	set.LastModifiedDate = set.CreationDate
	a.serial++
	p := &pool{
		settings: settings{Pool: set},
		serial:   a.serial,
		ids:      a.ids.ofPool(set.ID, a.made[set.ID]),
		byID:     map[string]*job{},
	}
	p.users = &users{ids: p.ids, catchUp: func() {}}
	a.made[set.ID]++
	a.pools[set.ID] = p
	a.order = append(a.order, p)
	return set, nil
}

// cmpSchema returns the first schema that is not nil.
func cmpSchema(schema, otherwise importjob.Schema) importjob.Schema {
	if schema == nil {
		return otherwise
	}
	return schema
}

func refuse(message string) error {
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: message}
}

// UpdatePool replaces the settings of a pool. What cannot change after creation, as at the
// service: CaseInsensitive, UsernameAttributes, AliasAttributes, and the attributes in the schema;
// custom attributes can be added. An empty Schema or Name stays as it was.
func (c *Cognito) UpdatePool(ctx context.Context, pool userpool.Pool) error {
	set := pool.Clone()
	if err := begin(ctx, userpool.OpUpdatePool, pool.ID, backend.ValidateUserPoolID(pool.ID)); err != nil {
		return err
	}
	return backend.Wrap(userpool.OpUpdatePool, importjob.Ref{UserPoolID: pool.ID}, c.account.updatePool(set))
}

func (a *account) updatePool(set userpool.Pool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.idle(set.ID)
	if err != nil {
		return err
	}
	old := p.settings
	set.Schema = cmpSchema(set.Schema, old.Schema)
	set.Name = cmp.Or(set.Name, old.Name)
	set.MFA = cmp.Or(set.MFA, importjob.MFAOff)
	set.CreationDate, set.LastModifiedDate = old.CreationDate, a.now()
	if err := set.Validate(); err != nil {
		return err
	}
	if set.CaseInsensitive != old.CaseInsensitive || !slices.Equal(set.UsernameAttributes, old.UsernameAttributes) ||
		!slices.Equal(set.AliasAttributes, old.AliasAttributes) {
		return refuse("CaseInsensitive, UsernameAttributes and AliasAttributes cannot change after the pool was created.")
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
		return nil, &importjob.Error{Code: userpool.ErrUserImportInProgress,
			Message: "A user import job is in progress in user pool " + userPoolID + "."} // A15
	}
	return p, nil
}

// DeletePool deletes a pool with its jobs and users.
func (c *Cognito) DeletePool(ctx context.Context, userPoolID string) error {
	if err := begin(ctx, userpool.OpDeletePool, userPoolID, backend.ValidateUserPoolID(userPoolID)); err != nil {
		return err
	}
	a := c.account
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.idle(userPoolID)
	if err != nil {
		return backend.Wrap(userpool.OpDeletePool, importjob.Ref{UserPoolID: userPoolID}, err)
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
func (c *Cognito) Pools(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	if err := begin(ctx, userpool.OpPools, "", backend.ValidatePage(page)); err != nil {
		return nil, "", err
	}
	a := c.account
	a.mu.Lock()
	defer a.mu.Unlock()
	from := 0
	if page.Token != "" {
		serial, err := strconv.ParseUint(page.Token, 10, 64)
		if err != nil {
			return nil, "", backend.Wrap(userpool.OpPools, importjob.Ref{}, badToken())
		}
		for from < len(a.order) && a.order[from].serial <= serial {
			from++ // the last of the page before may have been deleted
		}
	}
	to := min(len(a.order), from+pageSize(page, maxPage))
	pools := make([]userpool.Pool, 0, to-from)
	for _, p := range a.order[from:to] {
		pools = append(pools, p.settings.Pool.Clone())
	}
	if to == len(a.order) {
		return pools, "", nil
	}
	return pools, strconv.FormatUint(a.order[to-1].serial, 10), nil
}
