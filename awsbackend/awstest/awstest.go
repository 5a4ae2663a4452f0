package awstest

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
)

// Fake holds what code needs to call a fake AWS.
type Fake struct {
	// Cognito calls the fake. It is made from Config.
	Cognito *cognitoidentityprovider.Client

	// Config makes clients of other services, and clients of Cognito with other settings. Its Region
	// is us-west-2. A change of it does not change the clients that were made before.
	Config aws.Config

	// HTTPClient sends every request of Cognito, and of the clients that are made from Config. It
	// also uploads files to pre-signed URLs. To count, change or break requests, wrap its Transport
	// before the first one.
	HTTPClient *http.Client
}

// New returns a fake AWS whose Amazon Cognito is client. opts goes to [cognitotest.Handler]; nil
// means the defaults.
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
