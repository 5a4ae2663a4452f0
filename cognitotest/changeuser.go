package cognitotest

import (
	"context"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// adminUpdateUserAttributes removes an attribute whose value is blank.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
func adminUpdateUserAttributes(c *call) ([]byte, error) {
	c.in.require("UserAttributes")
	return c.updateUser(c.in.attributes("UserAttributes"))
}

func adminDeleteUserAttributes(c *call) ([]byte, error) {
	c.in.require("UserAttributeNames")
	var list []userpool.Attribute
	for _, name := range c.in.texts("UserAttributeNames") {
		list = append(list, userpool.Attribute{Name: name})
	}
	return c.updateUser(list)
}

// updateUser changes attributes of a user. The response is an empty object.
func (c *call) updateUser(list []userpool.Attribute) ([]byte, error) {
	ref := c.userRef()
	if err := c.in.err(); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		// Our words. (A15)
		return nil, refusef(importjob.ErrInvalidParameter, "The request names no attribute: send at least one.")
	}
	return []byte("{}"), c.opts.Directory.UpdateUser(c.ctx, ref, list)
}

func adminEnableUser(c *call) ([]byte, error) {
	return []byte("{}"), c.onUser(c.opts.Directory.EnableUser)
}

// adminDisableUser also takes back the tokens of the user, for good.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDisableUser.html
func adminDisableUser(c *call) ([]byte, error) {
	return []byte("{}"), c.onUser(func(ctx context.Context, ref userpool.Ref) error {
		if err := c.opts.Directory.DisableUser(ctx, ref); err != nil {
			return err
		}
		return c.signOut(ctx, ref)
	})
}

// adminDeleteUser returns an empty response, as the service does.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUser.html
func adminDeleteUser(c *call) ([]byte, error) { return nil, c.onUser(c.opts.Directory.DeleteUser) }

// onUser runs an operation whose input is a user.
func (c *call) onUser(do func(context.Context, userpool.Ref) error) error {
	ref := c.userRef()
	if err := c.in.err(); err != nil {
		return err
	}
	return do(c.ctx, ref)
}
