package backendtest_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// everyGroup is a lie about each group in an answer.
func everyGroup(change func(g *userpool.Group)) lie {
	return func(*memory.Cognito) backend.Interceptor {
		return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if err := next(ctx); err != nil {
				return err
			}
			switch v := call.Output().(type) {
			case userpool.Group:
				change(&v)
				call.Answer(v)
			case backend.Paged[userpool.Group]:
				for i := range v.Items {
					change(&v.Items[i])
				}
			}
			return nil
		}
	}
}

func groupMutants() []mutant {
	invalid, notFound := importjob.ErrInvalidParameter, importjob.ErrResourceNotFound
	anyMember := func(backend.MembershipInput) bool { return true }
	takes := func(what string, such func(userpool.Group) bool) mutant {
		return mutant{lie: "a group can have " + what, kills: "groups/malformed", does: taken(userpool.OpCreateGroup, invalid, userpool.Group{}, such)}
	}
	anyList := func(backend.ListInput) bool { return true }
	anyOf := func(backend.GroupsOfUserInput) bool { return true }
	anyIn := func(backend.UsersInGroupInput) bool { return true }
	return []mutant{
		{lie: "groups have no description", kills: "groups/create groups/update", does: everyGroup(func(g *userpool.Group) { g.Description = "" })},
		{lie: "groups have no role", kills: "groups/create", does: everyGroup(func(g *userpool.Group) { g.RoleARN = "" })},
		{lie: "groups have no dates", kills: "groups/create groups/update", does: everyGroup(func(g *userpool.Group) { g.CreationDate, g.LastModifiedDate = time.Time{}, time.Time{} })},
		{lie: "no precedence is 0", kills: "groups/precedence", does: everyGroup(func(g *userpool.Group) {
			if g.Precedence == nil {
				g.Precedence = new(int)
			}
		})},
		{lie: "precedence 0 is none", kills: "groups/precedence", does: everyGroup(func(g *userpool.Group) {
			if g.Precedence != nil && *g.Precedence == 0 {
				g.Precedence = nil
			}
		})},
		{lie: "two groups have one name", kills: "groups/exists", does: taken(userpool.OpCreateGroup, userpool.ErrGroupExists, userpool.Group{}, func(g userpool.Group) bool { return g.GroupName == "staff" })},
		{lie: "two groups differ in case", kills: "groups/exists", does: taken(userpool.OpCreateGroup, userpool.ErrGroupExists, userpool.Group{}, func(g userpool.Group) bool { return g.GroupName != "staff" })},
		{lie: "a group is found in any case", kills: "groups/case", does: func(c *memory.Cognito) backend.Interceptor {
			return when(userpool.OpGroup, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if next(ctx) == nil {
					return nil
				}
				ref := call.Input().(userpool.GroupRef)
				ref.GroupName = strings.ToLower(ref.GroupName)
				g, err := c.Group(ctx, ref)
				if err == nil {
					call.Answer(g)
				}
				return err
			})(c)
		}},
		{lie: "an update does nothing to a group", kills: "groups/update", does: when(userpool.OpUpdateGroup, func(_ context.Context, call *backend.Call, _ func(context.Context) error) error {
			call.Answer(call.Input())
			return nil
		})},
		{lie: "an update creates a group anew", kills: "groups/update", does: everyGroup(func(g *userpool.Group) { g.CreationDate = g.LastModifiedDate })},
		{lie: "an update empties a group", kills: "groups/update", does: after(userpool.OpUpdateGroup, func(ctx context.Context, c *memory.Cognito, call *backend.Call) error {
			g := call.Input().(userpool.Group)
			return c.RemoveUserFromGroup(ctx, userpool.Ref{UserPoolID: g.UserPoolID, Username: "ann"}, g.GroupName)
		})},
		{lie: "a group cannot be deleted", kills: "groups/delete", does: ignored(userpool.OpDeleteGroup, nil)},
		{lie: "a group takes its users with it", kills: "groups/delete", does: func(c *memory.Cognito) backend.Interceptor {
			return when(userpool.OpDeleteGroup, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				_ = c.DeleteUser(ctx, userpool.Ref{UserPoolID: call.Ref.UserPoolID, Username: "ann"})
				return next(ctx)
			})(c)
		}},
		{lie: "a new group has the users of the old one", kills: "groups/delete", does: func(c *memory.Cognito) backend.Interceptor {
			deleted := false
			return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				err := next(ctx)
				deleted = deleted || call.Op == userpool.OpDeleteGroup
				if g, ok := call.Input().(userpool.Group); ok && call.Op == userpool.OpCreateGroup && deleted && err == nil {
					_ = c.AddUserToGroup(ctx, userpool.Ref{UserPoolID: g.UserPoolID, Username: "ann"}, g.GroupName)
				}
				return err
			}
		}},
		{lie: "no group can be deleted, too", kills: "groups/unknown groups/delete groups/unknown-pool", does: taken(userpool.OpDeleteGroup, notFound, nil, anyGroupRef)},
		{lie: "one can join no group", kills: "groups/unknown admin/unknown-pool", does: taken(userpool.OpAddUserToGroup, notFound, nil, anyMember)},
		{lie: "one can leave no group", kills: "groups/unknown admin/unknown-pool", does: taken(userpool.OpRemoveUserFromGroup, notFound, nil, anyMember)},
		{lie: "no pool has no groups", kills: "groups/unknown-pool", does: taken(userpool.OpGroups, notFound, backend.Paged[userpool.Group]{}, anyList)},
		takes("no name", func(g userpool.Group) bool { return g.GroupName == "" }),
		takes("a negative precedence", func(g userpool.Group) bool { return g.Precedence != nil }),
		takes("a description of 2,049 characters", func(g userpool.Group) bool { return len(g.Description) == 2049 }),
		takes("any role", func(g userpool.Group) bool { return g.RoleARN != "" }),
		{lie: "a group with white space can be deleted", kills: "groups/malformed", does: taken(userpool.OpDeleteGroup, invalid, nil, func(r userpool.GroupRef) bool { return strings.Contains(r.GroupName, " ") })},
		{lie: "a group of 129 characters can be updated", kills: "groups/malformed", does: taken(userpool.OpUpdateGroup, invalid, userpool.Group{}, func(g userpool.Group) bool { return len(g.GroupName) == 129 })},
		{lie: "the creation of a group does not look at the context", kills: "groups/canceled", does: patient(userpool.OpCreateGroup)},
		{lie: "the update of a group does not look at the context", kills: "groups/canceled", does: patient(userpool.OpUpdateGroup)},
		{lie: "a returned precedence is the stored one", kills: "groups/snapshots", does: func() lie {
			return func(*memory.Cognito) backend.Interceptor {
				var stored *int
				return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
					err := next(ctx)
					if g, ok := call.Output().(userpool.Group); ok && err == nil {
						if stored == nil {
							stored = g.Precedence
						}
						g.Precedence = stored
						call.Answer(g)
					}
					return err
				}
			}
		}()},
		{lie: "a given precedence is the stored one", kills: "groups/snapshots", does: func(*memory.Cognito) backend.Interceptor {
			var given *int
			return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if g, ok := call.Input().(userpool.Group); ok {
					given = g.Precedence
				}
				err := next(ctx)
				if g, ok := call.Output().(userpool.Group); ok && err == nil && given != nil {
					now := *given
					g.Precedence = &now
					call.Answer(g)
				}
				return err
			}
		}},
		{lie: "nobody joins a group", kills: "groups/members groups/order groups/update", does: ignored(userpool.OpAddUserToGroup, nil)},
		{lie: "nobody leaves a group", kills: "groups/members groups/members-twice", does: ignored(userpool.OpRemoveUserFromGroup, nil)},
		{lie: "everybody is in all groups", kills: "groups/members", does: func(c *memory.Cognito) backend.Interceptor {
			return after(userpool.OpAddUserToGroup, func(ctx context.Context, c *memory.Cognito, call *backend.Call) error {
				groups, _, _ := c.Groups(ctx, call.Ref.UserPoolID, importjob.Page{})
				for _, g := range groups {
					_ = c.AddUserToGroup(ctx, call.Input().(backend.MembershipInput).Ref, g.GroupName)
				}
				return nil
			})(c)
		}},
		{lie: "who joins again joins last", kills: "groups/members-twice", does: func(c *memory.Cognito) backend.Interceptor {
			return when(userpool.OpAddUserToGroup, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				in := call.Input().(backend.MembershipInput)
				_ = c.RemoveUserFromGroup(ctx, in.Ref, in.GroupName)
				return next(ctx)
			})(c)
		}},
		{lie: "one cannot leave a group in which one is not", kills: "groups/members-twice", does: func(*memory.Cognito) backend.Interceptor {
			left := 0
			return when(userpool.OpRemoveUserFromGroup, func(ctx context.Context, _ *backend.Call, next func(context.Context) error) error {
				if left++; left > 1 {
					return &importjob.Error{Op: userpool.OpRemoveUserFromGroup, Code: invalid}
				}
				return next(ctx)
			})(nil)
		}},
		{lie: "deleted users stay in their groups", kills: "groups/deleted-user", does: func(*memory.Cognito) backend.Interceptor {
			return answers(userpool.OpUsersInGroup, func(_ *backend.Call, p backend.Paged[userpool.User]) backend.Paged[userpool.User] {
				if len(p.Items) == 1 {
					p.Items = append([]userpool.User{{Username: "ann"}}, p.Items...)
				}
				return p
			})(nil)
		}},
		{lie: "groups go by username", kills: "groups/deleted-user", does: func(c *memory.Cognito) backend.Interceptor {
			return after(userpool.OpAddUser, func(ctx context.Context, c *memory.Cognito, call *backend.Call) error {
				in := call.Input().(backend.AddUserInput)
				if n, _ := c.CountUsers(ctx, in.UserPoolID); in.User.Username == "ann" && n == 2 {
					return c.AddUserToGroup(ctx, userpool.Ref{UserPoolID: in.UserPoolID, Username: "ann"}, "staff")
				}
				return nil
			})(c)
		}},
		{lie: "groups are listed backwards", kills: "groups/order groups/members", does: both(
			answers(userpool.OpGroups, reversed[userpool.Group]), answers(userpool.OpGroupsOfUser, reversed[userpool.Group]))},
		{lie: "users of a group are listed backwards", kills: "groups/order groups/members groups/members-twice", does: answers(userpool.OpUsersInGroup, reversed[userpool.User])},
		{lie: "the groups of a pool have one page", kills: "groups/pages groups/tokens", does: firstPage[userpool.Group](userpool.OpGroups)},
		{lie: "the groups of a user have one page", kills: "groups/pages groups/tokens groups/order", does: firstPage[userpool.Group](userpool.OpGroupsOfUser)},
		{lie: "the users of a group have one page", kills: "groups/pages groups/tokens groups/order", does: firstPage[userpool.User](userpool.OpUsersInGroup)},
		{lie: "a page of groups can have any size", kills: "groups/pages groups/tokens", does: taken(userpool.OpGroups, invalid, backend.Paged[userpool.Group]{}, anyList)},
		{lie: "a page of a user's groups can have any size", kills: "groups/pages groups/tokens", does: taken(userpool.OpGroupsOfUser, invalid, backend.Paged[userpool.Group]{}, anyOf)},
		{lie: "a page of a group's users can have any size", kills: "groups/pages groups/tokens", does: taken(userpool.OpUsersInGroup, invalid, backend.Paged[userpool.User]{}, anyIn)},
		{lie: "a token of another pool will do", kills: "groups/tokens", does: taken(userpool.OpGroups, invalid, backend.Paged[userpool.Group]{}, func(in backend.ListInput) bool { return strings.HasSuffix(in.UserPoolID, "2") })},
	}
}

func reversed[T any](_ *backend.Call, p backend.Paged[T]) backend.Paged[T] {
	slices.Reverse(p.Items)
	return p
}
