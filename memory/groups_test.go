package memory_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

func groupRef(name string) userpool.GroupRef {
	return userpool.GroupRef{UserPoolID: testpool.ID, GroupName: name}
}

func createGroups(t *testing.T, c *memory.Cognito, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := c.CreateGroup(t.Context(), userpool.Group{GroupRef: groupRef(name)})
		require.NoError(t, err)
	}
}

// groupsOf returns the names of the groups of a user, read in pages of one.
func groupsOf(t *testing.T, c *memory.Cognito, name string) (list []string) {
	t.Helper()
	page := importjob.Page{MaxResults: 1}
	for {
		groups, next, err := c.GroupsOfUser(t.Context(), ref(name), page)
		require.NoError(t, err)
		for _, g := range groups {
			list = append(list, g.GroupName)
		}
		if page.Token = next; next == "" {
			return list
		}
	}
}

// members returns the usernames of a group, read in pages of two.
func members(t *testing.T, c *memory.Cognito, group string) (list []string) {
	t.Helper()
	page := importjob.Page{MaxResults: 2}
	for {
		users, next, err := c.UsersInGroup(t.Context(), groupRef(group), page)
		require.NoError(t, err)
		for _, u := range users {
			list = append(list, u.Username)
		}
		if page.Token = next; next == "" {
			return list
		}
	}
}

func TestGroupSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testpool.New(t, nil)
		began := c.Now()
		three := 3
		set := userpool.Group{GroupRef: groupRef("admins"), Description: "who may", RoleARN: "arn:aws:iam::111111111111:role/admins", Precedence: &three}
		created, err := c.CreateGroup(t.Context(), set)
		require.NoError(t, err)
		three = 4
		set.CreationDate, set.LastModifiedDate = began, began
		assert.Equal(t, 3, *created.Precedence, "a later change of the caller does not show")
		*created.Precedence = 5
		got, err := c.Group(t.Context(), groupRef("admins"))
		require.NoError(t, err)
		assert.Equal(t, 3, *got.Precedence)
		_, err = c.CreateGroup(t.Context(), userpool.Group{GroupRef: groupRef("ADMINS")})
		require.ErrorIs(t, err, userpool.ErrGroupExists)

		time.Sleep(time.Minute)
		_, err = c.UpdateGroup(t.Context(), userpool.Group{GroupRef: groupRef("admins"), Description: "who else"})
		require.NoError(t, err)
		got, err = c.Group(t.Context(), groupRef("admins"))
		require.NoError(t, err)
		kept := 3
		assert.Equal(t, userpool.Group{GroupRef: groupRef("admins"), Description: "who else", RoleARN: set.RoleARN, Precedence: &kept,
			CreationDate: began, LastModifiedDate: began.Add(time.Minute)}, got)
		for _, err := range []error{
			c.DeleteGroup(t.Context(), groupRef("Admins")),
			second(c.Group(t.Context(), groupRef("Admins"))),
			second(c.UpdateGroup(t.Context(), userpool.Group{GroupRef: groupRef("Admins")})),
		} {
			require.ErrorIs(t, err, importjob.ErrResourceNotFound)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestMembers(t *testing.T) {
	c := imported(t, nil, []string{"ann", "bob", "cid", "dan", "eve"})
	createGroups(t, c, "b", "c", "a")
	for _, name := range []string{"eve", "bob", "ann", "dan", "cid", "bob"} {
		require.NoError(t, c.AddUserToGroup(t.Context(), ref(name), "b"))
	}
	require.NoError(t, c.AddUserToGroup(t.Context(), ref("bob"), "a"))
	require.NoError(t, c.AddUserToGroup(t.Context(), ref("bob"), "c"))
	assert.Equal(t, []string{"a", "b", "c"}, groupsOf(t, c, "bob"))
	assert.Equal(t, []string{"b"}, groupsOf(t, c, "ann"))
	assert.Equal(t, []string{"eve", "bob", "ann", "dan", "cid"}, members(t, c, "b"))

	require.NoError(t, c.RemoveUserFromGroup(t.Context(), ref("ann"), "b"))
	require.NoError(t, c.RemoveUserFromGroup(t.Context(), ref("ann"), "b"))
	require.NoError(t, c.DeleteUser(t.Context(), ref("dan")))
	assert.Equal(t, []string{"eve", "bob", "cid"}, members(t, c, "b"))
	assert.Empty(t, groupsOf(t, c, "ann"))
	require.NoError(t, c.AddUserToGroup(t.Context(), ref("ann"), "b"))
	assert.Equal(t, []string{"eve", "bob", "cid", "ann"}, members(t, c, "b"))

	require.NoError(t, c.DeleteGroup(t.Context(), groupRef("b")))
	assert.Equal(t, []string{"a", "c"}, groupsOf(t, c, "bob"))
	assert.Empty(t, groupsOf(t, c, "eve"))
	createGroups(t, c, "b")
	assert.Empty(t, members(t, c, "b"))
	for _, err := range []error{
		c.AddUserToGroup(t.Context(), ref("bob"), "none"),
		c.RemoveUserFromGroup(t.Context(), ref("bob"), "none"),
		second2(c.UsersInGroup(t.Context(), groupRef("none"), importjob.Page{})),
	} {
		require.ErrorIs(t, err, importjob.ErrResourceNotFound)
	}
	require.ErrorIs(t, c.AddUserToGroup(t.Context(), ref("none"), "b"), userpool.ErrUserNotFound)
}

func second2[T any](_ T, _ string, err error) error { return err }

// TestPagesWhileMembersLeave deletes the users of a page between two pages.
func TestPagesWhileMembersLeave(t *testing.T) {
	c := imported(t, nil, []string{"ann", "bob", "cid", "dan"})
	createGroups(t, c, "g")
	for _, name := range []string{"ann", "bob", "cid", "dan"} {
		require.NoError(t, c.AddUserToGroup(t.Context(), ref(name), "g"))
	}
	_, token, err := c.UsersInGroup(t.Context(), groupRef("g"), importjob.Page{MaxResults: 2})
	require.NoError(t, err)
	_, usersToken, err := c.Users(t.Context(), testpool.ID, importjob.Page{MaxResults: 2})
	require.NoError(t, err)
	for _, name := range []string{"ann", "bob", "cid"} {
		require.NoError(t, c.DeleteUser(t.Context(), ref(name)))
	}
	rest, next, err := c.UsersInGroup(t.Context(), groupRef("g"), importjob.Page{Token: token})
	require.NoError(t, err)
	assert.Empty(t, next)
	require.Len(t, rest, 1)
	assert.Equal(t, "dan", rest[0].Username)
	rest, _, err = c.Users(t.Context(), testpool.ID, importjob.Page{Token: usersToken})
	require.NoError(t, err)
	require.Len(t, rest, 1)
	assert.Equal(t, "dan", rest[0].Username)
}

func TestForgedGroupTokens(t *testing.T) {
	c := imported(t, nil, []string{"ann"})
	createGroups(t, c, "a", "b")
	require.NoError(t, c.AddUserToGroup(t.Context(), ref("ann"), "a"))
	for _, token := range []string{"x", "us-west-2_bbbbbbbbb#1", testpool.ID + "#9", testpool.ID + "#-1", testpool.ID + "#18446744073709551616"} {
		_, _, err := c.UsersInGroup(t.Context(), groupRef("a"), importjob.Page{Token: token})
		require.ErrorIs(t, err, importjob.ErrInvalidParameter, token)
	}
	for _, token := range []string{"x", "us-west-2_bbbbbbbbb#a"} {
		_, _, err := c.Groups(t.Context(), testpool.ID, importjob.Page{Token: token})
		require.ErrorIs(t, err, importjob.ErrInvalidParameter, token)
	}
}

func TestLimitsOfGroups(t *testing.T) {
	c := imported(t, nil, []string{"ann"})
	for i := range 10_000 {
		createGroups(t, c, fmt.Sprintf("g%04d", i))
	}
	_, err := c.CreateGroup(t.Context(), userpool.Group{GroupRef: groupRef("one-more")})
	require.ErrorIs(t, err, importjob.ErrLimitExceeded)
	for i := range 100 {
		require.NoError(t, c.AddUserToGroup(t.Context(), ref("ann"), fmt.Sprintf("g%04d", i)))
	}
	require.NoError(t, c.AddUserToGroup(t.Context(), ref("ann"), "g0099"))
	require.ErrorIs(t, c.AddUserToGroup(t.Context(), ref("ann"), "g0100"), importjob.ErrLimitExceeded)
	assert.Len(t, groupsOf(t, c, "ann"), 100)
	assert.True(t, strings.HasSuffix(groupsOf(t, c, "ann")[99], "0099"))
}
