package cognitotest

import (
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// wirePool is a pool in the JSON form of the service, without the members that settings.described returns.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
type wirePool struct {
	ID                     string          `json:"Id"`
	Name                   string          `json:"Name"`
	ARN                    string          `json:"Arn,omitempty"`
	SchemaAttributes       []wireAttribute `json:"SchemaAttributes,omitempty"`
	AutoVerifiedAttributes []string        `json:"AutoVerifiedAttributes,omitempty"`
	AliasAttributes        []string        `json:"AliasAttributes,omitempty"`
	UsernameAttributes     []string        `json:"UsernameAttributes,omitempty"`
	MFAConfiguration       importjob.MFA   `json:"MfaConfiguration,omitempty"`
	EstimatedNumberOfUsers int64           `json:"EstimatedNumberOfUsers"`
	UsernameConfiguration  caseSensitivity `json:"UsernameConfiguration"`
	Policies               wirePolicies    `json:"Policies"`
	CreationDate           wireTime        `json:"CreationDate,omitzero"` // absent without a Directory, as LastModifiedDate is
	LastModifiedDate       wireTime        `json:"LastModifiedDate,omitzero"`
}

type caseSensitivity struct {
	CaseSensitive bool `json:"CaseSensitive"`
}

// describeUserPool asks the Client for what matters to an import, and the Directory for the rest. Without a Directory
// the response has no dates, and the defaults of all other settings.
func describeUserPool(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	of, err := c.client.Pool(c.ctx, id)
	if err != nil {
		return nil, err
	}
	var pool userpool.Pool
	if c.opts.Directory != nil {
		if pool, err = c.opts.Directory.DescribePool(c.ctx, id); err != nil {
			return nil, err
		}
	}
	pool.Pool = of
	return c.userPool(pool)
}

// userPool returns the response with a pool.
func (c *call) userPool(pool userpool.Pool) ([]byte, error) {
	var users int64
	if c.opts.Directory != nil {
		var err error
		if users, err = c.opts.Directory.CountUsers(c.ctx, pool.ID); err != nil {
			return nil, err
		}
	}
	kept, err := settingsOf(pool)
	if err != nil {
		return nil, err
	}
	fixed := encode(wirePool{
		ID:                     pool.ID,
		Name:                   pool.Name,
		ARN:                    c.poolARN(pool.ID),
		SchemaAttributes:       wireSchema(pool.Schema),
		AutoVerifiedAttributes: pool.AutoVerifiedAttributes,
		AliasAttributes:        pool.AliasAttributes,
		UsernameAttributes:     pool.UsernameAttributes,
		MFAConfiguration:       pool.MFA,
		EstimatedNumberOfUsers: users,
		UsernameConfiguration:  caseSensitivity{CaseSensitive: !pool.CaseInsensitive},
		Policies:               newWirePolicies(pool, kept),
		CreationDate:           wireTime(pool.CreationDate),
		LastModifiedDate:       wireTime(pool.LastModifiedDate),
	})
	described := encode(kept.described(pool))
	body := append([]byte(`{"UserPool":`), fixed[:len(fixed)-1]...)
	body = append(append(body, ','), described[1:]...)
	return append(body, '}'), nil
}

// poolARN returns the ARN of a pool.
func (c *call) poolARN(id string) string {
	return "arn:aws:cognito-idp:" + regionOf(id) + ":" + c.opts.AccountID + ":userpool/" + id
}

func createUserPool(c *call) ([]byte, error) {
	pool := userpool.Pool{Pool: importjob.Pool{
		Name:               c.in.required("PoolName"),
		Schema:             importjob.ClassicSchema(),
		UsernameAttributes: c.in.texts("UsernameAttributes"),
		AliasAttributes:    c.in.texts("AliasAttributes"),
	}}
	if username := c.in.object("UsernameConfiguration"); username.members != nil {
		username.require("CaseSensitive")
		pool.CaseInsensitive = !username.boolean("CaseSensitive", true) // A34
		c.in.note(username)
	}
	var names []string
	twice := ""
	for _, a := range c.in.objects("Schema") {
		attribute := schemaAttribute(a, pool.Schema)
		c.in.note(a)
		pool.Schema = pool.Schema.With(attribute)
		if slices.Contains(names, attribute.Name) {
			twice = attribute.Name
		}
		names = append(names, attribute.Name)
	}
	kept, err := c.readSettings(&pool)
	if err != nil {
		return nil, err
	}
	if twice != "" {
		return nil, existingAttribute(twice)
	}
	if pool.Name == "" { // a Directory would take the ID as the name
		c.in.refuseEmpty("PoolName")
		return nil, c.in.err()
	}
	pool.Settings = kept.encoded()
	if c.opts.NewPoolID != nil {
		pool.ID = c.opts.NewPoolID(c.sig.scope.region)
	}
	created, err := c.opts.Directory.CreatePool(c.ctx, pool)
	if err != nil {
		return nil, err
	}
	return c.userPool(created)
}

func (c *call) mfa() importjob.MFA {
	return importjob.MFA(c.in.choice("MfaConfiguration", string(importjob.MFAOff), string(importjob.MFAOn), string(importjob.MFAOptional)))
}

// updateUserPool sets each setting that is absent from the input to its default, as the service does. It leaves what
// SetUserPoolMfaConfig has set, and a setting that UpdateUserPool cannot name.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
func updateUserPool(c *call) ([]byte, error) {
	id, name := c.in.required("UserPoolId"), c.in.filled("PoolName")
	var set userpool.Pool
	kept, err := c.readSettings(&set)
	if err != nil {
		return nil, err
	}
	return []byte("{}"), c.changePool(id, func(pool *userpool.Pool, old settings) error {
		pool.Name, pool.AutoVerifiedAttributes, pool.MFA = name, set.AutoVerifiedAttributes, set.MFA
		pool.PasswordPolicy, pool.AllowedFirstAuthFactors = set.PasswordPolicy, set.AllowedFirstAuthFactors
		for member := range poolShapes {
			delete(old, member)
		}
		delete(old, "Policies")
		for member, value := range kept {
			old[member] = value
		}
		old.dropUnusedMFA(pool.MFA)
		return nil
	})
}

func addCustomAttributes(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	c.in.require("CustomAttributes")
	list := c.in.objects("CustomAttributes")
	var attributes []importjob.SchemaAttribute
	for _, a := range list {
		attributes = append(attributes, schemaAttribute(a, nil))
		c.in.note(a)
	}
	if n := len(list); c.in.raw("CustomAttributes") != nil && c.in.wrong == nil && (n < 1 || n > 25) { // our words
		return nil, refusef(importjob.ErrInvalidParameter, "The request has %d custom attributes: send 1 to 25.", n)
	}
	return []byte("{}"), c.changePool(id, func(pool *userpool.Pool, _ settings) error {
		for _, a := range attributes {
			if slices.ContainsFunc(pool.Schema, func(s importjob.SchemaAttribute) bool { return s.Name == a.Name }) {
				return existingAttribute(a.Name)
			}
			pool.Schema = pool.Schema.With(a)
		}
		return nil
	})
}

// existingAttribute returns the error for an attribute whose name another one has.
//
// Source, of AddCustomAttributes: https://github.com/jmaleonard/serverless-cognito-add-custom-attributes/issues/3
func existingAttribute(name string) error {
	return refusef(importjob.ErrInvalidParameter, "%s: Existing attribute already has name %s.", name, name)
}

// changePool reads a pool and its settings, changes them and writes them back. No other request that comes to the
// handler changes the pool in the meantime.
func (c *call) changePool(id string, change func(*userpool.Pool, settings) error) error {
	if err := c.in.err(); err != nil {
		return err
	}
	c.changes.Lock()
	defer c.changes.Unlock()
	pool, err := c.opts.Directory.DescribePool(c.ctx, id)
	if err != nil {
		return err
	}
	kept, err := settingsOf(pool)
	if err != nil {
		return err
	}
	if err := change(&pool, kept); err != nil {
		return err
	}
	pool.Settings = kept.encoded()
	return c.opts.Directory.UpdatePool(c.ctx, pool)
}

// deleteUserPool returns an empty response, as the service does.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPool.html
func deleteUserPool(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	c.changes.Lock()
	defer c.changes.Unlock()
	pool, err := c.opts.Directory.DescribePool(c.ctx, id)
	if err != nil {
		return nil, err
	}
	kept, err := settingsOf(pool)
	if err != nil {
		return nil, err
	}
	if kept.text("DeletionProtection") == "ACTIVE" {
		// Source: https://github.com/localstack/localstack/issues/11947
		return nil, refusef(importjob.ErrInvalidParameter, "The user pool cannot be deleted because deletion protection is activated. "+
			"Deletion protection must be inactivated first.")
	}
	return nil, c.opts.Directory.DeletePool(c.ctx, id)
}

func listUserPools(c *call) ([]byte, error) {
	c.in.require("MaxResults")
	page := importjob.Page{MaxResults: int(c.in.number("MaxResults", 1, 60)), Token: c.in.filled("NextToken")}
	if err := c.in.err(); err != nil {
		return nil, err
	}
	pools, next, err := c.opts.Directory.Pools(c.ctx, page)
	if err != nil {
		return nil, err
	}
	type entry struct {
		ID               string   `json:"Id"`
		Name             string   `json:"Name"`
		CreationDate     wireTime `json:"CreationDate,omitzero"`
		LastModifiedDate wireTime `json:"LastModifiedDate,omitzero"`
	}
	entries := make([]entry, len(pools))
	for i, p := range pools {
		entries[i] = entry{ID: p.ID, Name: p.Name, CreationDate: wireTime(p.CreationDate), LastModifiedDate: wireTime(p.LastModifiedDate)}
	}
	return encode(struct {
		UserPools []entry `json:"UserPools"`
		NextToken string  `json:"NextToken,omitempty"`
	}{UserPools: entries, NextToken: next}), nil
}
