package cognitotest

import (
	"cmp"
	"errors"
	"maps"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// attempt is a request to sign in with an app client.
type attempt struct {
	*call
	admin  bool
	client userpool.Client
	values map[string]string // AuthParameters or ChallengeResponses
}

// pool returns the secrets of the pool.
func (a *attempt) pool() *poolSecrets { return a.secrets.of(a.client.UserPoolID) }

func initiateAuth(c *call) ([]byte, error)      { return c.initiate(false) }
func adminInitiateAuth(c *call) ([]byte, error) { return c.initiate(true) }

func (c *call) initiate(admin bool) ([]byte, error) {
	c.in.require("AuthFlow")
	name := c.in.choice("AuthFlow", flowNames...)
	a, err := c.attempt(admin, "AuthParameters")
	if err != nil {
		return nil, err
	}
	f := flowOf(name)
	switch {
	case admin && !f.admin, !admin && !f.user:
		// Source: https://github.com/soto-project/soto-cognito-authentication-kit/issues/10 and
		// https://github.com/awsdocs/aws-doc-sdk-examples/issues/5289
		return nil, refusef(importjob.ErrInvalidParameter, "Initiate Auth method not supported.")
	case !allows(a.client, f) && (admin || f.refusal == ""):
		return nil, refusef(importjob.ErrInvalidParameter, flowNotEnabled)
	case !allows(a.client, f):
		return nil, refusef(importjob.ErrInvalidParameter, "%s", f.refusal)
	}
	return f.run(a)
}

// attempt reads the members that all requests to sign in have.
func (c *call) attempt(admin bool, values string) (*attempt, error) {
	a := &attempt{call: c, admin: admin, values: c.in.textMap(values)}
	if admin {
		client, err := c.clientOfPool()
		a.client = client
		return a, err
	}
	id := c.in.required("ClientId")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	var err error
	a.client, err = c.clients.Client(c.ctx, id)
	return a, err
}

// textMap returns an object whose values are texts.
func (in *input) textMap(member string) map[string]string {
	var m map[string]string
	in.read(member, "Map of String", &m)
	return m
}

// missing returns an error about the first of the values that is absent.
func (a *attempt) missing(names ...string) error {
	for _, name := range names {
		if a.values[name] == "" { // source: https://github.com/aws/aws-sdk-php/issues/1057
			return refusef(importjob.ErrInvalidParameter, "Missing required parameter %s", name)
		}
	}
	return nil
}

// findUser returns the user with a name, as a sign-in finds one: in a pool without UsernameAttributes, a sub is no name.
func (a *attempt) findUser(name string) (userpool.User, error) {
	user, err := a.opts.Directory.User(a.ctx, userpool.Ref{UserPoolID: a.client.UserPoolID, Username: name})
	if err != nil || name != user.Sub || name == user.Username {
		return user, err
	}
	pool, err := a.opts.Directory.DescribePool(a.ctx, a.client.UserPoolID)
	if err == nil && len(pool.UsernameAttributes) == 0 {
		err = noUser()
	}
	return user, err
}

// hidden returns err, or the error of a wrong password if the client hides which users exist and in which state.
// (A80)
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
func (a *attempt) hidden(err error) error {
	if err != nil && a.client.HideUserExistence && isState(err) {
		return wrongPassword()
	}
	return err
}

// isState reports whether err is about the existence or the state of a user.
func isState(err error) bool {
	for _, code := range []importjob.Code{userpool.ErrUserNotFound, userpool.ErrUserNotConfirmed, userpool.ErrPasswordResetRequired} {
		if errors.Is(err, code) {
			return true
		}
	}
	var e *importjob.Error
	disabled := userpool.User{Disabled: true}.SignInError().(*importjob.Error)
	return errors.As(err, &e) && e.Code == disabled.Code && e.Message == disabled.Message
}

// signInWithPassword serves the flows in which the client sends the password.
func signInWithPassword(a *attempt) ([]byte, error) {
	if err := cmp.Or(a.missing("USERNAME", "PASSWORD"), a.checkSecretHash(a.values["USERNAME"])); err != nil {
		return nil, err
	}
	user, err := a.findUser(a.values["USERNAME"])
	if err == nil {
		err = user.SignInError()
	}
	if err == nil {
		ref := userpool.Ref{UserPoolID: a.client.UserPoolID, Username: user.Username}
		user, err = a.passwords.VerifyPassword(a.ctx, ref, a.values["PASSWORD"])
	}
	if err != nil {
		return nil, a.hidden(err)
	}
	return a.proven(user)
}

// proven returns the response to a user who has proven to know the password: tokens, or one more challenge.
func (a *attempt) proven(user userpool.User) ([]byte, error) {
	if user.Status == userpool.StatusForceChangePassword {
		return a.newPasswordRequired(user)
	}
	pool, err := a.opts.Directory.DescribePool(a.ctx, a.client.UserPoolID)
	if err != nil {
		return nil, err
	}
	if pool.MFA == importjob.MFAOn {
		return a.mfaSetup(user)
	}
	return a.signedIn(user)
}

// challenge returns the response with a challenge.
func challenge(name, session string, parameters map[string]string) []byte {
	return encode(struct {
		ChallengeName       string            `json:"ChallengeName"`
		Session             string            `json:"Session,omitempty"`
		ChallengeParameters map[string]string `json:"ChallengeParameters"`
	}{ChallengeName: name, Session: session, ChallengeParameters: maps.Clone(parameters)})
}

// notSimulated refuses what a fake cannot do.
func notSimulated(text string) func(*attempt) ([]byte, error) {
	return func(*attempt) ([]byte, error) { return nil, refusef(errUnsupportedOperation, "%s", text) }
}
