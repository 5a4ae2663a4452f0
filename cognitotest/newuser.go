package cognitotest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// errUnsupportedUserState is an exception of AdminCreateUser.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
const errUnsupportedUserState importjob.Code = "UnsupportedUserStateException"

// newUser is the input of AdminCreateUser.
type newUser struct {
	userPoolID string
	user       userpool.User
	password   string // the temporary one, or ""
	action     string // "", "SUPPRESS" or "RESEND"
	forceAlias bool   // an alias of another user moves to this one
}

// adminCreateUser adds a user. It sends no invitation. The Directory judges the username and the attributes.
func adminCreateUser(c *call) ([]byte, error) {
	in := newUser{
		userPoolID: c.in.required("UserPoolId"),
		user:       userpool.User{Username: c.in.required("Username"), Attributes: userpool.NewAttributes(c.in.attributes("UserAttributes")...)},
		password:   c.in.filled("TemporaryPassword"),
		action:     c.in.choice("MessageAction", "SUPPRESS", "RESEND"),
		forceAlias: c.in.boolean("ForceAliasCreation", false),
	}
	if err := c.in.err(); err != nil {
		return nil, err
	}
	if err := c.checkTemporaryPassword(in); err != nil {
		return nil, err
	}
	do := c.addUser
	if in.action == "RESEND" {
		do = c.resend
	}
	user, err := do(in)
	if err != nil {
		return nil, err
	}
	return encode(map[string]wireUser{"User": newWireUser(user, nil)}), nil
}

// attributes reads a list of attributes of a user.
func (in *input) attributes(member string) []userpool.Attribute {
	var list []userpool.Attribute
	for _, a := range in.objects(member) {
		list = append(list, userpool.Attribute{Name: a.required("Name"), Value: a.text("Value")})
		in.note(a)
	}
	return list
}

// checkTemporaryPassword checks the password against the policy of the pool, before anything is changed. A Directory
// without passwords ignores it.
func (c *call) checkTemporaryPassword(in newUser) error {
	if _, ok := c.opts.Directory.(userpool.Passwords); !ok || in.password == "" {
		return nil
	}
	if err := userpool.ValidatePassword(in.password); err != nil {
		return err
	}
	pool, err := c.opts.Directory.DescribePool(c.ctx, in.userPoolID)
	if err != nil {
		return err
	}
	var broken *importjob.Error
	if errors.As(pool.PasswordPolicy.Check(in.password), &broken) {
		_, rule, _ := strings.Cut(broken.Message, ": ")
		// Source: https://github.com/data-dot-all/dataall/issues/690
		return refusef(broken.Code, "Password did not conform with password policy: %s", rule)
	}
	return nil
}

// addUser adds the user. If a later step fails, it deletes the user again.
func (c *call) addUser(in newUser) (userpool.User, error) {
	user, err := c.opts.Directory.AddUser(c.ctx, in.userPoolID, in.user)
	var verified []userpool.Attribute
	if in.forceAlias && errors.Is(err, userpool.ErrAliasExists) {
		user, verified, err = c.addUnverified(in)
	}
	if err != nil {
		return userpool.User{}, err
	}
	if verified == nil && in.password == "" {
		return user, nil
	}
	ref := userpool.Ref{UserPoolID: in.userPoolID, Username: user.Username}
	if verified != nil {
		err = c.opts.Directory.UpdateUser(c.ctx, ref, verified) // moves the alias
	}
	if err == nil {
		err = c.setTemporaryPassword(ref, in.password)
	}
	if err != nil {
		_ = c.opts.Directory.DeleteUser(context.WithoutCancel(c.ctx), ref) // the first error says more
		return userpool.User{}, err
	}
	return c.opts.Directory.User(c.ctx, ref)
}

// addUnverified adds the user without verified aliases, so that no other user's alias is in the way. It returns the
// attributes that make them verified.
func (c *call) addUnverified(in newUser) (user userpool.User, verified []userpool.Attribute, err error) {
	var list []userpool.Attribute
	for name, value := range in.user.Attributes.All() {
		a := userpool.Attribute{Name: name, Value: value}
		if slices.Contains([]string{"email_verified", "phone_number_verified"}, name) {
			verified = append(verified, a)
			a.Value = "false"
		}
		list = append(list, a)
	}
	in.user.Attributes = userpool.NewAttributes(list...)
	user, err = c.opts.Directory.AddUser(c.ctx, in.userPoolID, in.user)
	return user, verified, err
}

// resend returns a user that exists, with a new temporary password. Only a user who still has the first one can get
// another invitation.
func (c *call) resend(in newUser) (userpool.User, error) {
	ref := userpool.Ref{UserPoolID: in.userPoolID, Username: in.user.Username}
	user, err := c.opts.Directory.User(c.ctx, ref)
	if err != nil {
		return userpool.User{}, err
	}
	if user.Status != userpool.StatusForceChangePassword {
		// Our words. (A15)
		return userpool.User{}, refusef(errUnsupportedUserState, "The invitation cannot be sent again: the status of the user is %s and not %s.",
			user.Status, userpool.StatusForceChangePassword)
	}
	if err := c.setTemporaryPassword(ref, in.password); err != nil {
		return userpool.User{}, err
	}
	return c.opts.Directory.User(c.ctx, ref)
}

// setTemporaryPassword does nothing for an empty password.
func (c *call) setTemporaryPassword(ref userpool.Ref, password string) error {
	passwords, ok := c.opts.Directory.(userpool.Passwords)
	if !ok || password == "" {
		return nil
	}
	return passwords.SetPassword(c.ctx, ref, password, false)
}
