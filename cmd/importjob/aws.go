package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
)

// awsFlags lead to AWS, or to whatever speaks like it. What they leave open is found where all of
// Amazon's tools look for it.
type awsFlags struct {
	EndpointURL string `name:"endpoint-url" placeholder:"URL" help:"Where Cognito and CloudWatch Logs are instead of at AWS, such as the address of importjob serve. Only then have pool and role a default, and need neither Region nor credentials be configured."`
	Region      string `placeholder:"NAME" help:"AWS Region of the pool. Behind --endpoint-url that of the pool's ID is taken where none is configured."`
	Profile     string `placeholder:"NAME" help:"Profile of the AWS configuration files."`
}

// connect returns a client of the AWS where a pool is. Its error is for the user to mend.
func (f *awsFlags) connect(ctx context.Context, poolID string, std *streams) (importjob.Client, error) {
	if err := f.checkEndpoint(); err != nil {
		return nil, err
	}
	cfg, err := f.config(ctx, poolID)
	if err != nil {
		return nil, err
	}
	web := &http.Client{Transport: std.transport}
	if std.transport != nil {
		cfg.HTTPClient = web
	} else if sdk, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		web.Transport = sdk.GetTransport() // an upload trusts whom the SDK trusts, and takes its proxy
	}
	var endpoint *string // where AWS is
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

// imdsDisabled is imds.ClientDisabled, of a module that nothing else here needs.
const imdsDisabled = 1

// config is the SDK's default configuration, with a Region and with credentials. A stand-in for AWS
// needs neither to be configured.
func (f *awsFlags) config(ctx context.Context, poolID string) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, func(o *config.LoadOptions) error {
		o.Region, o.SharedConfigProfile = f.Region, f.Profile
		o.Logger = logging.Nop{} // what matters comes as an error as well
		if f.standIn() {
			o.EC2IMDSClientEnableState = imdsDisabled // elsewhere than at Amazon's that takes seconds
		}
		return nil
	})
	if err != nil {
		return cfg, fmt.Errorf("the AWS configuration cannot be used: %w", err)
	}
	if cfg.Region == "" && f.EndpointURL != "" {
		cfg.Region, _, _ = strings.Cut(poolID, "_")
	}
	if cfg.Region == "" {
		return cfg, errors.New("no AWS Region: give --region, set AWS_REGION, or configure one")
	}
	_, err = cfg.Credentials.Retrieve(ctx)
	switch {
	case err != nil && f.standIn() && f.Profile == "" && ctx.Err() == nil:
		cfg.Credentials = placeholder
	case err != nil:
		return cfg, fmt.Errorf("no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile: %w", err)
	}
	return cfg, nil
}

// standIn reports whether the endpoint is none of Amazon's own, such as that of a private network.
func (f *awsFlags) standIn() bool {
	u, err := url.Parse(f.EndpointURL)
	return err == nil && u.Host != "" && !strings.HasSuffix(u.Hostname(), ".amazonaws.com") && !strings.HasSuffix(u.Hostname(), ".amazonaws.com.cn")
}

// placeholder are the credentials for a stand-in when there are none: it takes any, but a request must
// be signed.
var placeholder = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "none", SecretAccessKey: "none", Source: "placeholder"}, nil
})

// serviceError gives an error of a Client its exit status: a refusal is an outcome, no answer is
// none. nil stays nil.
func serviceError(err error) error {
	var e *importjob.Error
	if errors.As(err, &e) && e.Code != "" {
		return &negativeError{oneMessage(err)}
	}
	return oneMessage(err)
}

// oneMessage says in one line what is wrong: who does not answer and why, or what the service says.
func oneMessage(err error) error {
	var sent *url.Error
	var e *importjob.Error
	_ = errors.As(err, &e)
	if errors.As(err, &sent) && (e == nil || e.Code == "") {
		if u, parseErr := url.Parse(sent.URL); parseErr == nil && u.Host != "" {
			return fmt.Errorf("no answer from %s://%s: %s", u.Scheme, u.Host, reason(sent.Err))
		}
	}
	var answer *smithyhttp.ResponseError
	named := e != nil && strings.HasSuffix(string(e.Code), "Exception") // as all of Amazon's are, with or without a message
	if e != nil && !named && e.Message == "" && errors.As(err, &answer) && answer.HTTPStatusCode() > 0 {
		return fmt.Errorf("%s: not an answer of Amazon's: HTTP status %d", e.Op, answer.HTTPStatusCode())
	}
	return firstLine(err)
}

// reason leaves of a connection's error what went wrong: the address is said already.
func reason(err error) string {
	var network *net.OpError
	if errors.As(err, &network) {
		err = network.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	return err.Error()
}

// firstLine leaves of the service's words the first line: what follows can be the request as the
// service saw it, with its session token.
func firstLine(err error) error {
	var e *importjob.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, "\n") {
		return err
	}
	short := *e
	short.Message, _, _ = strings.Cut(e.Message, "\n")
	return &short
}
