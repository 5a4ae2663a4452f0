package memory

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/srp"
	"github.com/cognito-import/importjob/userpool"
)

// credential is what a pool keeps of the password of a user. An imported hash stays in the text of the file.
type credential struct {
	verifier srp.Verifier // the zero value if the user has no password here
	expires  time.Time    // when a temporary password ends; zero for a permanent one
	failures failures
	code     string // with which the user can set a password, or ""
	codeEnds time.Time
}

// credential returns the credential of a user, to be written. The caller holds users.mu for writing.
func (u *users) credential(number uint32) *credential {
	c := u.change(number)
	if c.credential == nil {
		c.credential = &credential{}
	}
	return c.credential
}

// identity returns the user for whom SRP hashes a password.
func identity(userPoolID string, user *userpool.User) srp.Identity {
	return srp.NewIdentity(userPoolID, user.Username)
}

// salt returns a random salt.
func (a *account) salt(u *users) (salt [srp.SaltSize]byte) {
	a.mu.Lock() // it guards the random source
	defer a.mu.Unlock()
	u.ids.fill(salt[:])
	return salt
}

// setPassword replaces the password of a user, which ends a lock-out and makes a code useless.
func (a *account) setPassword(u *users, userPoolID string, user *userpool.User, number uint32, password string, expires time.Time) {
	*u.credential(number) = credential{
		verifier: srp.NewVerifier(identity(userPoolID, user), password, a.salt(u)),
		expires:  expires,
	}
	c := u.change(number)
	c.status, c.modified = userpool.StatusConfirmed, a.now()
	if !expires.IsZero() {
		c.status = userpool.StatusForceChangePassword
	}
}

func (a *account) SetPassword(_ context.Context, ref userpool.Ref, password string, permanent bool) error {
	return a.edit(ref, func(u *users, set settings, number uint32) error {
		policy := set.PasswordPolicy.OrDefault()
		if err := policy.Check(password); err != nil {
			return err
		}
		var user userpool.User
		a.user(u, set, number, &user)
		var expires time.Time
		if !permanent {
			expires = a.now().AddDate(0, 0, policy.TemporaryPasswordValidityDays)
		}
		a.setPassword(u, ref.UserPoolID, &user, number, password, expires)
		return nil
	})
}

// attempt is what VerifyPassword needs to know of a user.
type attempt struct {
	number     uint32
	user       userpool.User
	credential credential
	algorithm  importjob.PasswordHashingAlgorithm
	hash       string // the imported hash, or ""
}

// VerifyPassword checks the password without a lock, since a hash takes long on purpose. If the password has been
// changed meanwhile, it checks again.
func (a *account) VerifyPassword(_ context.Context, ref userpool.Ref, password string) (userpool.User, error) {
	for {
		try, err := a.attempt(ref)
		if err != nil {
			return userpool.User{}, err
		}
		right := a.matches(&try, ref.UserPoolID, password)
		again := false
		err = a.edit(ref, func(u *users, set settings, number uint32) error {
			now := u.credential(number)
			if again = number != try.number || now.verifier != try.credential.verifier; again {
				return nil
			}
			if a.user(u, set, number, &try.user); try.user.SignInError() != nil {
				return try.user.SignInError()
			}
			if !right {
				now.failures.add(a.now())
				return wrongPassword()
			}
			now.failures = failures{}
			if try.hash != "" { // from now on SRP works, too
				now.verifier = srp.NewVerifier(identity(ref.UserPoolID, &try.user), password, a.salt(u))
			}
			return nil
		})
		if err != nil {
			return userpool.User{}, err
		}
		if !again {
			return try.user, nil
		}
	}
}

// attempt returns the user of a ref, unless the user cannot sign in now whatever the password is.
func (a *account) attempt(ref userpool.Ref) (try attempt, err error) {
	u, set, err := a.members(ref.UserPoolID)
	if err != nil {
		return try, err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	if try.number, err = a.number(u, set, ref.Username); err != nil {
		return try, err
	}
	a.user(u, set, try.number, &try.user)
	if err := try.user.SignInError(); err != nil {
		return try, err
	}
	if c := u.changes[try.number]; c != nil && c.credential != nil {
		try.credential = *c.credential
	}
	now := a.now()
	if now.Before(try.credential.failures.lockedUntil()) {
		// Source: https://github.com/amazon-archives/amazon-cognito-identity-js/issues/506
		return try, notAuthorized("Password attempts exceeded")
	}
	if ends := try.credential.expires; !ends.IsZero() && !now.Before(ends) {
		return try, notAuthorized("Temporary password has expired and must be reset by an administrator.") // A81
	}
	if s, row := u.segment(try.number); try.credential.verifier == (srp.Verifier{}) && s.run != nil && s.run.hash >= 0 {
		try.algorithm, try.hash = s.run.algorithm, s.run.file.value(row, s.run.hash)
	}
	return try, nil
}

// matches reports whether the user has the password. The caller holds no lock.
func (a *account) matches(try *attempt, userPoolID, password string) bool {
	if try.hash != "" {
		ok, _ := a.verifyHash(try.algorithm, try.hash, password) // an error means that no password has the hash
		return ok
	}
	return try.credential.verifier != (srp.Verifier{}) && try.credential.verifier.Check(identity(userPoolID, &try.user), password)
}

// SRPVerifier returns a verifier that no password has for a user without one. It is always the same one, so that nobody
// can tell.
func (a *account) SRPVerifier(_ context.Context, ref userpool.Ref) (userpool.SRPVerifier, error) {
	u, set, err := a.members(ref.UserPoolID)
	if err != nil {
		return userpool.SRPVerifier{}, err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	number, err := a.number(u, set, ref.Username)
	if err != nil {
		return userpool.SRPVerifier{}, err
	}
	var user userpool.User
	a.user(u, set, number, &user)
	var v srp.Verifier
	var expires time.Time
	if c := u.changes[number]; c != nil && c.credential != nil {
		v, expires = c.credential.verifier, c.credential.expires
	}
	if v == (srp.Verifier{}) {
		none := sha256.Sum256(fmt.Appendf(nil, "%s no password %s", u.ids.key, user.Sub))
		copy(v.Salt[:], none[:])
		v.X = sha256.Sum256(none[:])
	}
	return userpool.SRPVerifier{Username: user.Username, Salt: v.Salt[:], Verifier: v.Bytes(), Expires: expires}, nil
}

// notAuthorized returns the exception of a sign-in that is refused.
func notAuthorized(message string) error {
	return &importjob.Error{Code: importjob.ErrNotAuthorized, Message: message}
}

// wrongPassword has the service's text.
//
// Source: https://github.com/localstack/localstack/issues/3201
func wrongPassword() error { return notAuthorized("Incorrect username or password.") }

// failures counts the wrong passwords of a user.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html
type failures struct {
	count int
	last  time.Time
}

const (
	freeFailures = 5
	maxLockout   = 15 * time.Minute
)

// add counts a wrong password. After fifteen quiet minutes it counts from the beginning.
func (f *failures) add(now time.Time) {
	if now.Sub(f.last) >= maxLockout {
		f.count = 0
	}
	f.count++
	f.last = now
}

// lockedUntil returns the time before which the user cannot sign in: one second after the fifth wrong password, and
// twice as long after each further one.
func (f *failures) lockedUntil() time.Time {
	if f.count < freeFailures {
		return time.Time{}
	}
	return f.last.Add(min(time.Second<<min(f.count-freeFailures, 20), maxLockout))
}
