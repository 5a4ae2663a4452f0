package memory_test

import (
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

// attribute and verifiedEmail are short for attributes.
func attribute(name, value string) userpool.Attribute {
	return userpool.Attribute{Name: name, Value: value}
}

func verifiedEmail(email string) []userpool.Attribute {
	return []userpool.Attribute{attribute("email", email), attribute("email_verified", "true")}
}

func addUser(t *testing.T, c *memory.Cognito, name string, attributes ...userpool.Attribute) userpool.User {
	t.Helper()
	u, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: name, Attributes: userpool.NewAttributes(attributes...)})
	require.NoError(t, err)
	return u
}

// emailCSV returns a file whose usernames are e-mail addresses.
func emailCSV(names ...string) string {
	for i := range names {
		names[i] += "@example.com"
	}
	return strings.ReplaceAll(testpool.CSV(names...), "@example.com@example.com", "@example.com")
}

func aliasEmail(p *importjob.Pool)    { p.AliasAttributes = []string{"email"} }
func usernameEmail(p *importjob.Pool) { p.UsernameAttributes = []string{"email"} }

// A job judges a row when it reads it, so a user who is deleted before does not count.
func TestRowOfADeletedUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testpool.New(t, &memory.Options{RowsPerSecond: 1})
		addUser(t, c, "ann")
		addUser(t, c, "bob")
		job := started(t, c, testpool.CSV("ann", "bob", "ann", "bob")) // it would skip all rows
		time.Sleep(time.Second)
		require.NoError(t, c.DeleteUser(t.Context(), ref("ann")))
		require.NoError(t, c.DeleteUser(t.Context(), ref("bob")))
		assert.Empty(t, names(t, c))
		time.Sleep(2 * time.Second)
		assert.Equal(t, []string{"bob", "ann"}, names(t, c))
		require.NoError(t, c.DeleteUser(t.Context(), ref("bob")))
		time.Sleep(time.Second)
		assert.Equal(t, []string{"ann", "bob"}, names(t, c), "the second row of bob")
		assert.Equal(t, "bob@example.com", user(t, c, "bob").Attributes.Value("email"))
		end := describe(t, c, job)
		assert.EqualValues(t, 3, end.ImportedUsers)
		assert.EqualValues(t, 1, end.SkippedUsers)
	})
}

// The sub and the aliases of a user whose row would have been skipped are found.
func TestRowOfADeletedUserIsFoundByOtherNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, change := range []func(*importjob.Pool){aliasEmail, usernameEmail} {
			c := testpool.New(t, &memory.Options{RowsPerSecond: 1, SubAsUsername: true}, change, func(p *importjob.Pool) { p.CaseInsensitive = true })
			name := "ann"
			if p, _ := c.Pool(t.Context(), testpool.ID); p.UsernameAttributes != nil {
				name = "ann@example.com"
			}
			addUser(t, c, name)
			file := strings.Replace(testpool.CSV(name), name+"@example.com,", "alias@example.com,", 1)
			started(t, c, file)
			_, err := c.User(t.Context(), ref("alias@example.com")) // so that there is an index of aliases
			require.ErrorIs(t, err, userpool.ErrUserNotFound)
			require.NoError(t, c.DeleteUser(t.Context(), ref(name)))
			time.Sleep(time.Second)
			found := user(t, c, "ALIAS@example.com")
			assert.Equal(t, found, user(t, c, name))
			assert.Equal(t, found, user(t, c, found.Sub))
			if name != "ann" {
				assert.Equal(t, found, user(t, c, strings.ToUpper(found.Sub)), "the sub is the username")
			}
		}
	})
}

// AddUser and UpdateUser get an alias before the rows get it that a job reads later.
func TestRowsComeAfterChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testpool.New(t, &memory.Options{RowsPerSecond: 1}, aliasEmail)
		addUser(t, c, "old")
		started(t, c, testpool.CSV("ann", "bob", "cid"))
		time.Sleep(time.Second)
		addUser(t, c, "new", verifiedEmail("bob@example.com")...)
		require.NoError(t, c.UpdateUser(t.Context(), ref("old"), verifiedEmail("cid@example.com")))
		assert.Equal(t, "new", user(t, c, "bob@example.com").Username)
		assert.Equal(t, "old", user(t, c, "cid@example.com").Username)
		time.Sleep(2 * time.Second)
		assert.Equal(t, "bob", user(t, c, "bob@example.com").Username)
		assert.Equal(t, "cid", user(t, c, "cid@example.com").Username)
		require.NoError(t, c.UpdateUser(t.Context(), ref("old"), verifiedEmail("cid@example.com")))
		assert.Equal(t, "old", user(t, c, "cid@example.com").Username)
	})
}

