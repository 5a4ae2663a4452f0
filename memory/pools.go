package memory

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
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

// CreatePool fills in the settings that the caller leaves empty.
func (a *account) CreatePool(_ context.Context, set userpool.Pool) (userpool.Pool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	set = set.Clone()
	for set.ID == "" {
		if id := a.opts.Region + "_" + a.ids.text(9); a.pools[id] == nil {
			set.ID = id
		}
	}
	if a.pools[set.ID] != nil {
		return userpool.Pool{}, refuse("User pool " + set.ID + " already exists: choose another ID, or leave it empty.")
	}
	set.Name = cmp.Or(set.Name, set.ID)
	set.Schema = cmpSchema(set.Schema, importjob.ClassicSchema())
	set.MFA = cmp.Or(set.MFA, importjob.MFAOff)
	set.CreationDate = a.now()
	set.LastModifiedDate = set.CreationDate
	a.serial++
	p := &pool{
		settings: settings{Pool: set},
		serial:   a.serial,
		ids:      a.ids.ofPool(set.ID, a.made[set.ID]),
		byID:     map[string]*job{},
		uploads:  &a.uploads,
	}
	p.users = &users{ids: p.ids, updateIndex: func() {}}
	a.made[set.ID]++
	a.pools[set.ID] = p
	a.order = append(a.order, p)
	return set.Clone(), nil
}

// cmpSchema returns the first schema that is not nil.
func cmpSchema(schema, otherwise importjob.Schema) importjob.Schema {
	if schema == nil {
		return otherwise
	}
	return schema
}

// refuse returns an ErrInvalidParameter with a message of our own. (A15)
func refuse(message string) error {
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: message}
}

func (a *account) UpdatePool(_ context.Context, set userpool.Pool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	set = set.Clone()
	p, err := a.idle(set.ID)
	if err != nil {
		return err
	}
	old := p.settings
	set.Schema = cmpSchema(set.Schema, old.Schema)
	set.Name = cmp.Or(set.Name, old.Name)
	set.MFA = cmp.Or(set.MFA, importjob.MFAOff)
	set.CreationDate, set.LastModifiedDate = old.CreationDate, a.now()
	if set.CaseInsensitive != old.CaseInsensitive || !slices.Equal(set.UsernameAttributes, old.UsernameAttributes) ||
		!slices.Equal(set.AliasAttributes, old.AliasAttributes) {
		return refuse("CaseInsensitive, UsernameAttributes and AliasAttributes cannot change after the pool was created: create another pool.")
	}
	for _, attribute := range old.Schema {
		if !slices.Contains(set.Schema, attribute) {
			return refuse("Attribute " + attribute.Name + " cannot be changed or removed.")
		}
	}
	for _, attribute := range set.Schema {
		custom := strings.HasPrefix(strings.TrimPrefix(attribute.Name, "dev:"), "custom:")
		if !custom && !slices.Contains(old.Schema, attribute) {
			return refuse("Only custom attributes, such as custom:role, can be added. " + attribute.Name + " is not one.")
		}
	}
	p.settings = settings{Pool: set, version: old.version + 1}
	return nil
}

// idle returns the pool with an ID. It returns an error while a job is active in the pool. The caller holds
// account.mu.
func (a *account) idle(userPoolID string) (*pool, error) {
	p, err := a.pool(userPoolID)
	if err != nil {
		return nil, err
	}
	if a.active != nil && a.active.pool == p && a.active.busy(a.now(), &a.opts) {
		return nil, &importjob.Error{Code: userpool.ErrUserImportInProgress,
			Message: "A user import job is in progress in user pool " + userPoolID + ": wait until it has ended, or stop it."} // A15
	}
	return p, nil
}

func (a *account) DeletePool(_ context.Context, userPoolID string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.idle(userPoolID)
	if err != nil {
		return err
	}
	for _, j := range p.jobs {
		j.setFile(nil)
	}
	for _, c := range p.clients {
		delete(a.clients, c.ID)
	}
	delete(a.pools, userPoolID)
	a.order = slices.DeleteFunc(a.order, func(other *pool) bool { return other == p })
	if a.active != nil && a.active.pool == p {
		a.active = nil // so that the garbage collector can free the users
	}
	return nil
}

func (a *account) DescribePool(_ context.Context, userPoolID string) (userpool.Pool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.pool(userPoolID)
	if err != nil {
		return userpool.Pool{}, err
	}
	return p.settings.Pool.Clone(), nil
}

// maxPage is the maximum number of pools or users in a page.
const maxPage = 60

// Pools returns the page that starts after the pool with the serial number in the token. (A13)
func (a *account) Pools(_ context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	from := 0
	if page.Token != "" {
		serial, err := strconv.ParseUint(page.Token, 10, 64)
		if err != nil {
			return nil, "", badToken()
		}
		for from < len(a.order) && a.order[from].serial <= serial {
			from++ // a search by serial works even if that pool has been deleted
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
