package awstest

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
)

// Fake holds the clients of a fake AWS. [New] makes one.
type Fake struct {
	// Cognito calls the fake Amazon Cognito. It was made from Config.
	Cognito *cognitoidentityprovider.Client

	// Config is for making clients of other services, and clients of Cognito with other settings, with
	// the NewFromConfig of their packages. Its Region is us-west-2. A change of Config affects only
	// clients that are made after it.
	Config aws.Config

	// HTTPClient sends all requests to the fake. Cognito and the clients that are made from Config use
	// it, and uploads to pre-signed URLs need it. To count, change or break requests, replace its Transport
	// with one that wraps it, before the first request.
	HTTPClient *http.Client
}

// New returns a fake AWS. client, for example a memory.Cognito, holds the pools and the jobs. The fake
// serves client with [cognitotest.Handler] and passes opts to it; nil means the defaults. The clients sign
// with opts.Credentials, or with made-up keys if there are none. New sends no request.
func New(client importjob.Client, opts *cognitotest.Options) *Fake {
	keys := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}
	if opts != nil && opts.Credentials != (cognitotest.Credentials{}) {
		keys.AccessKeyID, keys.SecretAccessKey = opts.Credentials.AccessKeyID, opts.Credentials.SecretAccessKey
	}
	web := &http.Client{Transport: cognitotest.Transport(cognitotest.Handler(client, opts))}
	config := aws.Config{
		Region:     "us-west-2",
		HTTPClient: web,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return keys, nil
		}),
	}
	return &Fake{Cognito: cognitoidentityprovider.NewFromConfig(config), Config: config, HTTPClient: web}
}
