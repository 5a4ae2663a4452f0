package cognitotest

import (
	"github.com/cognito-import/importjob"
)

// wirePool is a pool as the service writes it.
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
}

type caseSensitivity struct {
	CaseSensitive bool `json:"CaseSensitive"`
}

// wireAttribute is an attribute of a schema as the service writes it.
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
	return c.userPool(pool)
}

// userPool answers with a pool.
func (c *call) userPool(pool importjob.Pool) ([]byte, error) {
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
		ARN:                    "arn:aws:cognito-idp:" + c.opts.Region + ":" + c.opts.AccountID + ":userpool/" + pool.ID,
		SchemaAttributes:       wireSchema(pool.Schema),
		AutoVerifiedAttributes: pool.AutoVerifiedAttributes,
		AliasAttributes:        pool.AliasAttributes,
		UsernameAttributes:     pool.UsernameAttributes,
		MFAConfiguration:       pool.MFA,
		EstimatedNumberOfUsers: users,
		UsernameConfiguration:  caseSensitivity{pool.CaseSensitive},
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
			list[i].StringAttributeConstraints = &stringBounds{a.MinLength, a.MaxLength}
		case importjob.TypeNumber:
			list[i].NumberAttributeConstraints = &numberBounds{a.MinValue, a.MaxValue}
		}
	}
	return list
}
