package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/smithy-go/logging"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
)

// awsFlags lead to AWS, or to whatever speaks like it. What they leave open is found where all of
// Amazon's tools look for it.
type awsFlags struct {
	EndpointURL string `name:"endpoint-url" placeholder:"URL" help:"Where Cognito and CloudWatch Logs are instead of at AWS, such as the address of importjob serve. Only then have pool and role a default."`
	Region      string `placeholder:"NAME" help:"AWS Region of the pool."`
	Profile     string `placeholder:"NAME" help:"Profile of the AWS configuration files."`
}

// connect returns a client of AWS. Its error is for the user to mend.
func (f *awsFlags) connect(ctx context.Context, std *streams) (importjob.Client, error) {
	if err := f.checkEndpoint(); err != nil {
		return nil, err
	}
	cfg, err := f.config(ctx)
	if err != nil {
		return nil, err
	}
	web := &http.Client{Transport: std.transport}
	if std.transport != nil {
		cfg.HTTPClient = web
	} else if sdk, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		web.Transport = sdk.GetTransport() // an upload trusts whom the SDK trusts, and takes its proxy
	}
	endpoint := (*string)(nil) // where AWS is
	if f.EndpointURL != "" {
		endpoint = &f.EndpointURL
	}
	api := cognitoidentityprovider.NewFromConfig(cfg, func(o *cognitoidentityprovider.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
	logs := cloudwatchlogs.NewFromConfig(cfg, func(o *cloudwatchlogs.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
	return awsbackend.New(api, &awsbackend.Options{Logs: logs, HTTPClient: web}), nil
}

func (f *awsFlags) checkEndpoint() error {
	if f.EndpointURL == "" {
		return nil
	}
	u, err := url.Parse(f.EndpointURL)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("--endpoint-url: give a URL such as http://127.0.0.1:9229")
	}
	return nil
}

// config is the SDK's default configuration, with a Region and with credentials.
func (f *awsFlags) config(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, func(o *config.LoadOptions) error {
		o.Region, o.SharedConfigProfile = f.Region, f.Profile
		o.Logger = logging.Nop{} // what matters comes as an error as well
		return nil
	})
	if err != nil {
		return cfg, fmt.Errorf("the AWS configuration cannot be used: %w", err)
	}
	if cfg.Region == "" {
		return cfg, errors.New("no AWS Region: give --region, set AWS_REGION, or configure one")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return cfg, fmt.Errorf("no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile: %w", err)
	}
	return cfg, nil
}

// serviceError gives an error of a Client its exit status: a refusal is an outcome, no answer is
// none. nil stays nil.
func serviceError(err error) error {
	if e := (*importjob.Error)(nil); errors.As(err, &e) && e.Code != "" {
		return &negativeError{oneMessage(err)}
	}
	return err
}

// oneMessage leaves of the service's words the first line: what follows can be the request as the
// service saw it, with its session token.
func oneMessage(err error) error {
	e := (*importjob.Error)(nil)
	if !errors.As(err, &e) || !strings.Contains(e.Message, "\n") {
		return err
	}
	short := *e
	short.Message, _, _ = strings.Cut(e.Message, "\n")
	return &short
}
