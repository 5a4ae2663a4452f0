package bulk_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// TestEveryUserIsAccountedFor imports users of all kinds over several jobs.
func TestEveryUserIsAccountedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCognito(t, memory.Options{RowsPerSecond: 2})
		_, err := c.AddUser(t.Context(), poolID, userpool.User{Username: "user3"})
		require.NoError(t, err)
		users := good(7)
		noEmail := user("noemail")
		delete(noEmail, "email")
		newline := user("newline")
		newline["name"] = "two\nlines"
		strange := user("strange")
		strange["shoe size"] = "44"
		users = append(users[:4], append([]importjob.Record{noEmail, user("USER1"), newline, strange}, users[4:]...)...)
		dir := filepath.Join(t.TempDir(), "import")
		s, err := bulk.Import(t.Context(), c, input(), sequence(users...), dir, &bulk.Options{PartRows: 3,
			Lookup: func(_ context.Context, username string) (string, error) { return "sub of " + username, nil }})
		require.NoError(t, err)
		rows, written := readReport(t, dir)
		assert.Equal(t, written.Counts, s.Counts)
		assert.Equal(t, bulk.Counts{Imported: 6, Skipped: 1}, s.Counts)
		assert.Equal(t, []int64{11, 4}, []int64{s.Rows, s.Rejected})
		assert.Equal(t, []int{3, 3}, []int{s.Parts, s.Jobs})
		id := func(part int) string { return s.Runs[part-1].JobID }
		assert.Equal(t, []outcome{
			{"1", "1", id(1), "2", "user1", "imported", "", "sub of user1"},
			{"2", "1", id(1), "3", "user2", "imported", "", "sub of user2"},
			{"3", "1", id(1), "4", "user3", "skipped", "The user already exists.", ""},
			{"4", "2", id(2), "2", "user4", "imported", "", "sub of user4"},
			{"5", "", "", "", "noemail", "rejected", "email: email_verified is true: a value is required", ""},
			{"6", "", "", "", "USER1", "rejected", "cognito:username: The user already exists. The first is on line 1.", ""},
			{"7", "", "", "", "newline", "rejected", "name: a value cannot hold a line break", ""},
			{"8", "", "", "", "strange", "rejected", "shoe size: the pool has no such attribute", ""},
			{"9", "2", id(2), "3", "user5", "imported", "", "sub of user5"},
			{"10", "3", id(3), "2", "user6", "imported", "", "sub of user6"},
			{"11", "3", id(3), "3", "user7", "imported", "", "sub of user7"},
		}, rows)
		want := slices.Sorted(maps.Keys(usernames(t, c)))
		assert.Equal(t, []string{"user1", "user2", "user3", "user4", "user5", "user6", "user7"}, want)
		rejected, err := os.ReadFile(filepath.Join(dir, "rejected.csv"))
		require.NoError(t, err)
		assert.Contains(t, string(rejected), "\n7,name,a value cannot hold a line break,\"two\nlines\",")
		_, err = bulk.Import(t.Context(), c, input(), sequence(users...), dir, nil)
		assert.ErrorIs(t, err, bulk.ErrDirInUse)
		again, err := bulk.Import(t.Context(), c, input(), sequence(users...), dir, &bulk.Options{Resume: true})
		require.NoError(t, err)
		assert.Equal(t, s, again, "there is nothing left to do")
	})
}
