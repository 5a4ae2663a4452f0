package cognitotest

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// forgotPassword makes a code with which a user sets a new password.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
func forgotPassword(c *call) ([]byte, error) {
	client, ref, err := c.recovering()
	if err != nil {
		return nil, err
	}
	if err := c.checkRecovery(ref.UserPoolID); err != nil {
		return nil, err
	}
	user, err := c.opts.Directory.User(c.ctx, ref)
	if errors.Is(err, userpool.ErrUserNotFound) {
		err = noCombination()
	}
	if err == nil {
		found := userpool.Ref{UserPoolID: ref.UserPoolID, Username: user.Username}
		var code userpool.Code
		if code, err = c.passwords.ForgotPassword(c.ctx, found); err == nil {
			c.deliver(found, code)
			return delivery(code), nil
		}
	}
	if client.HideUserExistence && (isState(err) || errors.Is(err, importjob.ErrInvalidParameter)) {
		return delivery(c.simulatedCode(ref)), nil
	}
	return nil, err
}

// noCombination has the service's text.
//
// Source: https://github.com/aws-amplify/amplify-js/issues/11270
func noCombination() error {
	return refusef(userpool.ErrUserNotFound, "Username/client id combination not found.")
}

// recovering reads the members that both steps of a recovery have.
func (c *call) recovering() (userpool.Client, userpool.Ref, error) {
	id, username, hash := c.in.required("ClientId"), c.in.required("Username"), c.in.text("SecretHash")
	if err := c.in.err(); err != nil {
		return userpool.Client{}, userpool.Ref{}, err
	}
	client, err := c.clients.Client(c.ctx, id)
	if err == nil {
		err = checkSecretHash(client, username, hash)
	}
	ref := userpool.Ref{UserPoolID: client.UserPoolID, Username: username}
	if err == nil {
		err = ref.Validate()
	}
	return client, ref, err
}

// checkRecovery refuses the recovery in a pool where only administrators can reset passwords.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AccountRecoverySettingType.html
func (c *call) checkRecovery(userPoolID string) error {
	pool, err := c.opts.Directory.DescribePool(c.ctx, userPoolID)
	if err != nil {
		return err
	}
	var set struct {
		AccountRecoverySetting struct{ RecoveryMechanisms []struct{ Name string } }
	}
	if pool.Settings == nil || json.Unmarshal(pool.Settings, &set) != nil {
		return nil
	}
	for _, m := range set.AccountRecoverySetting.RecoveryMechanisms {
		if m.Name == "admin_only" {
			// As another fake has it; no page of the service shows it, so these are our words.
			return notAuthorized("Contact administrator to reset password.")
		}
	}
	return nil
}

// delivery returns the response that says where a code was sent.
func delivery(code userpool.Code) []byte {
	type details struct {
		AttributeName  string `json:"AttributeName"`
		DeliveryMedium string `json:"DeliveryMedium"`
		Destination    string `json:"Destination"`
	}
	return encode(map[string]details{"CodeDeliveryDetails": {
		AttributeName: code.Attribute, DeliveryMedium: code.Medium, Destination: code.Destination,
	}})
}

// simulatedCode returns where a code would go for a user who does not exist. The same name always has the same address.
func (c *call) simulatedCode(ref userpool.Ref) userpool.Code {
	b := c.secrets.of(ref.UserPoolID).derived("address", ref.Username)
	return userpool.Code{Attribute: "email", Medium: "EMAIL", Destination: fmt.Sprintf("%c***@%c***", 'a'+b[0]%26, 'a'+b[1]%26)}
}

// confirmForgotPassword sets a new password with a code.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html
func confirmForgotPassword(c *call) ([]byte, error) {
	code, password := c.in.required("ConfirmationCode"), c.in.required("Password")
	client, ref, err := c.recovering()
	if err != nil {
		return nil, err
	}
	err = c.passwords.ConfirmForgotPassword(c.ctx, ref, code, password)
	if errors.Is(err, userpool.ErrUserNotFound) {
		if client.HideUserExistence { // source: https://github.com/aws-amplify/amplify-js/issues/11738
			return nil, refusef(userpool.ErrCodeMismatch, "Invalid verification code provided, please try again.")
		}
		return nil, noCombination()
	}
	return []byte("{}"), err
}
