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

// members returns the users of a pool and its settings.
func (a *account) members(userPoolID string) (*users, settings, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.pool(userPoolID)
	if err != nil {
		return nil, settings{}, err
	}
	return p.users, p.settings, nil
}

// AddUser adds one user, as an administrator does, without an invitation. A Sub is always given
// anew; the values of attributes are not judged. A row of a running job that has not been read yet and names the same user will be skipped.
func (c *Cognito) AddUser(ctx context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	ref := userpool.Ref{UserPoolID: userPoolID, Username: user.Username}
	if err := begin(ctx, userpool.OpAddUser, userPoolID, ref.Validate()); err != nil {
		return userpool.User{}, err
	}
	added, err := c.account.addUser(userPoolID, user)
	return added, backend.Wrap(userpool.OpAddUser, importjob.Ref{UserPoolID: userPoolID}, err)
}

func (a *account) addUser(userPoolID string, user userpool.User) (userpool.User, error) {
	u, set, err := a.members(userPoolID)
	if err != nil {
		return userpool.User{}, err
	}
	seen := map[string]bool{"sub": true} // which the pool gives
	for name := range user.Attributes.All() {
		if seen[name] {
			return userpool.User{}, refuse("Attribute " + name + " is there twice, or cannot be set.")
		}
		seen[name] = true
		if !slices.ContainsFunc(set.Schema, func(s importjob.SchemaAttribute) bool { return s.Name == name }) {
			return userpool.User{}, refuse("The user pool has no attribute " + name + ".")
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch number, standing := a.find(u, set, user.Username); standing {
	case present:
		return userpool.User{}, &importjob.Error{Code: userpool.ErrUsernameExists, Message: "User account already exists"}
	case expected:
		if !a.skipExpected(u, number) {
			return userpool.User{}, &importjob.Error{Code: userpool.ErrUsernameExists, Message: "User account already exists"}
		}
	}
	number := u.total
	user.Sub = u.ids.sub(number)
	user.CreateDate = a.now()
	user.LastModifiedDate = user.CreateDate
	if user.Status == "" {
		user.Status = userpool.StatusForceChangePassword
	}
	if last := len(u.segments) - 1; last < 0 || u.segments[last].run != nil {
		u.segments = append(u.segments, segment{base: number})
	}
	s := &u.segments[len(u.segments)-1]
	s.added = append(s.added, user)
	u.index.reserve(1)
	u.index.add(set.tag(user.Username), number)
	u.total++
	return user, nil
}

// forestall makes the row of an expected user a skipped one. It is false when the row has been
// imported meanwhile.
func (a *account) skipExpected(u *users, number uint32) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.presence(u, number) == present {
		return false
	}
	s, row := u.segment(number)
	s.run.skip(row)
	return true
}

// User returns one user. The first look-up after an import takes longer than others, since it makes
// the index of those users: about 20 ns for each of them.
func (c *Cognito) User(ctx context.Context, ref userpool.Ref) (user userpool.User, err error) {
	err = c.account.userByName(ref, &user)
	if err != nil || ctx.Err() != nil { // who is there has a name that is valid
		err = cmp.Or(begin(ctx, userpool.OpUser, ref.UserPoolID, ref.Validate()), err)
		return userpool.User{}, backend.Wrap(userpool.OpUser, importjob.Ref{UserPoolID: ref.UserPoolID}, err)
	}
	return user, nil
}

func (a *account) userByName(ref userpool.Ref, user *userpool.User) error {
	u, set, err := a.members(ref.UserPoolID)
	if err != nil {
		return err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	number, standing := a.find(u, set, ref.Username)
	if standing != present {
		return &importjob.Error{Code: userpool.ErrUserNotFound, Message: "User does not exist."}
	}
	a.user(u, set, number, user)
	return nil
}

// Users returns a page of a pool's users, in order of creation.
func (c *Cognito) Users(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	if err := begin(ctx, userpool.OpUsers, userPoolID, backend.ValidateList(userPoolID, page)); err != nil {
		return nil, "", err
	}
	list, next, err := c.account.usersPage(userPoolID, page)
	return list, next, backend.Wrap(userpool.OpUsers, importjob.Ref{UserPoolID: userPoolID}, err)
}

// usersPage starts a page at the number that its token names: <pool>#<number>. (A13)
func (a *account) usersPage(userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	u, set, err := a.members(userPoolID)
	if err != nil {
		return nil, "", err
	}
	var from uint64
	if page.Token != "" {
		number, ok := strings.CutPrefix(page.Token, userPoolID+"#")
		if from, err = strconv.ParseUint(number, 10, 32); !ok || err != nil {
			return nil, "", badToken()
		}
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	most := pageSize(page, maxPage)
	list := make([]userpool.User, 0, min(most, int(u.total)))
	for number := range a.present(u, uint32(from)) {
		if len(list) == most {
			return list, userPoolID + "#" + strconv.FormatUint(uint64(number), 10), nil
		}
		list = append(list, userpool.User{})
		a.user(u, set, number, &list[len(list)-1])
	}
	return list, "", nil
}

// CountUsers returns the number of users in a pool.
func (c *Cognito) CountUsers(ctx context.Context, userPoolID string) (int64, error) {
	if err := begin(ctx, userpool.OpUsers, userPoolID, backend.ValidateUserPoolID(userPoolID)); err != nil {
		return 0, err
	}
	a := c.account
	u, _, err := a.members(userPoolID)
	if err != nil {
		return 0, backend.Wrap(userpool.OpUsers, importjob.Ref{UserPoolID: userPoolID}, err)
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	var count int64
	for _, s := range u.segments {
		count += int64(len(s.added))
		if s.run != nil {
			imported, _, _ := s.run.counts(s.run.done(now, &a.opts))
			count += imported
		}
	}
	return count, nil
}
