package memory_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/srp"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// hashed is a hash that another program made.
type hashed struct {
	Algorithm importjob.PasswordHashingAlgorithm
	Password  string
	Hash      string
}

// foreignHashes returns one cheap hash of each algorithm, of the password "P@ssw0rd!".
func foreignHashes(t *testing.T) map[importjob.PasswordHashingAlgorithm]string {
	t.Helper()
	file, err := os.ReadFile("../internal/passwords/testdata/vectors.jsonl")
	require.NoError(t, err)
	found := map[importjob.PasswordHashingAlgorithm]string{}
	for lines := json.NewDecoder(bytes.NewReader(file)); ; {
		var h hashed
		if err := lines.Decode(&h); err == io.EOF {
			break
		}
		if h.Password == "P@ssw0rd!" && found[h.Algorithm] == "" {
			found[h.Algorithm] = h.Hash
		}
	}
	require.Len(t, found, 4)
	return found
}

const oldPassword = "P@ssw0rd!"

// importHashes imports users with the password hash, which may be "".
func importHashes(t *testing.T, c *memory.Cognito, algorithm importjob.PasswordHashingAlgorithm, hashes map[string]string) importjob.UserImportJob {
	t.Helper()
	var b strings.Builder
	w := importjob.NewWriter(&b)
	pool, err := c.Pool(t.Context(), testpool.ID)
	require.NoError(t, err)
	require.NoError(t, w.Write(pool.Header()))
	for name, hash := range hashes {
		require.NoError(t, w.WriteRecord(importjob.Record{"cognito:username": name, "email": name + "@example.com", "email_verified": "TRUE", "password_hash": hash}))
	}
	require.NoError(t, w.Flush())
	in := importjob.CreateInput{UserPoolID: testpool.ID, JobName: "hashes", CloudWatchLogsRoleARN: input.CloudWatchLogsRoleARN, PasswordHashingAlgorithm: algorithm}
	job, err := importjob.Import(t.Context(), c, in, strings.NewReader(b.String()), int64(b.Len()), nil)
	require.NoError(t, err)
	require.EqualValues(t, len(hashes), job.ImportedUsers)
	return job
}

func takesHashes(p *importjob.Pool) { p.PasswordHashes = true }

func signIn(t *testing.T, c *memory.Cognito, name, password string) error {
	t.Helper()
	_, err := c.VerifyPassword(t.Context(), ref(name), password)
	return err
}

func TestSignInWithImportedHash(t *testing.T) {
	for algorithm, hash := range foreignHashes(t) {
		c := testpool.New(t, nil, takesHashes)
		importHashes(t, c, algorithm, map[string]string{"ann": hash, "bob": ""})
		assert.Equal(t, userpool.StatusConfirmed, user(t, c, "ann").Status)
		require.ErrorIs(t, signIn(t, c, "ann", oldPassword+"x"), importjob.ErrNotAuthorized, algorithm)
		require.NoError(t, signIn(t, c, "ann", oldPassword), algorithm)
		require.NoError(t, signIn(t, c, user(t, c, "ann").Sub, oldPassword), algorithm)
		require.ErrorIs(t, signIn(t, c, "ann", oldPassword+"x"), importjob.ErrNotAuthorized, algorithm)
		require.ErrorIs(t, signIn(t, c, "bob", oldPassword), userpool.ErrPasswordResetRequired, algorithm)
	}
}

// srpSignIn signs in by SRP as a client and a server do.
func srpSignIn(t *testing.T, c *memory.Cognito, name, password string) bool {
	t.Helper()
	v, err := c.SRPVerifier(t.Context(), ref(name))
	require.NoError(t, err)
	client := srp.NewClient([]byte("the secret of a client"))
	server, err := srp.NewServer(v.Verifier, client.A(), []byte("the secret of the server"))
	require.NoError(t, err)
	key, err := client.Key(srp.NewIdentity(testpool.ID, v.Username), password, srp.SaltHex(v.Salt), server.B())
	require.NoError(t, err)
	return bytes.Equal(key, server.Key())
}

func TestSRPAfterTheFirstSignIn(t *testing.T) {
	c := testpool.New(t, nil, takesHashes)
	importHashes(t, c, importjob.HashBCRYPT, map[string]string{"ann": foreignHashes(t)[importjob.HashBCRYPT]})
	before, err := c.SRPVerifier(t.Context(), ref("ann"))
	require.NoError(t, err)
	again, err := c.SRPVerifier(t.Context(), ref("ann"))
	require.NoError(t, err)
	assert.Equal(t, before.Salt, again.Salt, "nobody can tell that the user has no verifier")
	assert.False(t, srpSignIn(t, c, "ann", oldPassword))
	require.NoError(t, signIn(t, c, "ann", oldPassword))
	assert.True(t, srpSignIn(t, c, "ann", oldPassword))
	assert.False(t, srpSignIn(t, c, "ann", oldPassword+"x"))
}

func TestSetPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := imported(t, nil, []string{"ann"})
		require.NoError(t, c.SetPassword(t.Context(), ref("ann"), "Temp0rary!", false))
		got, err := c.VerifyPassword(t.Context(), ref("ann"), "Temp0rary!")
		require.NoError(t, err)
		assert.Equal(t, userpool.StatusForceChangePassword, got.Status)
		time.Sleep(7*24*time.Hour - time.Millisecond)
		require.NoError(t, signIn(t, c, "ann", "Temp0rary!"))
		time.Sleep(time.Millisecond)
		require.ErrorIs(t, signIn(t, c, "ann", "Temp0rary!"), importjob.ErrNotAuthorized)
		require.NoError(t, c.SetPassword(t.Context(), ref("ann"), "Perman3nt!", true))
		time.Sleep(1000 * 24 * time.Hour)
		got, err = c.VerifyPassword(t.Context(), ref("ann"), "Perman3nt!")
		require.NoError(t, err)
		assert.Equal(t, userpool.StatusConfirmed, got.Status)
		assert.True(t, srpSignIn(t, c, "ann", "Perman3nt!"))
		require.ErrorIs(t, signIn(t, c, "ann", "Temp0rary!"), importjob.ErrNotAuthorized)
	})
}

func TestPasswordPolicyOfThePool(t *testing.T) {
	c := imported(t, nil, []string{"ann"})
	require.ErrorIs(t, c.SetPassword(t.Context(), ref("ann"), "simple", true), userpool.ErrInvalidPassword)
	assert.Equal(t, userpool.StatusResetRequired, user(t, c, "ann").Status)
	set, err := c.DescribePool(t.Context(), testpool.ID)
	require.NoError(t, err)
	set.PasswordPolicy = userpool.PasswordPolicy{MinimumLength: 6, TemporaryPasswordValidityDays: 1}
	require.NoError(t, c.UpdatePool(t.Context(), set))
	require.NoError(t, c.SetPassword(t.Context(), ref("ann"), "simple", true))
	require.ErrorIs(t, c.SetPassword(t.Context(), ref("ann"), "short", true), userpool.ErrInvalidPassword)
	require.NoError(t, signIn(t, c, "ann", "simple"))
}

func TestStatesThatRefuseASignIn(t *testing.T) {
	c := imported(t, nil, []string{"ann"})
	for _, status := range []userpool.Status{userpool.StatusUnconfirmed, userpool.StatusConfirmed, ""} {
		_, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "user" + string(status), Status: status})
		require.NoError(t, err)
	}
	require.ErrorIs(t, signIn(t, c, "ann", "x"), userpool.ErrPasswordResetRequired)
	require.ErrorIs(t, signIn(t, c, "userUNCONFIRMED", "x"), userpool.ErrUserNotConfirmed)
	require.ErrorIs(t, signIn(t, c, "userCONFIRMED", ""), importjob.ErrNotAuthorized, "a user without a password")
	require.ErrorIs(t, signIn(t, c, "user", ""), importjob.ErrNotAuthorized)
	require.ErrorIs(t, signIn(t, c, "none", "x"), userpool.ErrUserNotFound)
	require.NoError(t, c.SetPassword(t.Context(), ref("ann"), oldPassword, true))
	require.NoError(t, c.DisableUser(t.Context(), ref("ann")))
	require.ErrorContains(t, signIn(t, c, "ann", oldPassword), "User is disabled.")
	require.NoError(t, c.EnableUser(t.Context(), ref("ann")))
	require.NoError(t, signIn(t, c, "ann", oldPassword))
}

