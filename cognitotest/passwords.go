package cognitotest

import "github.com/cognito-import/importjob/userpool"

func adminSetUserPassword(c *call) ([]byte, error) {
	ref := c.userRef()
	password, permanent := c.in.required("Password"), c.in.boolean("Permanent", false)
	if err := c.in.err(); err != nil {
		return nil, err
	}
	return []byte("{}"), c.passwords.SetPassword(c.ctx, ref, password, permanent)
}

func adminResetUserPassword(c *call) ([]byte, error) {
	ref := c.userRef()
	if err := c.in.err(); err != nil {
		return nil, err
	}
	user, err := c.opts.Directory.User(c.ctx, ref)
	if err != nil {
		return nil, err
	}
	ref.Username = user.Username
	code, err := c.passwords.ResetPassword(c.ctx, ref)
	if err != nil {
		return nil, err
	}
	c.deliver(ref, code)
	return []byte("{}"), nil
}

// deliver hands a code to Options.OnCode.
func (c *call) deliver(ref userpool.Ref, code userpool.Code) {
	if c.opts.OnCode != nil {
		c.opts.OnCode(ref, code)
	}
}

// changePassword sets the password of the user of an access token, who proves to know the old one.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ChangePassword.html
func changePassword(c *call) ([]byte, error) {
	proposed, previous := c.in.required("ProposedPassword"), c.in.text("PreviousPassword")
	b, err := c.bearer()
	if err != nil {
		return nil, err
	}
	if previous == "" { // only users without a password may leave it out, and they do not get tokens here
		return nil, wrongPassword()
	}
	if _, err := c.passwords.VerifyPassword(c.ctx, b.ref(), previous); err != nil {
		return nil, err
	}
	return []byte("{}"), c.passwords.SetPassword(c.ctx, b.ref(), proposed, true)
}
