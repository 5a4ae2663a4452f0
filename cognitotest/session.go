package cognitotest

import (
	"cmp"
	"encoding/base64"
	"time"

	"github.com/cognito-import/importjob/userpool"
)

// session is the state of a sign-in between two requests. The client keeps it, sealed, as the member Session.
type session struct {
	ID        string    `json:"i"`
	Challenge string    `json:"c"`
	ClientID  string    `json:"a"`
	Username  string    `json:"u"`
	Sub       string    `json:"s"`
	Expires   time.Time `json:"e"`
}

// sessionMark begins each session, so that its text begins with "AYABe" as the service's does.
const sessionMark = "\x01\x80\x01\x78"

// newSession returns the member Session for a challenge.
func (a *attempt) newSession(challenge string, user userpool.User) string {
	sealed := a.pool().seal("session", session{
		ID: newUUID(), Challenge: challenge, ClientID: a.client.ID, Username: user.Username, Sub: user.Sub,
		Expires: a.now().Add(sessionValidity(a.client)),
	})
	return base64.StdEncoding.EncodeToString(append([]byte(sessionMark), sealed...))
}

func sessionValidity(client userpool.Client) time.Duration {
	return cmp.Or(client.AuthSessionValidity, defaultSessionValidity)
}

// openSession returns the session of a request, and its user. It refuses a session of another challenge or client.
// The texts are as programs quote them; no page shows them.
func (a *attempt) openSession(text, challenge string) (session, userpool.User, error) {
	var s session
	bad := notAuthorized("Invalid session for the user.")
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sealed) < len(sessionMark) || !a.pool().open("session", sealed[len(sessionMark):], &s) ||
		s.Challenge != challenge || s.ClientID != a.client.ID {
		return s, userpool.User{}, bad
	}
	switch {
	case a.pool().isUsed(s.ID):
		return s, userpool.User{}, usedSession()
	case a.now().After(s.Expires):
		return s, userpool.User{}, notAuthorized("Invalid session for the user, session is expired.")
	}
	user, ok, err := a.holder(a.client.UserPoolID, s.Username, s.Sub)
	if err != nil {
		return s, user, err
	}
	if !ok {
		return s, user, bad
	}
	if err := user.SignInError(); err != nil {
		return s, user, a.hidden(err)
	}
	return s, user, nil
}

// useSession refuses a session that was used.
func (a *attempt) useSession(s session) error {
	if !a.pool().use(s.ID, s.Expires, a.now()) {
		return usedSession()
	}
	return nil
}

func usedSession() error {
	return notAuthorized("Invalid session for the user, session can only be used once.")
}
