package cognitotest

import (
	"cmp"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

func createUserPoolClient(c *call) ([]byte, error) {
	generate, secret := c.in.boolean("GenerateSecret", false), c.in.filled("ClientSecret")
	client, err := c.keptSettings(c.in.required("UserPoolId"), c.in.required("ClientName"))
	if err != nil {
		return nil, err
	}
	client.Secret = secret
	if generate && client.Secret != "" { // our words
		return nil, refusef(importjob.ErrInvalidParameter, "GenerateSecret and ClientSecret can not be sent together.")
	}
	if generate {
		client.Secret = newClientSecret()
	}
	return oneClient(c.clients.CreateClient(c.ctx, client))
}

// newClientSecret returns 52 random digits and letters from a to v.
func newClientSecret() string {
	var b [33]byte
	rand.Read(b[:]) // never fails
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))[:52]
}

// updateUserPoolClient sets each setting that is absent from the input to its default, as the service does.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
func updateUserPoolClient(c *call) ([]byte, error) {
	known, err := c.clientOfPool()
	if err != nil {
		return nil, err
	}
	client, err := c.keptSettings(known.UserPoolID, cmp.Or(c.in.filled("ClientName"), known.Name))
	if err != nil {
		return nil, err
	}
	client.ID = known.ID
	return oneClient(c.clients.UpdateClient(c.ctx, client))
}

// keptSettings returns a client with the settings of a request.
func (c *call) keptSettings(userPoolID, name string) (userpool.Client, error) {
	client := userpool.Client{UserPoolID: userPoolID, Name: name}
	set := c.in.settings(clientSettings)
	if err := c.in.err(); err != nil {
		return userpool.Client{}, err
	}
	setClientDefaults(set)
	if err := applySettings(&client, set); err != nil {
		return userpool.Client{}, err
	}
	client.Settings = encode(set)
	return client, nil
}

func describeUserPoolClient(c *call) ([]byte, error) { return oneClient(c.clientOfPool()) }

func deleteUserPoolClient(c *call) ([]byte, error) {
	client, err := c.clientOfPool()
	if err != nil {
		return nil, err
	}
	return nil, c.clients.DeleteClient(c.ctx, client.ID)
}

// clientOfPool returns the client that a request names. A client of another pool is not found.
func (c *call) clientOfPool() (userpool.Client, error) {
	pool, id := c.in.required("UserPoolId"), c.in.required("ClientId")
	if err := c.in.err(); err != nil {
		return userpool.Client{}, err
	}
	if _, err := c.opts.Directory.DescribePool(c.ctx, pool); err != nil {
		return userpool.Client{}, err
	}
	client, err := c.clients.Client(c.ctx, id)
	if err == nil && client.UserPoolID != pool { // source: https://github.com/aws-amplify/amplify-js/issues/1442
		err = refusef(importjob.ErrResourceNotFound, "User pool client %s does not exist.", id)
	}
	return client, err
}

func listUserPoolClients(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	page := importjob.Page{MaxResults: int(c.in.number("MaxResults", 1, 60)), Token: c.in.filled("NextToken")}
	if err := c.in.err(); err != nil {
		return nil, err
	}
	clients, next, err := c.clients.Clients(c.ctx, id, page)
	if err != nil {
		return nil, err
	}
	type entry struct {
		ClientID   string `json:"ClientId"`
		ClientName string `json:"ClientName"`
		UserPoolID string `json:"UserPoolId"`
	}
	entries := make([]entry, len(clients))
	for i, client := range clients {
		entries[i] = entry{ClientID: client.ID, ClientName: client.Name, UserPoolID: client.UserPoolID}
	}
	return encode(struct {
		UserPoolClients []entry `json:"UserPoolClients"`
		NextToken       string  `json:"NextToken,omitempty"`
	}{UserPoolClients: entries, NextToken: next}), nil
}

// oneClient returns the response with a client.
func oneClient(client userpool.Client, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	set := map[string]any{}
	if json.Unmarshal(client.Settings, &set) != nil || len(set) == 0 {
		set = keptSettings(client)
	}
	set["UserPoolId"], set["ClientName"], set["ClientId"] = client.UserPoolID, client.Name, client.ID
	set["CreationDate"], set["LastModifiedDate"] = wireTime(client.CreationDate), wireTime(client.LastModifiedDate)
	if client.Secret != "" {
		set["ClientSecret"] = client.Secret
	}
	return encode(map[string]any{"UserPoolClient": set}), nil
}

// keptSettings returns the settings of a client that was not created over the wire. Lifetimes are in seconds.
func keptSettings(client userpool.Client) map[string]any {
	set := map[string]any{}
	if client.ExplicitAuthFlows != nil {
		set["ExplicitAuthFlows"] = client.ExplicitAuthFlows
	}
	if client.HideUserExistence {
		set["PreventUserExistenceErrors"] = "ENABLED"
	}
	if client.AuthSessionValidity != 0 {
		set["AuthSessionValidity"] = int64(client.AuthSessionValidity / time.Minute)
	}
	units := map[string]any{}
	for token, lifetime := range map[string]time.Duration{
		"AccessToken": client.AccessTokenValidity, "IdToken": client.IDTokenValidity, "RefreshToken": client.RefreshTokenValidity,
	} {
		if lifetime != 0 {
			set[token+"Validity"], units[token] = int64(lifetime/time.Second), "seconds"
		}
	}
	if len(units) > 0 {
		set["TokenValidityUnits"] = units
	}
	setClientDefaults(set)
	return set
}

// unmarshalSettings reads settings of a client that have no field of their own.
func unmarshalSettings(client userpool.Client, v any) error {
	if client.Settings == nil {
		return nil
	}
	return json.Unmarshal(client.Settings, v)
}
