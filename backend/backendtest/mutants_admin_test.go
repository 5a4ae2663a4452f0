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

// updates tells whether an update has an attribute.
func updates(name string) func(backend.UpdateUserInput) bool {
	return func(in backend.UpdateUserInput) bool {
		return slices.ContainsFunc(in.Attributes, func(a userpool.Attribute) bool { return a.Name == name })
	}
}

func adminMutants() []mutant {
	invalid := importjob.ErrInvalidParameter
	refuses := func(lie, name string) mutant {
		return mutant{lie: lie, kills: "admin/update-refused", does: taken(userpool.OpUpdateUser, invalid, nil, updates(name))}
	}
	adds := func(what string, such func(userpool.User) bool) mutant {
		return mutant{lie: "AddUser takes " + what, kills: "admin/add-attributes", does: taken(userpool.OpAddUser, invalid, userpool.User{Username: "ann"},
			func(in backend.AddUserInput) bool { return such(in.User) })}
	}
	has := func(name string) func(userpool.User) bool {
		return func(u userpool.User) bool { _, there := u.Attributes.Get(name); return there }
	}
	return []mutant{
		{lie: "an update does nothing", kills: "admin/update admin/update-added admin/new-email", does: ignored(userpool.OpUpdateUser, nil)},
		{lie: "an update replaces all attributes", kills: "admin/update", does: after(userpool.OpUpdateUser, func(ctx context.Context, c *memory.Cognito, call *backend.Call) error {
			in := call.Input().(backend.UpdateUserInput)
			u, _ := c.User(ctx, in.Ref)
			for name := range u.Attributes.All() {
				if !updates(name)(in) {
					_ = c.UpdateUser(ctx, in.Ref, []userpool.Attribute{{Name: name}})
				}
			}
			return nil
		})},
		{lie: "an empty value is stored", kills: "admin/update", tell: func(l *liar) {
			l.onUser = func(u *userpool.User) {
				if u.Attributes.Value("nickname") == "" {
					extra := append([]userpool.Attribute{{Name: "nickname"}}, list(u)...)
					u.Attributes = userpool.NewAttributes(extra...)
				}
			}
		}},
		refuses("an update takes attributes that are not in the schema", "custom:none"), refuses("an update takes a sub", "sub"),
		refuses("an update takes attributes that cannot change", "custom:fixed"), refuses("an update takes any e-mail address", "email"),
		refuses("an update takes any phone number", "phone_number"), refuses("an update takes any Boolean", "email_verified"),
		refuses("an update takes any birthdate", "birthdate"), refuses("an update removes required attributes", "name"),
		{lie: "an update that is refused is half done", kills: "admin/update-refused", does: func(c *memory.Cognito) backend.Interceptor {
			return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				err := next(ctx)
				if in, ok := call.Input().(backend.UpdateUserInput); ok && err != nil && len(in.Attributes) > 0 {
					_ = c.UpdateUser(ctx, in.Ref, in.Attributes[:1])
				}
				return err
			}
		}},
		{lie: "an update is not dated", kills: "admin/update-date", tell: everyUser(func(u *userpool.User) { u.LastModifiedDate = u.CreateDate })},
		{lie: "an update is a creation", kills: "admin/update-date", tell: everyUser(func(u *userpool.User) { u.CreateDate = u.LastModifiedDate })},
		{lie: "a new e-mail address is verified", kills: "admin/new-email", tell: attribute(func(name, value string) (string, string) {
			if name == "email_verified" {
				value = "true"
			}
			return name, value
		})},
		{lie: "the same e-mail address is not verified", kills: "admin/new-email", does: after(userpool.OpUpdateUser, func(ctx context.Context, c *memory.Cognito, call *backend.Call) error {
			in := call.Input().(backend.UpdateUserInput)
			if updates("email")(in) && !updates("email_verified")(in) {
				return c.UpdateUser(ctx, in.Ref, []userpool.Attribute{{Name: "email_verified", Value: "false"}})
			}
			return nil
		})},
		{lie: "an alias stays with the one who has it", kills: "admin/alias-moves", does: when(userpool.OpUpdateUser, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if in := call.Input().(backend.UpdateUserInput); updates("email_verified")(in) {
				return &importjob.Error{Op: userpool.OpUpdateUser, Code: userpool.ErrAliasExists}
			}
			return next(ctx)
		})},
		{lie: "an alias that moved is verified twice", kills: "admin/alias-moves", tell: everyUser(func(u *userpool.User) {
			u.Attributes = userpool.NewAttributes(append(list(u), userpool.Attribute{Name: "email_verified", Value: "true"})...)
			first := slices.DeleteFunc(list(u), func(a userpool.Attribute) bool { return a.Value == "false" })
			u.Attributes = userpool.NewAttributes(first...)
		})},
		{lie: "any update takes the aliases back", kills: "admin/alias-stays", does: after(userpool.OpUpdateUser, func(ctx context.Context, c *memory.Cognito, call *backend.Call) error {
			in := call.Input().(backend.UpdateUserInput)
			u, err := c.User(ctx, in.Ref)
			if err != nil || u.Attributes.Value("email_verified") != "true" {
				return err
			}
			return c.UpdateUser(ctx, in.Ref, []userpool.Attribute{{Name: "email_verified", Value: "true"}})
		})},
		{lie: "a preferred username can be had twice", kills: "admin/preferred-username-taken", does: taken(userpool.OpUpdateUser, userpool.ErrAliasExists, nil, updates("preferred_username"))},
		{lie: "a new user can have another one's preferred username", kills: "admin/preferred-username-taken", does: taken(userpool.OpAddUser, userpool.ErrAliasExists, userpool.User{},
			func(backend.AddUserInput) bool { return true })},
		{lie: "a taken alias is a taken username", kills: "admin/add-alias-taken", does: saysOther(userpool.OpAddUser, userpool.ErrAliasExists, userpool.ErrUsernameExists)},
		{lie: "an alias that is not verified is taken", kills: "admin/add-alias-taken", does: when(userpool.OpAddUser, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if call.Input().(backend.AddUserInput).User.Attributes.Value("email") != "" {
				return &importjob.Error{Op: userpool.OpAddUser, Code: userpool.ErrAliasExists}
			}
			return next(ctx)
		})},
		adds("users without required attributes", func(u userpool.User) bool { return u.Attributes.Len() == 0 }),
		adds("unknown attributes", has("custom:none")), adds("any e-mail address", has("email")), adds("a sub", has("sub")),
		adds("an attribute twice", func(u userpool.User) bool { return u.Attributes.Len() != len(u.Attributes.Map()) }),
		{lie: "a user added by e-mail address has it as username", kills: "admin/add-by-email", does: answers(userpool.OpAddUser, func(_ *backend.Call, u userpool.User) userpool.User {
			if email := u.Attributes.Value("email"); email != "" {
				u.Username = email
			}
			return u
		})},
		{lie: "an e-mail address is a username once more", kills: "admin/add-by-email", does: taken(userpool.OpAddUser, userpool.ErrUsernameExists, userpool.User{},
			func(backend.AddUserInput) bool { return true })},
		{lie: "a deletion does nothing", kills: "admin/delete admin/delete-row groups/deleted-user", does: ignored(userpool.OpDeleteUser, nil)},
		{lie: "deleted users count", kills: "admin/delete", does: func(*memory.Cognito) backend.Interceptor {
			deleted := int64(0)
			return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				err := next(ctx)
				switch {
				case call.Op == userpool.OpDeleteUser && err == nil:
					deleted++
				case call.Op == userpool.OpCountUsers && err == nil:
					call.Answer(call.Output().(int64) + deleted)
				}
				return err
			}
		}},
		{lie: "a user can be deleted twice", kills: "admin/delete admin/unknown-user", does: taken(userpool.OpDeleteUser, userpool.ErrUserNotFound, nil, anyRef)},
		{lie: "a username has one sub for ever", kills: "admin/delete", does: func(*memory.Cognito) backend.Interceptor {
			subs := map[string]string{}
			return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				err := next(ctx)
				if u, ok := call.Output().(userpool.User); ok && err == nil {
					if subs[u.Username] == "" {
						subs[u.Username] = u.Sub
					}
					u.Sub = subs[u.Username]
					call.Answer(u)
				}
				return err
			}
		}},
		{lie: "disabling does nothing", kills: "admin/disable passwords/disabled", does: ignored(userpool.OpDisableUser, nil)},
		{lie: "enabling does nothing", kills: "admin/disable passwords/disabled", does: ignored(userpool.OpEnableUser, nil)},
		{lie: "lists show no disabled users", kills: "admin/disable", does: answers(userpool.OpUsers, func(_ *backend.Call, p backend.Paged[userpool.User]) backend.Paged[userpool.User] {
			for i := range p.Items {
				p.Items[i].Disabled = false
			}
			return p
		})},
		{lie: "disabling is dated each time", kills: "admin/disable-twice", does: both(touches(userpool.OpDisableUser), touches(userpool.OpEnableUser))},
		{lie: "users that were returned change", kills: "admin/snapshots", does: func(c *memory.Cognito) backend.Interceptor {
			return answers(userpool.OpUser, func(call *backend.Call, u userpool.User) userpool.User {
				u.Attributes = userpool.LazyAttributes(live{c, call.Input().(userpool.Ref)}, 0)
				return u
			})(c)
		}},
		{lie: "lists that were given are used later", kills: "admin/snapshots", does: func(c *memory.Cognito) backend.Interceptor {
			var given []userpool.Attribute
			return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if in, ok := call.Input().(backend.UpdateUserInput); ok {
					given = in.Attributes
				}
				err := next(ctx)
				if u, ok := call.Output().(userpool.User); ok && err == nil && given != nil {
					u.Attributes = userpool.NewAttributes(given...)
					call.Answer(u)
				}
				return err
			}
		}},
		{lie: "DescribePool leaves out the policy", kills: "admin/describe-pool", does: answers(userpool.OpDescribePool, func(_ *backend.Call, p userpool.Pool) userpool.Pool {
			p.PasswordPolicy = userpool.PasswordPolicy{}
			return p
		})},
		{lie: "DescribePool leaves out what it does not know", kills: "admin/describe-pool", does: answers(userpool.OpDescribePool, func(_ *backend.Call, p userpool.Pool) userpool.Pool {
			p.Settings = nil
			return p
		})},
		{lie: "DescribePool returns the stored pool", kills: "admin/describe-pool", does: func(c *memory.Cognito) backend.Interceptor {
			stored := map[string]userpool.Pool{}
			return answers(userpool.OpDescribePool, func(call *backend.Call, p userpool.Pool) userpool.Pool {
				if old, ok := stored[p.ID]; ok {
					return old
				}
				stored[p.ID] = p
				return p
			})(c)
		}},
		{lie: "in no pool there is no user", kills: "admin/unknown-pool", does: saysOther(userpool.OpUpdateUser, importjob.ErrResourceNotFound, userpool.ErrUserNotFound)},
		{lie: "any pool can be described", kills: "admin/unknown-pool", does: taken(userpool.OpDescribePool, importjob.ErrResourceNotFound, userpool.Pool{}, anyString)},
		{lie: "nobody can be disabled", kills: "admin/unknown-user", does: taken(userpool.OpDisableUser, userpool.ErrUserNotFound, nil, anyRef)},
		{lie: "nobody is in no groups", kills: "admin/unknown-user", does: taken(userpool.OpGroupsOfUser, userpool.ErrUserNotFound, backend.Paged[userpool.Group]{},
			func(backend.GroupsOfUserInput) bool { return true })},
		{lie: "a username with white space can be enabled", kills: "admin/malformed", does: taken(userpool.OpEnableUser, invalid, nil, func(r userpool.Ref) bool { return strings.Contains(r.Username, " ") })},
		{lie: "a username of 129 characters can be deleted", kills: "admin/malformed", does: taken(userpool.OpDeleteUser, invalid, nil, func(r userpool.Ref) bool { return len(r.Username) == 129 })},
		{lie: "an empty list is an update", kills: "admin/update-input", does: taken(userpool.OpUpdateUser, invalid, nil, func(in backend.UpdateUserInput) bool { return len(in.Attributes) == 0 })},
		{lie: "an attribute has no name", kills: "admin/update-input", does: taken(userpool.OpUpdateUser, invalid, nil, updates(""))},
		{lie: "an attribute has a long value", kills: "admin/update-input", does: taken(userpool.OpUpdateUser, invalid, nil, func(in backend.UpdateUserInput) bool {
			return len(in.Attributes) == 1 && len(in.Attributes[0].Value) == 2049
		})},
		{lie: "errors tell the value", kills: "admin/update-input", does: when(userpool.OpUpdateUser, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			err := next(ctx)
			if in := call.Input().(backend.UpdateUserInput); err != nil && len(in.Attributes) > 0 {
				return errors.Join(err, errors.New(in.Attributes[0].Value))
			}
			return err
		})},
		{lie: "an update does not look at the context", kills: "admin/canceled", does: patient(userpool.OpUpdateUser)},
		{lie: "a deletion does not look at the context", kills: "admin/canceled", does: patient(userpool.OpDeleteUser)},
	}
}

func list(u *userpool.User) (attributes []userpool.Attribute) {
	for name, value := range u.Attributes.All() {
		attributes = append(attributes, userpool.Attribute{Name: name, Value: value})
	}
	return attributes
}

// touches is the lie that an operation changes the update date of users, whatever it does.
func touches(op importjob.Op) lie {
	return func(*memory.Cognito) backend.Interceptor {
		touched := map[string]time.Time{}
		return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			err := next(ctx)
			if ref, ok := call.Input().(userpool.Ref); ok && call.Op == op && err == nil {
				touched[ref.Username] = backend.Date(time.Now())
			}
			if u, ok := call.Output().(userpool.User); ok && err == nil && !touched[u.Username].IsZero() {
				u.LastModifiedDate = touched[u.Username]
				call.Answer(u)
			}
			return err
		}
	}
}
