package cognitotest

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// challengeNames are the names of the challenges, in the order of the service's model.
var challengeNames = []string{"SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE", "MFA_SETUP", "PASSWORD_VERIFIER",
	"CUSTOM_CHALLENGE", "SELECT_CHALLENGE", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "ADMIN_NO_SRP_AUTH",
	"NEW_PASSWORD_REQUIRED", "SMS_OTP", "PASSWORD", "WEB_AUTHN", "PASSWORD_SRP"}

func respondToAuthChallenge(c *call) ([]byte, error)      { return c.respond(false) }
func adminRespondToAuthChallenge(c *call) ([]byte, error) { return c.respond(true) }

func (c *call) respond(admin bool) ([]byte, error) {
	c.in.require("ChallengeName")
	name := c.in.choice("ChallengeName", challengeNames...)
	text := c.in.text("Session")
	a, err := c.attempt(admin, "ChallengeResponses")
	if err != nil {
		return nil, err
	}
	switch name {
	case "PASSWORD_VERIFIER":
		return a.verifyPassword()
	case "NEW_PASSWORD_REQUIRED":
		return a.setNewPassword(text)
	case "SMS_MFA", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE", "MFA_SETUP", "EMAIL_OTP": // our words
		return nil, refusef(errUnsupportedOperation, "Multi-factor authentication is not simulated: turn it off in the pool to get tokens.")
	}
	// Our words.
	return nil, refusef(errUnsupportedOperation, "The challenge %s is not simulated.", name)
}

// mfaSetup returns the challenge that a pool with required MFA has for a user without a factor. No response to it is
// accepted.
func (a *attempt) mfaSetup(user userpool.User) ([]byte, error) {
	return challenge("MFA_SETUP", a.newSession("MFA_SETUP", user), map[string]string{
		"MFAS_CAN_SETUP": `["SOFTWARE_TOKEN_MFA"]`, "USER_ID_FOR_SRP": user.Username,
	}), nil
}

// attributePrefix begins the names of attributes in a NEW_PASSWORD_REQUIRED challenge.
const attributePrefix = "userAttributes."

// newPasswordRequired returns the challenge for a user who signs in with a temporary password.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
func (a *attempt) newPasswordRequired(user userpool.User) ([]byte, error) {
	missing, err := a.missingAttributes(user)
	if err != nil {
		return nil, err
	}
	required := make([]string, len(missing))
	for i, name := range missing {
		required[i] = attributePrefix + name
	}
	attributes := map[string]string{}
	for name, value := range user.Attributes.All() {
		attributes[name] = value
	}
	return challenge("NEW_PASSWORD_REQUIRED", a.newSession("NEW_PASSWORD_REQUIRED", user), map[string]string{
		"USER_ID_FOR_SRP": user.Username, "requiredAttributes": string(encode(required)), "userAttributes": string(encode(attributes)),
	}), nil
}

// missingAttributes returns the required attributes that a user does not have.
func (a *attempt) missingAttributes(user userpool.User) ([]string, error) {
	pool, err := a.opts.Directory.DescribePool(a.ctx, a.client.UserPoolID)
	var missing []string
	for _, attribute := range pool.Schema {
		if attribute.Required && attribute.Name != "sub" && user.Attributes.Value(attribute.Name) == "" {
			missing = append(missing, attribute.Name)
		}
	}
	return missing, err
}

// setNewPassword serves the response to NEW_PASSWORD_REQUIRED: the user gets the attributes and the password, and is
// signed in.
func (a *attempt) setNewPassword(text string) ([]byte, error) {
	name, password := a.values["USERNAME"], a.values["NEW_PASSWORD"]
	if err := cmp.Or(a.missing("USERNAME", "NEW_PASSWORD"), a.checkSecretHash(name)); err != nil {
		return nil, err
	}
	s, user, err := a.openSession(text, "NEW_PASSWORD_REQUIRED")
	if err != nil {
		return nil, err
	}
	if named, err := a.findUser(name); err != nil || named.Sub != user.Sub {
		return nil, notAuthorized("Invalid session for the user.")
	}
	attributes, err := a.newAttributes(user)
	if err != nil {
		return nil, err
	}
	if err := a.checkNewPassword(password); err != nil {
		return nil, err
	}
	if err := a.useSession(s); err != nil { // from here on nothing that the client sent is wrong
		return nil, err
	}
	ref := userpool.Ref{UserPoolID: a.client.UserPoolID, Username: user.Username}
	if len(attributes) > 0 {
		if err := a.opts.Directory.UpdateUser(a.ctx, ref, attributes); err != nil {
			return nil, err
		}
	}
	if err := a.passwords.SetPassword(a.ctx, ref, password, true); err != nil {
		return nil, err
	}
	if user, err = a.opts.Directory.User(a.ctx, ref); err != nil {
		return nil, err
	}
	return a.proven(user)
}

// newAttributes returns the attributes that a response sets. It must have the required ones that the user lacks, and none
// that the user has.
//
// Source of the texts: https://github.com/amazon-archives/aws-cognito-angular-quickstart/issues/116 and
// https://github.com/aws-samples/aws-saas-factory-bootcamp/issues/67
func (a *attempt) newAttributes(user userpool.User) ([]userpool.Attribute, error) {
	var attributes []userpool.Attribute
	for key, value := range a.values {
		name, ok := strings.CutPrefix(key, attributePrefix)
		if !ok {
			continue
		}
		if user.Attributes.Value(name) != "" || name == "sub" {
			return nil, notAuthorized("Cannot modify an already provided " + name)
		}
		attributes = append(attributes, userpool.Attribute{Name: name, Value: value})
	}
	missing, err := a.missingAttributes(user)
	if err != nil {
		return nil, err
	}
	for _, name := range missing {
		if a.values[attributePrefix+name] == "" {
			return nil, refusef(importjob.ErrInvalidParameter, "Invalid attributes given, %s is missing", name)
		}
	}
	slices.SortFunc(attributes, func(x, y userpool.Attribute) int { return strings.Compare(x.Name, y.Name) })
	return attributes, nil
}

// checkNewPassword checks a password before anything is changed.
func (a *attempt) checkNewPassword(password string) error {
	pool, err := a.opts.Directory.DescribePool(a.ctx, a.client.UserPoolID)
	if err != nil {
		return err
	}
	if err := userpool.ValidatePassword(password); err != nil {
		return err
	}
	err = pool.PasswordPolicy.Check(password)
	var e *importjob.Error
	if errors.As(err, &e) {
		_, rule, _ := strings.Cut(e.Message, ": ")
		// As programs quote it for this challenge. No page shows it, so these are our words.
		return refusef(e.Code, "Password does not conform to policy: %s", rule)
	}
	return err
}