// A user who lost an alias to another one does not get it back by an update of something else.
func TestUpdateOfSomethingElseMovesNoAlias(t *testing.T) {
	c := imported(t, nil, []string{"ann", "bob"}, aliasEmail)
	started(t, c, strings.ReplaceAll(testpool.CSV("cid"), "cid@", "ann@"))
	require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{attribute("name", "Ann")}))
	assert.Equal(t, "cid", user(t, c, "ann@example.com").Username)
	assert.Equal(t, "true", user(t, c, "cid").Attributes.Value("email_verified"))
	assert.Equal(t, "true", user(t, c, "ann").Attributes.Value("email_verified"))

	c = testpool.New(t, nil, usernameEmail)
	started(t, c, emailCSV("ann"))
	started(t, c, strings.Replace(emailCSV("bob"), "bob@", "ann@", 1)) // the column email comes first
	assert.Len(t, names(t, c), 2)
	require.NoError(t, c.UpdateUser(t.Context(), ref("ann@example.com"), []userpool.Attribute{attribute("name", "Ann")}), "both have the address")
}

// What AddUser puts into an attribute with which users sign in takes the place of the username.
func TestJobSkipsUsersAddedByEmail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testpool.New(t, &memory.Options{RowsPerSecond: 1}, usernameEmail)
		ann := addUser(t, c, "ann@example.com")
		bob := addUser(t, c, "bob@example.com")
		job := started(t, c, emailCSV("ann", "bob", "cid", "dan"))
		require.NoError(t, c.UpdateUser(t.Context(), ref(bob.Sub), verifiedEmail("cid@example.com")))
		time.Sleep(4 * time.Second)
		end := describe(t, c, job)
		assert.EqualValues(t, 2, end.ImportedUsers, "bob and dan")
		assert.EqualValues(t, 2, end.SkippedUsers, "ann and cid")
		assert.Equal(t, ann.Sub, user(t, c, "ann@example.com").Sub)
		assert.NotEqual(t, bob.Sub, user(t, c, "bob@example.com").Sub)
		err := c.UpdateUser(t.Context(), ref(bob.Sub), []userpool.Attribute{attribute("email", "dan@example.com")})
		require.ErrorIs(t, err, userpool.ErrAliasExists)
	})
}

// The username of another user is a name with which that user signs in.
func TestPreferredUsernameIsNoOtherUsername(t *testing.T) {
	c := imported(t, nil, []string{"ann", "bob"}, func(p *importjob.Pool) { p.AliasAttributes = []string{"preferred_username"} })
	err := c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{attribute("preferred_username", "bob")})
	require.ErrorIs(t, err, userpool.ErrAliasExists)
	_, err = c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "cid", Attributes: userpool.NewAttributes(attribute("preferred_username", "ann"))})
	require.ErrorIs(t, err, userpool.ErrAliasExists)
	require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{attribute("preferred_username", "ann")}))
}

func TestTrueInAnyCaseVerifies(t *testing.T) {
	c := testpool.New(t, nil)
	added := addUser(t, c, "ann", attribute("email", "ann@example.com"), attribute("email_verified", "True"), attribute("name", ""))
	assert.Equal(t, map[string]string{"email": "ann@example.com", "email_verified": "true"}, added.Attributes.Map())
	_, err := c.ForgotPassword(t.Context(), ref("ann"))
	require.ErrorIs(t, err, importjob.ErrNotAuthorized, "a temporary password")
	require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{attribute("email_verified", "FALSE")}))
	assert.Equal(t, "false", user(t, c, "ann").Attributes.Value("email_verified"))
}

