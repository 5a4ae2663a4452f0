package memory

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// change is what an administrator has changed of a user: how it differs from the row of the file, or from what AddUser
// was given. Only a user that was changed has one, so that the others take no memory for it.
type change struct {
	deleted    bool
	disabled   bool
	status     userpool.Status      // "" for the old one
	attributes []userpool.Attribute // all of them; nil for the old ones
	modified   time.Time            // the LastModifiedDate
	claimed    map[string]uint64    // by attribute, when the user got it to sign in with; only later than the user came
	groups     []*group             // sorted by name
	credential *credential
}

// change returns the change of a user, to be written. The caller holds users.mu for writing.
func (u *users) change(number uint32) *change {
	c := u.changes[number]
	if c == nil {
		c = &change{}
		if u.changes == nil {
			u.changes = map[uint32]*change{}
		}
		u.changes[number] = c
	}
	return c
}

// isDeleted reports whether a user has been deleted. The caller holds users.mu.
func (u *users) isDeleted(number uint32) bool {
	if u.deleted == 0 {
		return false
	}
	c := u.changes[number]
	return c != nil && c.deleted
}

// apply changes a user as it was stored into the user as it is now.
func (c *change) apply(user *userpool.User) {
	if c == nil {
		return
	}
	user.Disabled = user.Disabled || c.disabled
	if c.status != "" {
		user.Status = c.status
	}
	if c.attributes != nil {
		user.Attributes = userpool.NewAttributes(c.attributes...)
	}
	if !c.modified.IsZero() {
		user.LastModifiedDate = c.modified
	}
}

// edit calls do with the number of a user and its change, which do may write.
func (a *account) edit(ref userpool.Ref, do func(u *users, set settings, number uint32) error) error {
	u, set, err := a.members(ref.UserPoolID)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	number, err := a.number(u, set, ref.Username)
	if err != nil {
		return err
	}
	return do(u, set, number)
}

func (a *account) UpdateUser(_ context.Context, ref userpool.Ref, attributes []userpool.Attribute) error {
	return a.edit(ref, func(u *users, set settings, number uint32) error {
		if err := set.checkUpdate(attributes); err != nil {
			return err
		}
		list := set.merge(a.attributes(u, number), attributes)
		updated := userpool.NewAttributes(list...)
		if err := set.checkRequired(updated); err != nil {
			return err
		}
		losers := map[uint32][]userpool.Attribute{}
		aliases := set.newAliases(updated, attributes)
		err := a.checkAliases(u, set, updated, aliases, number, func(other uint32, alias string) {
			losers[other] = append(losers[other], userpool.Attribute{Name: alias + "_verified", Value: "false"})
		})
		if err != nil {
			return err
		}
		for other, lost := range losers {
			u.setAttributes(other, set.merge(a.attributes(u, other), lost), a.now())
		}
		freed := a.typedNames(u, set, number)
		u.setAttributes(number, list, a.now())
		a.claim(u, set, number, aliases)
		for _, name := range a.typedNames(u, set, number) {
			u.index.addOnce(set.tag(name), number)
			a.skipRow(u, set, name)
		}
		for _, name := range freed {
			a.unskipRow(u, set, name)
		}
		return nil
	})
}

// setAttributes replaces the attributes of a user. The caller holds users.mu for writing.
func (u *users) setAttributes(number uint32, list []userpool.Attribute, now time.Time) {
	c := u.change(number)
	c.attributes, c.modified = list, now
}

// merge returns the old attributes with the new values. An empty value removes the attribute. An e-mail address or phone
// number that changes alone is no longer verified (A74). Booleans are stored in lower case (A48).
func (s settings) merge(old userpool.Attributes, changes []userpool.Attribute) []userpool.Attribute {
	list := append([]userpool.Attribute{}, slices.Collect(listed(old))...) // not nil
	changes = slices.Clone(changes)
	for _, attribute := range changes {
		verified := attribute.Name + "_verified"
		says := func(other userpool.Attribute) bool { return other.Name == verified }
		if isVerified(old, attribute.Name) && old.Value(attribute.Name) != attribute.Value && !slices.ContainsFunc(changes, says) {
			changes = append(changes, userpool.Attribute{Name: verified, Value: "false"})
		}
	}
	for _, attribute := range changes {
		if i := s.schemaIndex(attribute.Name); i >= 0 && s.Schema[i].Type == importjob.TypeBoolean {
			attribute.Value = strings.ToLower(attribute.Value)
		}
		is := func(other userpool.Attribute) bool { return other.Name == attribute.Name }
		switch i := slices.IndexFunc(list, is); {
		case attribute.Value == "":
			list = slices.DeleteFunc(list, is)
		case i < 0:
			list = append(list, attribute)
		default:
			list[i] = attribute
		}
	}
	return list
}

// listed iterates over attributes.
func listed(attributes userpool.Attributes) iter.Seq[userpool.Attribute] {
	return func(yield func(userpool.Attribute) bool) {
		for name, value := range attributes.All() {
			if !yield(userpool.Attribute{Name: name, Value: value}) {
				return
			}
		}
	}
}

func (a *account) DisableUser(_ context.Context, ref userpool.Ref) error {
	return a.setDisabled(ref, true)
}
func (a *account) EnableUser(_ context.Context, ref userpool.Ref) error {
	return a.setDisabled(ref, false)
}

func (a *account) setDisabled(ref userpool.Ref, disabled bool) error {
	return a.edit(ref, func(u *users, set settings, number uint32) error {
		var user userpool.User
		if a.user(u, set, number, &user); user.Disabled == disabled {
			return nil
		}
		c := u.change(number)
		c.disabled, c.modified = disabled, a.now()
		if s, place := u.segment(number); s.run == nil {
			s.added[place].Disabled = false // from now on the change has it
		}
		return nil
	})
}

func (a *account) DeleteUser(_ context.Context, ref userpool.Ref) error {
	return a.edit(ref, func(u *users, set settings, number uint32) error {
		names := append(a.typedNames(u, set, number), a.nameOf(u, number))
		c := u.change(number)
		for _, g := range c.groups {
			g.remove(number)
		}
		*c = change{deleted: true}
		u.deleted++
		s, place := u.segment(number)
		s.deleted++
		if s.run == nil {
			s.added[place] = userpool.User{} // so that the garbage collector can free it
		} else {
			a.dropDeleted(s)
		}
		for _, name := range names {
			a.unskipRow(u, set, name)
		}
		return nil
	})
}

// dropDeleted lets the text of a run go if all its users have been deleted. Users that a caller got before still read
// their attributes from it, so the run gets another file, and nothing changes in the old one.
func (a *account) dropDeleted(s *segment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := s.run
	now := a.now()
	status, _, _ := r.status(r.look(now), &a.opts)
	imported, _, _ := r.counts(r.done(now, &a.opts))
	if status.Done() && int64(s.deleted) == imported {
		left := *r.file
		left.data = text{}
		r.file = &left
	}
}
