package cognitotest

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// wirePool is a pool in the JSON form of the service.
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
	CreationDate           wireTime        `json:"CreationDate,omitzero"` // absent without a Directory, as LastModifiedDate is
	LastModifiedDate       wireTime        `json:"LastModifiedDate,omitzero"`
}

type caseSensitivity struct {
	CaseSensitive bool `json:"CaseSensitive"`
}

// wireAttribute is an attribute of a schema in the JSON form of the service.
type wireAttribute struct {
	Name                       string                  `json:"Name"`
	AttributeDataType          importjob.AttributeType `json:"AttributeDataType"`
	DeveloperOnlyAttribute     bool                    `json:"DeveloperOnlyAttribute"`
	Mutable                    bool                    `json:"Mutable"`
	Required                   bool                    `json:"Required"`
	StringAttributeConstraints *stringBounds           `json:"StringAttributeConstraints,omitempty"`
	NumberAttributeConstraints *numberBounds           `json:"NumberAttributeConstraints,omitempty"`
}

type stringBounds struct {
	MinLength string `json:"MinLength,omitempty"`
	MaxLength string `json:"MaxLength,omitempty"`
}

type numberBounds struct {
	MinValue string `json:"MinValue,omitempty"`
	MaxValue string `json:"MaxValue,omitempty"`
}

func describeUserPool(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	pool, err := c.client.Pool(c.ctx, id)
	if err != nil {
		return nil, err
	}
	dated, err := c.dated(pool)
	if err != nil {
		return nil, err
	}
	return c.userPool(dated)
}

// dated returns a pool of the Client with the dates that the Directory has for it. Without a Directory the
// dates are zero: a Client does not know them.
func (c *call) dated(pool importjob.Pool) (userpool.Pool, error) {
	page := importjob.Page{}
	for c.opts.Directory != nil {
		pools, next, err := c.opts.Directory.Pools(c.ctx, page)
		if err != nil {
			return userpool.Pool{}, err
		}
		for _, p := range pools {
			if p.ID == pool.ID {
				p.Pool = pool
				return p, nil
			}
		}
		if next == "" {
			break
		}
		page.Token = next
	}
	return userpool.Pool{Pool: pool}, nil
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
	return encode(map[string]wirePool{"UserPool": {
		ID:                     pool.ID,
		Name:                   pool.Name,
		ARN:                    "arn:aws:cognito-idp:" + regionOf(pool.ID) + ":" + c.opts.AccountID + ":userpool/" + pool.ID,
		SchemaAttributes:       wireSchema(pool.Schema),
		AutoVerifiedAttributes: pool.AutoVerifiedAttributes,
		AliasAttributes:        pool.AliasAttributes,
		UsernameAttributes:     pool.UsernameAttributes,
		MFAConfiguration:       pool.MFA,
		EstimatedNumberOfUsers: users,
		UsernameConfiguration:  caseSensitivity{CaseSensitive: !pool.CaseInsensitive},
		CreationDate:           wireTime(pool.CreationDate),
		LastModifiedDate:       wireTime(pool.LastModifiedDate),
	}}), nil
}

func wireSchema(schema importjob.Schema) []wireAttribute {
	if schema == nil {
		schema = importjob.ClassicSchema()
	}
	list := make([]wireAttribute, len(schema))
	for i, a := range schema {
		list[i] = wireAttribute{
			Name: a.Name, AttributeDataType: a.Type, DeveloperOnlyAttribute: a.DeveloperOnlyAttribute,
			Mutable: a.Mutable, Required: a.Required,
		}
		switch a.Type {
		case importjob.TypeString:
			list[i].StringAttributeConstraints = &stringBounds{MinLength: a.MinLength, MaxLength: a.MaxLength}
		case importjob.TypeNumber:
			list[i].NumberAttributeConstraints = &numberBounds{MinValue: a.MinValue, MaxValue: a.MaxValue}
		}
	}
	return list
}

