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

func (a *account) AddUser(_ context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	u, set, err := a.members(userPoolID)
	if err != nil {
		return userpool.User{}, err
	}
	if err := set.checkUsername(user.Username); err != nil {
		return userpool.User{}, err
	}
	if err := set.checkValues(user.Attributes); err != nil {
		return userpool.User{}, err
	}
	user.Attributes = set.newAttributes(user)
	if err := set.checkRequired(user.Attributes); err != nil {
		return userpool.User{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := a.checkFree(u, set, user); err != nil {
		return userpool.User{}, err
	}
	number := u.total
	user.Sub = u.ids.sub(number)
	if len(set.UsernameAttributes) > 0 {
		user.Username = user.Sub
	}
	user.CreateDate = a.now()
	user.LastModifiedDate = user.CreateDate
	user.Status = cmp.Or(user.Status, userpool.StatusForceChangePassword)
	if last := len(u.segments) - 1; last < 0 || u.segments[last].run != nil {
		u.segments = append(u.segments, segment{base: number})
	}
	s := &u.segments[len(u.segments)-1]
	s.added = append(s.added, user)
	u.index.addOnce(set.tag(user.Username), number)
	next, running := a.nextRow(u)
	if running {
		a.claim(u, set, number, set.signInAttributes()) // before the rows of the job
		u.insert(next)
	} else {
		u.append(1)
	}
	for _, name := range a.typedNames(u, set, number) {
		u.index.addOnce(set.tag(name), number)
		a.skipRow(u, set, name)
	}
	return user, nil
}

// newAttributes returns the attributes of a new user as the pool stores them.
func (s settings) newAttributes(user userpool.User) userpool.Attributes {
	list := slices.Collect(listed(user.Attributes))
	if attribute := s.usernameAttribute(user.Username); attribute != "" {
		list = append(list, userpool.Attribute{Name: attribute, Value: user.Username}) // the last one counts
	}
	return userpool.NewAttributes(s.merge(userpool.Attributes{}, list)...)
}

// checkFree returns an error if a new user would have the username or a verified alias of another user. A job skips the
// row of the username that it has not read yet.
func (a *account) checkFree(u *users, set settings, user userpool.User) error {
	number, found := a.find(u, set, user.Username)
	if found != present && len(set.UsernameAttributes) > 0 {
		if _, taken := a.findOther(u, set, user.Username); taken {
			found = present
		}
	}
	if found == present {
		return usernameExists()
	}
	aliases := set.newAliases(user.Attributes, slices.Collect(listed(user.Attributes)))
	if err := a.checkAliases(u, set, user.Attributes, aliases, u.total, nil); err != nil {
		return err
	}
	if found == expected && !a.skipExpected(u, number) {
		return usernameExists()
	}
	return nil
}

// usernameExists has the service's text.
//
// Source: https://github.com/localstack/localstack/issues/4465
func usernameExists() error {
	return &importjob.Error{Code: userpool.ErrUsernameExists, Message: "User account already exists"}
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

// skipRow makes a job skip the row, if it has not read it yet, whose username is name.
func (a *account) skipRow(u *users, set settings, name string) {
	u.updateIndex()
	u.index.find(set.tag(name), func(number uint32) bool {
		if a.hasName(u, set, number, name) && a.mayCome(u, number) {
			a.skipExpected(u, number) // it does nothing to a user who is present
		}
		return false
	})
}

// unskipRow makes a job import a row that it would have skipped, if it has not read it yet and its username is now free:
// the job looks for the user when it reads the row (A45).
func (a *account) unskipRow(u *users, set settings, name string) {
	next, ok := a.nextRow(u)
	if !ok {
		return
	}
	if _, found := a.find(u, set, name); found != absent {
		return
	}
	s, row := u.segment(next)
	for _, bad := range s.run.bad[s.run.badBefore(row):] {
		if bad.outcome != importjob.RowSkipped || !set.same(s.run.file.name(int(bad.row)), name) {
			continue
		}
		a.mu.Lock()
		s.run.unskip(int(bad.row))
		a.mu.Unlock()
		a.indexRow(u, set, s, int(bad.row))
		return
	}
}

// indexRow adds the user of a row to the indexes, from which a row was left out that would have been skipped.
func (a *account) indexRow(u *users, set settings, s *segment, row int) {
	number := s.base + uint32(row)
	u.index.addOnce(set.tag(s.run.file.name(row)), number)
	if a.subAsUsername(set) {
		u.index.addOnce(set.tag(u.ids.sub(number)), number)
	}
	u.aliases.mu.Lock()
	defer u.aliases.mu.Unlock()
	if number < u.aliases.upto {
		a.indexAliasesOf(u, set, number)
	}
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
	number, err := a.number(u, set, ref.Username)
	if err != nil {
		return user, err
	}
	a.user(u, set, number, &user)
	return user, nil
}

// number returns the number of the user with a name. The caller holds users.mu.
func (a *account) number(u *users, set settings, name string) (uint32, error) {
	number, presence := a.find(u, set, name)
	found := presence == present
	if !found {
		number, found = a.findOther(u, set, name)
	}
	if !found {
		// Source: https://github.com/aws/aws-sdk-java/issues/2005
		return 0, &importjob.Error{Code: userpool.ErrUserNotFound, Message: "User does not exist."}
	}
	return number, nil
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
		count += int64(len(s.added) - s.deleted)
		if s.run != nil {
			imported, _, _ := s.run.counts(s.run.done(now, &a.opts))
			count += imported
		}
	}
	return count, nil
}
