package backendtest

import (
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

func (e *env) groupRef(name string) userpool.GroupRef {
	return userpool.GroupRef{UserPoolID: e.pool, GroupName: name}
}

// group creates a group.
func (e *env) group(name string) userpool.Group {
	return must(e.Directory.CreateGroup(e.ctx, userpool.Group{GroupRef: e.groupRef(name)}))
}

func (e *env) join(user, group string) {
	ok("AddUserToGroup", e.Directory.AddUserToGroup(e.ctx, e.ref(user), group))
}

// members returns the usernames of a group, in order.
func (e *env) members(group string) (names []string) {
	for _, u := range pages(func(token string) ([]userpool.User, string, error) {
		return e.Directory.UsersInGroup(e.ctx, e.groupRef(group), importjob.Page{MaxResults: 2, Token: token})
	}) {
		names = append(names, u.Username)
	}
	return names
}

// groupsOf returns the names of the groups of a user, in order.
func (e *env) groupsOf(user string) []string {
	return namesOf(pages(func(token string) ([]userpool.Group, string, error) {
		return e.Directory.GroupsOfUser(e.ctx, e.ref(user), importjob.Page{MaxResults: 2, Token: token})
	}))
}

func namesOf(groups []userpool.Group) (names []string) {
	for _, g := range groups {
		names = append(names, g.GroupName)
	}
	return names
}

func sameGroup(got, want userpool.Group) {
	equal("the group", got.GroupRef, want.GroupRef)
	equal("the description", got.Description, want.Description)
	equal("the role", got.RoleARN, want.RoleARN)
	equal("whether there is a precedence", got.Precedence != nil, want.Precedence != nil)
	if got.Precedence != nil {
		equal("the precedence", *got.Precedence, *want.Precedence)
	}
	equal("the creation date", got.CreationDate, want.CreationDate)
	equal("the update date", got.LastModifiedDate, want.LastModifiedDate)
}

func number(n int) *int { return &n }

func groupRules() []Rule {
	return []Rule{
		{Name: "groups/create", Kind: KindDocumented, Source: api("CreateGroup"), Users: true,
			Sentence: "A group has the description, the role and the precedence with which it was created, and the time of that as its dates.",
			check: func(e *env) {
				e.unevenly()
				given := userpool.Group{GroupRef: e.groupRef("staff"), Description: "who works here", RoleARN: roleARN, Precedence: number(3)}
				created := must(e.Directory.CreateGroup(e.ctx, given))
				equal("the creation date in UTC and milliseconds", created.CreationDate, backend.Date(created.CreationDate))
				that(!created.CreationDate.IsZero(), "there is no creation date")
				given.CreationDate, given.LastModifiedDate = created.CreationDate, created.CreationDate
				sameGroup(created, given)
				sameGroup(must(e.Directory.Group(e.ctx, given.GroupRef)), given)
				list, _, err := e.Directory.Groups(e.ctx, e.pool, importjob.Page{})
				ok("Groups", err)
				sameGroup(at(list, 0), given)
			}},
		{Name: "groups/precedence", Kind: KindDocumented, Source: api("GroupType"), Users: true,
			Sentence: "A precedence of 0 is not the same as none.",
			check: func(e *env) {
				that(e.group("none").Precedence == nil, "a group without a precedence has one")
				must(e.Directory.CreateGroup(e.ctx, userpool.Group{GroupRef: e.groupRef("zero"), Precedence: number(0)}))
				that(must(e.Directory.Group(e.ctx, e.groupRef("none"))).Precedence == nil, "a group without a precedence has one")
				zero := must(e.Directory.Group(e.ctx, e.groupRef("zero"))).Precedence
				that(zero != nil && *zero == 0, "the precedence is not 0")
			}},
		{Name: "groups/exists", Kind: KindDocumented, Source: groupThere, Users: true,
			Sentence: "CreateGroup returns a GroupExistsException if a group has the name, or one that differs only in case.",
			check: func(e *env) {
				e.group("staff")
				for _, name := range []string{"staff", "Staff", "STAFF"} {
					g, err := e.Directory.CreateGroup(e.ctx, userpool.Group{GroupRef: e.groupRef(name)})
					refused(err, userpool.ErrGroupExists)
					that(g == userpool.Group{}, "there is a group beside the error")
				}
			}},
		{Name: "groups/case", Kind: KindContract, Source: "userpool.Groups", Users: true,
			Sentence: "The name of a group does not find it in another case.",
			check: func(e *env) {
				e.group("staff")
				_, err := e.Directory.Group(e.ctx, e.groupRef("Staff"))
				refused(err, importjob.ErrResourceNotFound)
			}},
		{Name: "groups/update", Kind: KindDocumented, Source: api("UpdateGroup"), Users: true, Advances: true,
			Sentence: "UpdateGroup changes the description, the role and the precedence that it is given, and the update date. The creation date and the users stay.",
			check: func(e *env) {
				created := must(e.Directory.CreateGroup(e.ctx, userpool.Group{GroupRef: e.groupRef("staff"), Description: "old", RoleARN: roleARN, Precedence: number(3)}))
				e.add("ann")
				e.join("ann", "staff")
				e.Advance(1234567 * time.Microsecond)
				want := userpool.Group{GroupRef: e.groupRef("staff"), Description: "new", RoleARN: roleARN + "2", Precedence: number(0)}
				updated := must(e.Directory.UpdateGroup(e.ctx, want))
				want.CreationDate, want.LastModifiedDate = created.CreationDate, backend.Date(e.Now())
				sameGroup(updated, want)
				sameGroup(must(e.Directory.Group(e.ctx, e.groupRef("staff"))), want)
				equalLists("the users", e.members("staff"), []string{"ann"})
			}},
		{Name: "groups/delete", Kind: KindDocumented, Source: api("DeleteGroup"), Users: true,
			Sentence: "A deleted group is gone, also from the groups of its users, who stay. Its name is free, and a new group with it is empty.",
			check: func(e *env) {
				e.group("staff")
				e.group("other")
				e.add("ann")
				e.join("ann", "staff")
				e.join("ann", "other")
				ok("DeleteGroup", e.Directory.DeleteGroup(e.ctx, e.groupRef("staff")))
				equalLists("the groups of the user", e.groupsOf("ann"), []string{"other"})
				e.user("ann")
				allRefuse(e.ofGroup(e.ctx, e.groupRef("staff")), withCode(importjob.ErrResourceNotFound))
				e.group("staff")
				equal("the number of users", len(e.members("staff")), 0)
			}},
		{Name: "groups/unknown", Kind: KindDocumented, Source: noGroup, Users: true,
			Sentence: "Every method refuses a group that does not exist with a ResourceNotFoundException.",
			check: func(e *env) {
				e.add("ann")
				answers := append(e.ofGroup(e.ctx, e.groupRef("staff")),
					answer{userpool.OpAddUserToGroup, true, e.Directory.AddUserToGroup(e.ctx, e.ref("ann"), "staff")},
					answer{userpool.OpRemoveUserFromGroup, true, e.Directory.RemoveUserFromGroup(e.ctx, e.ref("ann"), "staff")})
				allRefuse(answers, withCode(importjob.ErrResourceNotFound))
			}},
		{Name: "groups/unknown-pool", Kind: KindContract, Source: "userpool.Groups", Users: true,
			Sentence: "Every method refuses a pool that does not exist with a ResourceNotFoundException.",
			check: func(e *env) {
				allRefuse(append(e.ofGroup(e.ctx, userpool.GroupRef{UserPoolID: unknownPool, GroupName: "staff"}), e.ofGroups(e.ctx, unknownPool)...), withCode(importjob.ErrResourceNotFound))
			}},
		{Name: "groups/malformed", Kind: KindDocumented, Source: model, Users: true,
			Sentence: "The name of a group has 1 to 128 characters and no white space, its description at most 2,048; its role is an ARN, and its precedence is not negative.",
			check: func(e *env) {
				for _, name := range []string{"", "two words", longName} {
					allRefuse(e.ofGroup(e.ctx, e.groupRef(name)), withCode(importjob.ErrInvalidParameter))
				}
				bad := []userpool.Group{{GroupRef: e.groupRef("")}, {Precedence: number(-1)}, {Description: strings.Repeat("d", 2049)}, {RoleARN: "arn:aws:iam"}}
				for _, g := range bad {
					if g.UserPoolID == "" {
						g.GroupRef = e.groupRef("staff")
					}
					_, err := e.Directory.CreateGroup(e.ctx, g)
					refused(err, importjob.ErrInvalidParameter)
				}
				must(e.Directory.CreateGroup(e.ctx, userpool.Group{GroupRef: e.groupRef(longName[1:]), Description: strings.Repeat("d", 2048)}))
			}},
		{Name: "groups/canceled", Kind: KindContract, Source: "userpool.Groups", Users: true,
			Sentence: "Every method refuses a context that has ended, with the context's cause, and changes nothing.",
			check: func(e *env) {
				before := e.group("team")
				ctx, cause := e.ended()
				allRefuse(append(e.ofGroup(ctx, e.groupRef("team")), e.ofGroups(ctx, e.pool)...), withCause(cause))
				list, _, err := e.Directory.Groups(e.ctx, e.pool, importjob.Page{})
				ok("Groups", err)
				equalLists("the groups", namesOf(list), []string{"team"})
				sameGroup(list[0], before)
			}},
		{Name: "groups/snapshots", Kind: KindContract, Source: "userpool.Groups", Users: true,
			Sentence: "A caller that changes a group that it gave, or that was returned, does not change the stored group.",
			check: func(e *env) {
				given := userpool.Group{GroupRef: e.groupRef("staff"), Precedence: number(3)}
				created := must(e.Directory.CreateGroup(e.ctx, given))
				*given.Precedence = 4
				*created.Precedence = 5
				*must(e.Directory.Group(e.ctx, given.GroupRef)).Precedence = 6
				equal("the precedence", *must(e.Directory.Group(e.ctx, given.GroupRef)).Precedence, 3)
			}},
	}
}

// groupListRules are about who is in a group, and the lists of that.
func groupListRules() []Rule {
	return []Rule{
		{Name: "groups/members", Kind: KindDocumented, Source: api("AdminAddUserToGroup"), Users: true,
			Sentence: "A user is in the groups to which it was added, and in no other. RemoveUserFromGroup takes it out of one.",
			check: func(e *env) {
				e.run(e.file(good("ann"), good("bob")))
				e.group("a")
				e.group("b")
				e.join("ann", "a")
				e.join("ann", "b")
				e.join("bob", "b")
				equalLists("the groups of ann", e.groupsOf("ann"), []string{"a", "b"})
				equalLists("the groups of bob", e.groupsOf("bob"), []string{"b"})
				equalLists("the users of a", e.members("a"), []string{"ann"})
				equalLists("the users of b", e.members("b"), []string{"ann", "bob"})
				ok("RemoveUserFromGroup", e.Directory.RemoveUserFromGroup(e.ctx, e.ref("ann"), "b"))
				equalLists("the groups of ann", e.groupsOf("ann"), []string{"a"})
				equalLists("the users of b", e.members("b"), []string{"bob"})
			}},
		{Name: "groups/members-twice", Kind: KindAssumed, Source: "A71", Users: true,
			Sentence: "To put a user into a group twice, or to take out one who is not in it, changes nothing and is no error.",
			check: func(e *env) {
				e.group("staff")
				e.add("ann")
				e.add("bob")
				e.join("ann", "staff")
				e.join("bob", "staff")
				e.join("ann", "staff")
				equalLists("the users", e.members("staff"), []string{"ann", "bob"})
				for range 2 {
					ok("RemoveUserFromGroup", e.Directory.RemoveUserFromGroup(e.ctx, e.ref("ann"), "staff"))
				}
				equalLists("the users", e.members("staff"), []string{"bob"})
			}},
		{Name: "groups/deleted-user", Kind: KindContract, Source: "userpool.Users", Users: true,
			Sentence: "A deleted user leaves its groups, and a new user with its username is not in them.",
			check: func(e *env) {
				e.group("staff")
				e.add("ann")
				e.add("bob")
				e.join("ann", "staff")
				e.join("bob", "staff")
				ok("DeleteUser", e.Directory.DeleteUser(e.ctx, e.ref("ann")))
				equalLists("the users", e.members("staff"), []string{"bob"})
				e.add("ann")
				equal("the number of groups", len(e.groupsOf("ann")), 0)
			}},
		{Name: "groups/order", Kind: KindAssumed, Source: "A70", Users: true,
			Sentence: "Groups are listed by name, and the users of a group in the order in which they joined it.",
			check: func(e *env) {
				for _, name := range []string{"m", "z", "a", "B"} {
					e.group(name)
				}
				want := []string{"B", "a", "m", "z"}
				list, _, err := e.Directory.Groups(e.ctx, e.pool, importjob.Page{})
				ok("Groups", err)
				equalLists("the groups", namesOf(list), want)
				e.run(e.file(good("ann"), good("bob"), good("cid")))
				for _, group := range []string{"z", "a", "B", "m"} {
					e.join("ann", group)
				}
				equalLists("the groups of a user", e.groupsOf("ann"), want)
				e.group("staff")
				for _, name := range []string{"bob", "cid", "ann"} {
					e.join(name, "staff")
				}
				equalLists("the users", e.members("staff"), []string{"bob", "cid", "ann"})
			}},
		{Name: "groups/pages", Kind: KindDocumented, Source: api("ListGroups"), Users: true,
			Sentence: "Pages of any size contain each group and each user once. No page holds more than the caller asks for, or more than 60; a caller cannot ask for more.",
			check:    checkGroupPages},
		{Name: "groups/tokens", Kind: KindAssumed, Source: "A41", Users: true, Setup: twoPools(),
			Sentence: "A token of another list, of another pool, or one that no list gave, is refused.",
			check:    checkGroupTokens},
	}
}

// groupLists returns the lists of groups, of groups of a user, and of users of a group, as functions that return one page.
func (e *env) groupLists(user, group string) map[string]func(importjob.Page) ([]string, string, error) {
	return map[string]func(importjob.Page) ([]string, string, error){
		"Groups": func(p importjob.Page) ([]string, string, error) {
			list, next, err := e.Directory.Groups(e.ctx, e.pool, p)
			return namesOf(list), next, err
		},
		"GroupsOfUser": func(p importjob.Page) ([]string, string, error) {
			list, next, err := e.Directory.GroupsOfUser(e.ctx, e.ref(user), p)
			return namesOf(list), next, err
		},
		"UsersInGroup": func(p importjob.Page) ([]string, string, error) {
			list, next, err := e.Directory.UsersInGroup(e.ctx, e.groupRef(group), p)
			var names []string
			for _, u := range list {
				names = append(names, u.Username)
			}
			return names, next, err
		},
	}
}

// fillGroups makes n groups with the first user in all of them, and n users who are in the first group.
func (e *env) fillGroups(n int) (user, group string) {
	for _, row := range goods(n) {
		name := row[importjob.ColumnUsername]
		e.add(name)
		e.group("of-" + name)
		e.join("user0000", "of-"+name)
	}
	for _, row := range goods(n) {
		e.join(row[importjob.ColumnUsername], "of-user0000")
	}
	return "user0000", "of-user0000"
}

func checkGroupPages(e *env) {
	user, group := e.fillGroups(70)
	for list, page := range e.groupLists(user, group) {
		for _, size := range []int{1, 7, 60, 0} {
			most := 60
			if size > 0 {
				most = size
			}
			got := pages(func(token string) ([]string, string, error) {
				names, next, err := page(importjob.Page{MaxResults: size, Token: token})
				that(len(names) <= most, "%s: a page of %d has %d", list, size, len(names))
				return names, next, err
			})
			equal(list+": the number of items", len(got), 70)
			slices.Sort(got)
			equal(list+": the number of different items", len(slices.Compact(got)), 70)
		}
		for _, size := range []int{-1, 61} {
			names, next, err := page(importjob.Page{MaxResults: size})
			refused(err, importjob.ErrInvalidParameter)
			that(names == nil && next == "", "%s: there is a page beside the error", list)
		}
	}
}

func checkGroupTokens(e *env) {
	user, group := e.fillGroups(3)
	lists, tokens := e.groupLists(user, group), map[string]string{"nothing": "x"}
	for list, page := range lists {
		_, next, err := page(importjob.Page{MaxResults: 1})
		ok(list, err)
		that(next != "", "%s: there is no token", list)
		names, _, err := page(importjob.Page{MaxResults: 1, Token: next})
		ok(list, err)
		equal(list+": the number of items", len(names), 1)
		tokens[list] = next
	}
	for list, page := range lists {
		for from, token := range tokens {
			if _, _, err := page(importjob.Page{Token: token}); from != list {
				that(err != nil, "%s takes a token of %s", list, from)
				refused(err, importjob.ErrInvalidParameter)
			}
		}
	}
	_, _, err := e.Directory.Groups(e.ctx, e.other, importjob.Page{Token: tokens["Groups"]})
	refused(err, importjob.ErrInvalidParameter)
}
