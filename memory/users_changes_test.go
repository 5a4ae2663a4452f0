package memory_test

import (
	"fmt"
	"runtime"
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

// imported returns a Cognito with a pool into which a job has imported users of these names.
func imported(t *testing.T, opts *memory.Options, names []string, change ...func(*importjob.Pool)) *memory.Cognito {
	t.Helper()
	c := testpool.New(t, opts, change...)
	started(t, c, testpool.CSV(names...))
	return c
}

func ref(name string) userpool.Ref { return userpool.Ref{UserPoolID: testpool.ID, Username: name} }

func user(t *testing.T, c *memory.Cognito, name string) userpool.User {
	t.Helper()
	u, err := c.User(t.Context(), ref(name))
	require.NoError(t, err)
	return u
}

func names(t *testing.T, c *memory.Cognito) (list []string) {
	t.Helper()
	for u, err := range userpool.All(t.Context(), c, testpool.ID) {
		require.NoError(t, err)
		list = append(list, u.Username)
	}
	return list
}

func count(t *testing.T, c *memory.Cognito) int64 {
	t.Helper()
	n, err := c.CountUsers(t.Context(), testpool.ID)
	require.NoError(t, err)
	return n
}

func TestUpdateUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := imported(t, nil, []string{"ann", "bob"})
		before := user(t, c, "ann")
		time.Sleep(time.Hour)
		require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{
			{Name: "name", Value: "Ann"}, {Name: "gender", Value: ""}, {Name: "email", Value: "ann@example.org"},
		}))
		after := user(t, c, "ann")
		assert.Equal(t, map[string]string{"email": "ann@example.org", "email_verified": "false", "name": "Ann"}, after.Attributes.Map())
		assert.Equal(t, before.CreateDate, after.CreateDate)
		assert.Equal(t, before.CreateDate.Add(time.Hour), after.LastModifiedDate)
		assert.Equal(t, "ann@example.com", before.Attributes.Value("email"), "a user that was returned does not change")
		assert.Equal(t, "bob@example.com", user(t, c, "bob").Attributes.Value("email"))

		require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{
			{Name: "name", Value: ""}, {Name: "email", Value: "a@example.org"}, {Name: "email_verified", Value: "true"},
		}))
		assert.Equal(t, map[string]string{"email": "a@example.org", "email_verified": "true"}, user(t, c, "ann").Attributes.Map())
	})
}

func TestUpdateUserRefuses(t *testing.T) {
	c := testpool.New(t, nil, func(p *importjob.Pool) {
		p.Schema = importjob.ClassicSchema()
		for i := range p.Schema {
			p.Schema[i].Required = p.Schema[i].Required || p.Schema[i].Name == "email"
		}
		p.Schema = append(p.Schema,
			importjob.SchemaAttribute{Name: "custom:fixed", Type: importjob.TypeString},
			importjob.SchemaAttribute{Name: "custom:level", Type: importjob.TypeNumber, Mutable: true, MinValue: "1", MaxValue: "9"},
			importjob.SchemaAttribute{Name: "custom:code", Type: importjob.TypeString, Mutable: true, MinLength: "2", MaxLength: "3"})
	})
	_, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "ann", Attributes: userpool.NewAttributes(
		userpool.Attribute{Name: "email", Value: "ann@example.com"}, userpool.Attribute{Name: "email_verified", Value: "true"})})
	require.NoError(t, err)
	for _, test := range []struct{ name, value, says string }{
		{"custom:none", "x", "custom:none: Attribute does not exist in the schema"},
		{"sub", "x", "non-mutable attribute sub"},
		{"custom:fixed", "x", "cannot be changed"},
		{"email", "no address", "Invalid email address format."},
		{"phone_number", "0123", "Invalid phone number format."},
		{"email_verified", "yes", "true or false"},
		{"birthdate", "1985", "no shorter than 10"},
		{"custom:level", "x", "must be a number"},
		{"custom:level", "0", "at least 1"},
		{"custom:level", "10", "at most 9"},
		{"custom:code", "é", "no shorter than 2"},
		{"custom:code", "éééé", "no longer than 3"},
		{"email", "", "email: The attribute is required"},
	} {
		err := c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{{Name: "name", Value: "Ann"}, {Name: test.name, Value: test.value}})
		require.ErrorIs(t, err, importjob.ErrInvalidParameter, test.name)
		assert.ErrorContains(t, err, test.says)
	}
	assert.Equal(t, map[string]string{"email": "ann@example.com", "email_verified": "true"}, user(t, c, "ann").Attributes.Map())
	require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{{Name: "custom:code", Value: "éé"},
		{Name: "custom:level", Value: "9"}, {Name: "birthdate", Value: "2001-02-03"}}))
}

func TestDisableUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := imported(t, nil, []string{"ann"})
		_, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "bob", Disabled: true})
		require.NoError(t, err)
		created := user(t, c, "ann").CreateDate
		time.Sleep(time.Minute)
		require.NoError(t, c.DisableUser(t.Context(), ref("ann")))
		require.NoError(t, c.EnableUser(t.Context(), ref("bob")))
		for range 2 { // the second round changes nothing
			ann, bob := user(t, c, "ann"), user(t, c, "bob")
			assert.True(t, ann.Disabled)
			assert.False(t, bob.Disabled)
			assert.Equal(t, created.Add(time.Minute), ann.LastModifiedDate)
			assert.Equal(t, userpool.StatusResetRequired, ann.Status)
			time.Sleep(time.Minute)
			require.NoError(t, c.DisableUser(t.Context(), ref("ann")))
			require.NoError(t, c.EnableUser(t.Context(), ref("bob")))
		}
		require.NoError(t, c.EnableUser(t.Context(), ref("ann")))
		require.NoError(t, c.DisableUser(t.Context(), ref("bob")))
		assert.False(t, user(t, c, "ann").Disabled)
		assert.True(t, user(t, c, "bob").Disabled)
	})
}

func TestDeleteUser(t *testing.T) {
	c := imported(t, nil, []string{"ann", "bob", "cid"})
	_, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "dan"})
	require.NoError(t, err)
	sub := user(t, c, "bob").Sub
	for _, name := range []string{"bob", "dan"} {
		require.NoError(t, c.DeleteUser(t.Context(), ref(name)))
		_, err = c.User(t.Context(), ref(name))
		require.ErrorIs(t, err, userpool.ErrUserNotFound)
		require.ErrorIs(t, c.DeleteUser(t.Context(), ref(name)), userpool.ErrUserNotFound)
	}
	_, err = c.User(t.Context(), ref(sub))
	require.ErrorIs(t, err, userpool.ErrUserNotFound)
	assert.Equal(t, []string{"ann", "cid"}, names(t, c))
	assert.EqualValues(t, 2, count(t, c))

	// The name is free, for an administrator and for a job.
	again, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "bob"})
	require.NoError(t, err)
	assert.NotEqual(t, sub, again.Sub)
	require.NoError(t, c.DeleteUser(t.Context(), ref("bob")))
	job := describe(t, c, started(t, c, testpool.CSV("ann", "bob", "dan")))
	assert.EqualValues(t, 2, job.ImportedUsers)
	assert.EqualValues(t, 1, job.SkippedUsers)
	assert.Equal(t, []string{"ann", "cid", "bob", "dan"}, names(t, c))
}

func TestDeleteUserWhileAJobRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testpool.New(t, &memory.Options{RowsPerSecond: 1})
		job := started(t, c, testpool.CSV("ann", "bob", "cid"))
		time.Sleep(2 * time.Second)
		require.NoError(t, c.DeleteUser(t.Context(), ref("ann")))
		require.NoError(t, c.DeleteUser(t.Context(), ref("bob")))
		assert.Empty(t, names(t, c))
		require.ErrorIs(t, c.DeleteUser(t.Context(), ref("cid")), userpool.ErrUserNotFound)
		time.Sleep(time.Second)
		assert.Equal(t, []string{"cid"}, names(t, c))
		assert.EqualValues(t, 3, describe(t, c, job).ImportedUsers, "the job has imported them")
	})
}

// TestDeletedUsersFreeTheirFile measures the memory of a file whose users are all deleted, and reads one that a caller
// got before.
func TestDeletedUsersFreeTheirFile(t *testing.T) {
	list := make([]string, 20_000)
	for i := range list {
		list[i] = fmt.Sprintf("%s%06d", strings.Repeat("x", 50), i)
	}
	c := imported(t, nil, list)
	kept := user(t, c, list[7])
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for _, name := range list[1:] {
		require.NoError(t, c.DeleteUser(t.Context(), ref(name)))
	}
	before := heap()
	assert.Equal(t, list[7]+"@example.com", kept.Attributes.Value("email"))
	require.NoError(t, c.DeleteUser(t.Context(), ref(list[0])))
	assert.Equal(t, list[7]+"@example.com", kept.Attributes.Value("email"))
	kept = userpool.User{}
	size := uint64(len(testpool.CSV(list...)))
	assert.Less(t, heap()+size*9/10, before, "the file of %d bytes is still there", size)
	assert.Zero(t, count(t, c))
	assert.EqualValues(t, 20_000, describe(t, c, lastJob(t, c)).ImportedUsers)
	runtime.KeepAlive(c)
}

func lastJob(t *testing.T, c *memory.Cognito) importjob.Ref {
	t.Helper()
	jobs, _, err := c.List(t.Context(), testpool.ID, importjob.Page{})
	require.NoError(t, err)
	return jobs[0].Ref()
}