// A token of one list is none of another.
func TestTokensOfOtherLists(t *testing.T) {
	c := testpool.New(t, nil)
	addUser(t, c, "ann")
	addUser(t, c, "bob")
	tokens := map[string]string{}
	lists := map[string]func(token string) (string, error){
		"users": func(token string) (next string, err error) {
			_, next, err = c.Users(t.Context(), testpool.ID, importjob.Page{MaxResults: 1, Token: token})
			return next, err
		},
		"groups": func(token string) (next string, err error) {
			_, next, err = c.Groups(t.Context(), testpool.ID, importjob.Page{MaxResults: 1, Token: token})
			return next, err
		},
		"clients": func(token string) (next string, err error) {
			_, next, err = c.Clients(t.Context(), testpool.ID, importjob.Page{MaxResults: 1, Token: token})
			return next, err
		},
	}
	for _, name := range []string{"ann", "bob"} {
		lists["groups of "+name] = func(token string) (next string, err error) {
			_, next, err = c.GroupsOfUser(t.Context(), ref(name), importjob.Page{MaxResults: 1, Token: token})
			return next, err
		}
	}
	for _, name := range []string{"1", "2"} {
		group := userpool.GroupRef{UserPoolID: testpool.ID, GroupName: name}
		_, err := c.CreateGroup(t.Context(), userpool.Group{GroupRef: group})
		require.NoError(t, err)
		_, err = c.CreateClient(t.Context(), userpool.Client{UserPoolID: testpool.ID, Name: name})
		require.NoError(t, err)
		for _, user := range []string{"ann", "bob"} {
			require.NoError(t, c.AddUserToGroup(t.Context(), ref(user), name))
		}
		lists["users of group "+name] = func(token string) (next string, err error) {
			_, next, err = c.UsersInGroup(t.Context(), group, importjob.Page{MaxResults: 1, Token: token})
			return next, err
		}
	}
	for name, list := range lists {
		token, err := list("")
		require.NoError(t, err)
		require.NotEmpty(t, token, name)
		_, err = list(token)
		require.NoError(t, err)
		tokens[name] = token
	}
	for name, list := range lists {
		for other, token := range tokens {
			if _, err := list(token); other != name {
				require.ErrorIs(t, err, importjob.ErrInvalidParameter, "%s takes a token of %s", name, other)
			}
		}
	}
}

// A token stays good when users leave the group and others join it.
func TestTokenOfAGroupThatChanges(t *testing.T) {
	c := imported(t, nil, []string{"ann", "bob", "cid", "dan"})
	createGroups(t, c, "staff")
	for _, name := range []string{"ann", "bob", "cid"} {
		require.NoError(t, c.AddUserToGroup(t.Context(), ref(name), "staff"))
	}
	_, token, err := c.UsersInGroup(t.Context(), groupRef("staff"), importjob.Page{MaxResults: 2})
	require.NoError(t, err)
	for _, name := range []string{"ann", "bob", "cid"} {
		require.NoError(t, c.RemoveUserFromGroup(t.Context(), ref(name), "staff"))
	}
	require.NoError(t, c.AddUserToGroup(t.Context(), ref("dan"), "staff"))
	page, _, err := c.UsersInGroup(t.Context(), groupRef("staff"), importjob.Page{Token: token})
	require.NoError(t, err)
	require.Len(t, page, 1)
	assert.Equal(t, "dan", page[0].Username)
}

func TestUserAddedDisabledStaysDisabled(t *testing.T) {
	c := testpool.New(t, nil)
	_, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "ann", Disabled: true})
	require.NoError(t, err)
	require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{attribute("name", "Ann")}))
	assert.True(t, user(t, c, "ann").Disabled)
}

func TestClientsThatChange(t *testing.T) {
	c := testpool.New(t, nil)
	var ids []string
	for range 3 {
		client, err := c.CreateClient(t.Context(), userpool.Client{UserPoolID: testpool.ID, Name: "web", Secret: strings.Repeat("s", 32)})
		require.NoError(t, err)
		ids = append(ids, client.ID)
	}
	updated, err := c.UpdateClient(t.Context(), userpool.Client{ID: ids[2], UserPoolID: testpool.ID, Name: "app"})
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("s", 32), updated.Secret)
	_, token, err := c.Clients(t.Context(), testpool.ID, importjob.Page{MaxResults: 1})
	require.NoError(t, err)
	require.NoError(t, c.DeleteClient(t.Context(), ids[1]))
	page, _, err := c.Clients(t.Context(), testpool.ID, importjob.Page{Token: token})
	require.NoError(t, err)
	require.Len(t, page, 1)
	assert.Equal(t, ids[2], page[0].ID)
}