func createUserPool(c *call) ([]byte, error) {
	pool := importjob.Pool{
		Name:                   c.in.required("PoolName"),
		Schema:                 importjob.ClassicSchema(),
		AutoVerifiedAttributes: c.in.texts("AutoVerifiedAttributes"),
		UsernameAttributes:     c.in.texts("UsernameAttributes"),
		AliasAttributes:        c.in.texts("AliasAttributes"),
		MFA:                    c.mfa(),
	}
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
	if err := c.in.err(); err != nil {
		return nil, err
	}
	if twice != "" {
		return nil, existingAttribute(twice)
	}
	if pool.Name == "" { // a Directory would take the ID as the name
		c.in.refuseEmpty("PoolName")
		return nil, c.in.err()
	}
	if c.opts.NewPoolID != nil {
		pool.ID = c.opts.NewPoolID(c.sig.scope.region)
	}
	created, err := c.opts.Directory.CreatePool(c.ctx, userpool.Pool{Pool: pool})
	if err != nil {
		return nil, err
	}
	return c.userPool(created)
}

func (c *call) mfa() importjob.MFA {
	return importjob.MFA(c.in.choice("MfaConfiguration", string(importjob.MFAOff), string(importjob.MFAOn), string(importjob.MFAOptional)))
}

// schemaAttribute returns an attribute of a schema. If the input has the name of an attribute in standard,
// settings that are absent from the input come from that attribute. Otherwise it is a custom attribute, and
// schemaAttribute adds the prefix "custom:" or "dev:custom:" to its name, as the service does.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SchemaAttributeType.html
func schemaAttribute(in *input, standard importjob.Schema) importjob.SchemaAttribute {
	name := in.required("Name")
	developer := in.boolean("DeveloperOnlyAttribute", false)
	prefix := ""
	if developer {
		prefix = "dev:"
	}
	a := importjob.CustomAttribute(prefix+"custom:"+strings.TrimPrefix(name, "custom:"), importjob.TypeString)
	if i := slices.IndexFunc(standard, func(s importjob.SchemaAttribute) bool { return s.Name == name }); i >= 0 {
		a = standard[i]
	}
	a.DeveloperOnlyAttribute = developer
	types := []importjob.AttributeType{importjob.TypeString, importjob.TypeNumber, importjob.TypeBoolean, importjob.TypeDateTime}
	var allowed []string
	for _, t := range types {
		allowed = append(allowed, string(t))
	}
	if typ := in.choice("AttributeDataType", allowed...); typ != "" {
		a.Type = importjob.AttributeType(typ)
	}
	a.Required = in.boolean("Required", a.Required)
	a.Mutable = in.boolean("Mutable", a.Mutable)
	if text := in.object("StringAttributeConstraints"); text.members != nil {
		a.MinLength, a.MaxLength = text.text("MinLength"), text.text("MaxLength")
		in.note(text)
	}
	if number := in.object("NumberAttributeConstraints"); number.members != nil {
		a.MinValue, a.MaxValue = number.text("MinValue"), number.text("MaxValue")
		in.note(number)
	}
	return a
}

// updateUserPool sets each setting that is absent from the input to its default, as the service does.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
func updateUserPool(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	verified, mfa, name := c.in.texts("AutoVerifiedAttributes"), c.mfa(), c.in.filled("PoolName")
	return c.changePool(id, func(pool *importjob.Pool) error {
		pool.AutoVerifiedAttributes, pool.MFA, pool.Name = verified, mfa, name
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
	return c.changePool(id, func(pool *importjob.Pool) error {
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

// changePool reads a pool, changes it and writes it back. The response is an empty object.
func (c *call) changePool(id string, change func(*importjob.Pool) error) ([]byte, error) {
	if err := c.in.err(); err != nil {
		return nil, err
	}
	pool, err := c.client.Pool(c.ctx, id)
	if err != nil {
		return nil, err
	}
	if err := change(&pool); err != nil {
		return nil, err
	}
	return []byte("{}"), c.opts.Directory.UpdatePool(c.ctx, userpool.Pool{Pool: pool})
}

// deleteUserPool returns an empty response, as the service does.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPool.html
func deleteUserPool(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	if err := c.in.err(); err != nil {
		return nil, err
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
		CreationDate     wireTime `json:"CreationDate"`
		LastModifiedDate wireTime `json:"LastModifiedDate"`
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