func TestLockout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := imported(t, nil, []string{"ann", "bob"})
		require.NoError(t, c.SetPassword(t.Context(), ref("ann"), oldPassword, true))
		const wrong, locked = "Incorrect username or password.", "Password attempts exceeded"
		for range 4 {
			require.ErrorContains(t, signIn(t, c, "ann", "x"), wrong)
		}
		require.NoError(t, signIn(t, c, "ann", oldPassword), "a right password counts from the beginning")
		for range 5 {
			require.ErrorContains(t, signIn(t, c, "ann", "x"), wrong)
		}
		for wait := time.Second; ; wait = min(2*wait, 15*time.Minute) {
			require.ErrorContains(t, signIn(t, c, "ann", oldPassword), locked)
			time.Sleep(wait - time.Millisecond)
			require.ErrorContains(t, signIn(t, c, "ann", oldPassword), locked, "after nearly %s", wait)
			time.Sleep(time.Millisecond)
			if wait == 15*time.Minute {
				break
			}
			require.ErrorContains(t, signIn(t, c, "ann", "x"), wrong)
		}
		require.NoError(t, signIn(t, c, "ann", oldPassword))
		require.ErrorIs(t, signIn(t, c, "bob", "x"), userpool.ErrPasswordResetRequired, "each user counts alone")

		for range 4 {
			require.ErrorContains(t, signIn(t, c, "ann", "x"), wrong)
		}
		time.Sleep(15 * time.Minute)
		for range 4 {
			require.ErrorContains(t, signIn(t, c, "ann", "x"), wrong)
		}
		require.NoError(t, signIn(t, c, "ann", oldPassword), "15 quiet minutes count from the beginning")
	})
}

// TestVerifyHoldsNoLock calls everything else while a hash is computed.
func TestVerifyHoldsNoLock(t *testing.T) {
	c := testpool.New(t, nil, takesHashes)
	job := importHashes(t, c, importjob.HashBCRYPT, map[string]string{"ann": foreignHashes(t)[importjob.HashBCRYPT]})
	called := false
	memory.OnVerify(c, func() {
		if called {
			return
		}
		called = true
		describe(t, c, job.Ref())
		user(t, c, "ann")
		_, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: "bob"})
		assert.NoError(t, err)
		started(t, c, strings.ReplaceAll(csvOf(t, c, "cid"), "\r", ""))
	})
	require.NoError(t, signIn(t, c, "ann", oldPassword))
	assert.True(t, called)
	assert.EqualValues(t, 3, count(t, c))
}

func csvOf(t *testing.T, c *memory.Cognito, name string) string {
	t.Helper()
	var b strings.Builder
	w := importjob.NewWriter(&b)
	pool, err := c.Pool(t.Context(), testpool.ID)
	require.NoError(t, err)
	require.NoError(t, w.Write(pool.Header()))
	require.NoError(t, w.WriteRecord(importjob.Record{"cognito:username": name, "email": name + "@example.com", "email_verified": "TRUE"}))
	require.NoError(t, w.Flush())
	return b.String()
}

// TestPasswordThatChangesDuringAVerification sets another password while the old one is checked.
func TestPasswordThatChangesDuringAVerification(t *testing.T) {
	for _, change := range []struct {
		name string
		do   func(c *memory.Cognito) error
		want error
	}{
		{"set", func(c *memory.Cognito) error { return c.SetPassword(t.Context(), ref("ann"), "An0ther-one", true) }, importjob.ErrNotAuthorized},
		{"delete", func(c *memory.Cognito) error { return c.DeleteUser(t.Context(), ref("ann")) }, userpool.ErrUserNotFound},
		{"disable", func(c *memory.Cognito) error { return c.DisableUser(t.Context(), ref("ann")) }, importjob.ErrNotAuthorized},
		{"reset", func(c *memory.Cognito) error { return second(c.ResetPassword(t.Context(), ref("ann"))) }, userpool.ErrPasswordResetRequired},
	} {
		c := testpool.New(t, nil, takesHashes)
		importHashes(t, c, importjob.HashBCRYPT, map[string]string{"ann": foreignHashes(t)[importjob.HashBCRYPT]})
		var once sync.Once
		memory.OnVerify(c, func() { once.Do(func() { assert.NoError(t, change.do(c)) }) })
		require.ErrorIs(t, signIn(t, c, "ann", oldPassword), change.want, change.name)
	}
}

func TestForgotPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := imported(t, nil, []string{"ann", "bob"})
		code, err := c.ForgotPassword(t.Context(), ref("ann"))
		require.NoError(t, err)
		assert.Equal(t, userpool.Code{Code: code.Code, Attribute: "email", Medium: "EMAIL", Destination: "a***@e***", Expires: c.Now().Add(time.Hour)}, code)
		assert.Regexp(t, `^[0-9]{6}$`, code.Code)
		assert.Equal(t, userpool.StatusResetRequired, user(t, c, "ann").Status)
		confirm := func(name, code, password string) error {
			return c.ConfirmForgotPassword(t.Context(), ref(name), code, password)
		}
		wrong := "000000"
		if code.Code == wrong {
			wrong = "000001"
		}
		require.ErrorIs(t, confirm("ann", wrong, "An0ther-one"), userpool.ErrCodeMismatch)
		require.ErrorIs(t, confirm("bob", code.Code, "An0ther-one"), userpool.ErrExpiredCode)
		require.ErrorIs(t, confirm("ann", code.Code, "simple"), userpool.ErrInvalidPassword)
		require.NoError(t, confirm("ann", code.Code, "An0ther-one"))
		assert.Equal(t, userpool.StatusConfirmed, user(t, c, "ann").Status)
		require.NoError(t, signIn(t, c, "ann", "An0ther-one"))
		require.ErrorIs(t, confirm("ann", code.Code, "An0ther-two"), userpool.ErrExpiredCode, "a code works once")

		first, err := c.ForgotPassword(t.Context(), ref("bob"))
		require.NoError(t, err)
		second, err := c.ForgotPassword(t.Context(), ref("bob"))
		require.NoError(t, err)
		require.NotEqual(t, first.Code, second.Code)
		require.ErrorIs(t, confirm("bob", first.Code, "An0ther-one"), userpool.ErrCodeMismatch)
		time.Sleep(time.Hour)
		require.ErrorIs(t, confirm("bob", second.Code, "An0ther-one"), userpool.ErrExpiredCode)
	})
}

func TestWhereACodeGoes(t *testing.T) {
	c := testpool.New(t, nil)
	add := func(name string, attributes ...string) {
		var list []userpool.Attribute
		for i := 0; i < len(attributes); i += 2 {
			list = append(list, userpool.Attribute{Name: attributes[i], Value: attributes[i+1]})
		}
		_, err := c.AddUser(t.Context(), testpool.ID, userpool.User{Username: name, Status: userpool.StatusConfirmed, Attributes: userpool.NewAttributes(list...)})
		require.NoError(t, err)
	}
	add("both", "email", "jo@example.com", "email_verified", "true", "phone_number", "+12345559934", "phone_number_verified", "true")
	add("email", "email", "jo@example.com", "email_verified", "True", "phone_number", "+12345559934")
	add("none", "email", "jo@example.com", "email_verified", "false")
	code, err := c.ForgotPassword(t.Context(), ref("both"))
	require.NoError(t, err)
	assert.Equal(t, "SMS +*******9934", code.Medium+" "+code.Destination)
	code, err = c.ForgotPassword(t.Context(), ref("email"))
	require.NoError(t, err)
	assert.Equal(t, "EMAIL j***@e***", code.Medium+" "+code.Destination)
	_, err = c.ForgotPassword(t.Context(), ref("none"))
	require.ErrorIs(t, err, importjob.ErrInvalidParameter)
	require.NoError(t, c.SetPassword(t.Context(), ref("both"), "Temp0rary!", false))
	for _, call := range []error{second(c.ForgotPassword(t.Context(), ref("both"))), second(c.ResetPassword(t.Context(), ref("both")))} {
		require.ErrorIs(t, call, importjob.ErrNotAuthorized)
	}
}

func TestResetPassword(t *testing.T) {
	c := testpool.New(t, nil, takesHashes)
	importHashes(t, c, importjob.HashBCRYPT, map[string]string{"ann": foreignHashes(t)[importjob.HashBCRYPT]})
	code, err := c.ResetPassword(t.Context(), ref("ann"))
	require.NoError(t, err)
	require.ErrorIs(t, signIn(t, c, "ann", oldPassword), userpool.ErrPasswordResetRequired)
	require.NoError(t, c.ConfirmForgotPassword(t.Context(), ref("ann"), code.Code, "An0ther-one"))
	require.ErrorIs(t, signIn(t, c, "ann", oldPassword), importjob.ErrNotAuthorized, "the imported hash is gone")
	require.NoError(t, signIn(t, c, "ann", "An0ther-one"))
}

func TestOneTimePasswordsConfirm(t *testing.T) {
	for factor, want := range map[string]userpool.Status{
		"EMAIL_OTP": userpool.StatusConfirmed, "SMS_OTP": userpool.StatusResetRequired, "PASSWORD": userpool.StatusResetRequired,
	} {
		c := memory.New(nil)
		_, err := c.CreatePool(t.Context(), userpool.Pool{
			Pool:                    importjob.Pool{ID: testpool.ID, AutoVerifiedAttributes: []string{"email"}},
			AllowedFirstAuthFactors: []string{"PASSWORD", factor},
		})
		require.NoError(t, err)
		started(t, c, testpool.CSV("ann"))
		assert.Equal(t, want, user(t, c, "ann").Status, factor)
	}
}