func TestUserBySub(t *testing.T) {
	c := imported(t, nil, []string{"ann", "bob"})
	for _, name := range []string{"ann", "bob"} {
		sub := user(t, c, name).Sub
		assert.Equal(t, name, user(t, c, sub).Username)
		for _, other := range []string{strings.ToUpper(sub), sub + "0", sub[:35], "x" + sub[1:], strings.ReplaceAll(sub, "-", "_")} {
			_, err := c.User(t.Context(), ref(other))
			require.ErrorIs(t, err, userpool.ErrUserNotFound, other)
		}
	}
}

func TestVerifiedAliasMoves(t *testing.T) {
	c := imported(t, nil, []string{"ann", "bob"}, func(p *importjob.Pool) { p.AliasAttributes = []string{"email", "preferred_username"} })
	assert.Equal(t, "ann", user(t, c, "ann@example.com").Username)
	require.NoError(t, c.UpdateUser(t.Context(), ref("bob"), []userpool.Attribute{{Name: "email", Value: "ann@example.com"}}))
	assert.Equal(t, "ann", user(t, c, "ann@example.com").Username, "bob's is not verified")
	require.NoError(t, c.UpdateUser(t.Context(), ref("bob"), []userpool.Attribute{{Name: "email_verified", Value: "true"}}))
	assert.Equal(t, "bob", user(t, c, "ann@example.com").Username)
	assert.Equal(t, "false", user(t, c, "ann").Attributes.Value("email_verified"))

	require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{{Name: "preferred_username", Value: "chief"}}))
	assert.Equal(t, "ann", user(t, c, "chief").Username)
	err := c.UpdateUser(t.Context(), ref("bob"), []userpool.Attribute{{Name: "preferred_username", Value: "chief"}})
	require.ErrorIs(t, err, userpool.ErrAliasExists)

	_, err = c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "cid", Attributes: userpool.NewAttributes(
		userpool.Attribute{Name: "email", Value: "ann@example.com"}, userpool.Attribute{Name: "email_verified", Value: "true"})})
	require.ErrorIs(t, err, userpool.ErrAliasExists)
	_, err = c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "cid", Attributes: userpool.NewAttributes(
		userpool.Attribute{Name: "email", Value: "ann@example.com"})})
	require.NoError(t, err)
}

func TestLastAliasWins(t *testing.T) {
	c := imported(t, nil, []string{"ann"}, func(p *importjob.Pool) { p.AliasAttributes = []string{"email"} })
	assert.Equal(t, "ann", user(t, c, "ann@example.com").Username)
	started(t, c, strings.ReplaceAll(testpool.CSV("bob"), "bob@", "ann@"))
	assert.Equal(t, "bob", user(t, c, "ann@example.com").Username, "the row of a later job")
	require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{{Name: "email", Value: "x@example.com"}, {Name: "email_verified", Value: "true"}}))
	require.NoError(t, c.UpdateUser(t.Context(), ref("ann"), []userpool.Attribute{{Name: "email", Value: "ann@example.com"}, {Name: "email_verified", Value: "true"}}))
	assert.Equal(t, "ann", user(t, c, "ann@example.com").Username, "the later change")
	require.NoError(t, c.DeleteUser(t.Context(), ref("ann")))
	_, err := c.User(t.Context(), ref("ann@example.com"))
	require.ErrorIs(t, err, userpool.ErrUserNotFound, "bob's is no longer verified")
}

func TestUsersOfAPoolWithUsernameAttributes(t *testing.T) {
	c := testpool.New(t, nil, func(p *importjob.Pool) { p.UsernameAttributes = []string{"email", "phone_number"} })
	added, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "ann@example.com"})
	require.NoError(t, err)
	assert.Equal(t, added.Sub, added.Username)
	assert.Equal(t, "ann@example.com", added.Attributes.Value("email"))
	assert.Equal(t, added.Sub, user(t, c, "ann@example.com").Username)
	phone, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "+12345550100"})
	require.NoError(t, err)
	assert.Equal(t, phone.Sub, user(t, c, "+12345550100").Username)
	for _, taken := range []string{"ann@example.com", "+12345550100"} {
		_, err = c.AddUser(t.Context(), testpool.ID, userpool.User{Username: taken})
		require.ErrorIs(t, err, userpool.ErrUsernameExists)
	}
	_, err = c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "ann"})
	require.ErrorIs(t, err, importjob.ErrInvalidParameter)
	err = c.UpdateUser(t.Context(), ref("+12345550100"), []userpool.Attribute{{Name: "email", Value: "ann@example.com"}})
	require.ErrorIs(t, err, userpool.ErrAliasExists)
}
