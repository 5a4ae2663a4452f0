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

// AddUser does not check the values of attributes.
func (a *account) AddUser(_ context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	u, set, err := a.members(userPoolID)
	if err != nil {
		return userpool.User{}, err
	}
	if err := cmp.Or(set.checkUsername(user.Username), checkAttributes(user.Attributes, set.Schema)); err != nil {
		return userpool.User{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch number, found := a.find(u, set, user.Username); found {
	case present:
		return userpool.User{}, usernameExists()
	case expected:
		if !a.skipExpected(u, number) {
			return userpool.User{}, usernameExists()
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
	if next, ok := a.nextRow(u); ok {
		u.insert(next)
	} else {
		u.append(1)
	}
	return user, nil
}

// usernameExists has the service's text.
//
// Source: https://github.com/localstack/localstack/issues/4465
func usernameExists() error {
	return &importjob.Error{Code: userpool.ErrUsernameExists, Message: "User account already exists"}
}

// checkAttributes returns an error for an attribute that the schema does not have, that is listed twice, or that
// is the sub.
func checkAttributes(attributes userpool.Attributes, schema importjob.Schema) error {
	seen := map[string]bool{}
	for name := range attributes.All() {
		if name == "sub" {
			return refuse("Attribute sub cannot be set: the user pool chooses it. Remove it.")
		}
		if seen[name] {
			return refuse("Attribute " + name + " is listed twice. Remove one.")
		}
		seen[name] = true
		if !slices.ContainsFunc(schema, func(s importjob.SchemaAttribute) bool { return s.Name == name }) {
			return refuse("The user pool has no attribute " + name + ". Remove it, or add it to the schema of the pool.")
		}
	}
	return nil
}

// skipExpected makes a job skip the row of an expected user. It returns false, and changes nothing, if the job has
// imported the row in the meantime.
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

// nextRow returns the number of the row that an active job reads next. It returns false if no job is active.
func (a *account) nextRow(u *users) (uint32, bool) {
	if len(u.order) == 0 {
		return 0, false
	}
	last := u.order[len(u.order)-1]
	s, _ := u.segment(last.from)
	if s.run == nil || last.from == last.to {
		return 0, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	next := s.base + uint32(s.run.done(a.now(), &a.opts))
	return next, next < last.to
}

func (a *account) User(_ context.Context, ref userpool.Ref) (user userpool.User, err error) {
	u, set, err := a.members(ref.UserPoolID)
	if err != nil {
		return user, err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	number, presence := a.find(u, set, ref.Username)
	found := presence == present
	if !found {
		number, found = a.findOther(u, set, ref.Username)
	}
	if !found {
		// Source: https://github.com/aws/aws-sdk-java/issues/2005
		return user, &importjob.Error{Code: userpool.ErrUserNotFound, Message: "User does not exist."}
	}
	a.user(u, set, number, &user)
	return user, nil
}

// Users returns the page that starts at the user number in the token. A token is <pool>#<number>. (A13)
func (a *account) Users(_ context.Context, userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	u, set, err := a.members(userPoolID)
	if err != nil {
		return nil, "", err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	from := u.first()
	if page.Token != "" {
		text, ok := strings.CutPrefix(page.Token, userPoolID+"#")
		number, err := strconv.ParseUint(text, 10, 32)
		if !ok || err != nil || number >= uint64(u.total) {
			return nil, "", badToken()
		}
		from = uint32(number)
	}
	most := pageSize(page, maxPage)
	list := make([]userpool.User, 0, min(most, int(u.total)))
	for number := range a.present(u, from) {
		if len(list) == most {
			return list, userPoolID + "#" + strconv.FormatUint(uint64(number), 10), nil
		}
		list = append(list, userpool.User{})
		a.user(u, set, number, &list[len(list)-1])
	}
	return list, "", nil
}

func (a *account) CountUsers(_ context.Context, userPoolID string) (int64, error) {
	u, _, err := a.members(userPoolID)
	if err != nil {
		return 0, err
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
