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
	"time"

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

// awsFlags choose the endpoint, the Region and the credentials for AWS. The default of each is the same as the
// default of the AWS CLI.
type awsFlags struct {
	EndpointURL string `name:"endpoint-url" placeholder:"URL" help:"Endpoint of Cognito and CloudWatch Logs instead of AWS, such as the address of importjob serve. With it, the pool and the role have defaults, and no Region and no credentials are needed."`
	Region      string `placeholder:"NAME" help:"AWS Region of the pool. The default is the configured Region, and with --endpoint-url the Region in the ID of the pool."`
	Profile     string `placeholder:"NAME" help:"Profile in the AWS configuration files."`
}

// connect returns a client for a pool at AWS, or at the endpoint. It makes no request to Cognito.
func (f *awsFlags) connect(ctx context.Context, poolID string, std *streams) (importjob.Client, error) {
	client, _, err := f.connectTo(ctx, poolID, std)
	return client, err
}

// connection says where a client sends its requests. The flags and the configuration decide it.
type connection struct {
	region   string
	endpoint string // "" means the default endpoint of the Region
}

// connectTo is connect, and returns where the client sends its requests.
func (f *awsFlags) connectTo(ctx context.Context, poolID string, std *streams) (importjob.Client, connection, error) {
	if err := f.checkEndpoint(); err != nil {
		return nil, connection{}, err
	}
	cfg, err := f.config(ctx, poolID)
	if err != nil {
		return nil, connection{}, err
	}
	web := &http.Client{Transport: std.transport}
	if std.transport != nil {
		cfg.HTTPClient = web
	} else if sdk, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		web.Transport = sdk.GetTransport() // an upload uses the proxy and the certificates of the SDK
	}
	var endpoint *string // nil means the default of the SDK
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
	to := connection{region: cfg.Region}
	if base := api.Options().BaseEndpoint; base != nil {
		to.endpoint = *base
	}
	return awsbackend.New(api, &awsbackend.Options{Logs: logs, HTTPClient: web}), to, nil
}

// args returns the flags for another command about the same pool.
func (f *awsFlags) args() []string {
	var args []string
	for _, flag := range [][2]string{{"--endpoint-url", f.EndpointURL}, {"--region", f.Region}, {"--profile", f.Profile}} {
		if flag[1] != "" {
			args = append(args, flag[0], flag[1])
		}
	}
	return args
}

// checkEndpoint returns an error if --endpoint-url is not a URL of a server.
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

// imdsDisabled is imds.ClientDisabled. The module of package imds is needed for nothing else.
const imdsDisabled = 1

// config returns the default configuration of the SDK, with a Region and with credentials. Another endpoint needs
// neither in the configuration: the Region comes from the ID of the pool, and the credentials are made up.
func (f *awsFlags) config(ctx context.Context, poolID string) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, func(o *config.LoadOptions) error {
		o.Region, o.SharedConfigProfile = f.Region, f.Profile
		o.Logger = logging.Nop{} // what it would log is also in the errors
		if f.otherEndpoint() {
			o.EC2IMDSClientEnableState = imdsDisabled // outside of EC2, that request takes seconds
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
		return cfg, errors.New("no AWS Region: give --region, set AWS_REGION, or configure a Region")
	}
	_, err = cfg.Credentials.Retrieve(ctx)
	switch {
	case err != nil && f.otherEndpoint() && f.Profile == "" && ctx.Err() == nil:
		cfg.Credentials = placeholder
	case err != nil && f.Profile != "":
		return cfg, fmt.Errorf("no AWS credentials in the profile %s: add keys or a role to it, or give another --profile: %w", f.Profile, err)
	case err != nil:
		return cfg, fmt.Errorf("no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile: %w", err)
	}
	return cfg, nil
}

// otherPatience limits the retries of a call to another endpoint than Amazon's. It is short, since the most frequent
// failure there is a server that was not started.
const otherPatience = 3 * time.Second

// otherEndpoint reports whether --endpoint-url is not an endpoint of Amazon's.
func (f *awsFlags) otherEndpoint() bool {
	u, err := url.Parse(f.EndpointURL)
	return err == nil && u.Host != "" && !strings.HasSuffix(u.Hostname(), ".amazonaws.com") && !strings.HasSuffix(u.Hostname(), ".amazonaws.com.cn")
}

// placeholder are the credentials for another endpoint if none are configured. A request must be signed, and such
// an endpoint accepts any credentials.
var placeholder = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "none", SecretAccessKey: "none", Source: "placeholder"}, nil
})

// serviceError returns an error of a Client with its message and its exit status: 1 if the service refused the
// request, and 2 if there was no response. It returns nil for nil.
func serviceError(err error) error {
	var e *importjob.Error
	if errors.As(err, &e) && e.Code != "" {
		return &negativeError{oneMessage(err)}
	}
	return oneMessage(err)
}

// oneMessage returns an error of a Client with a message of one line: which endpoint sent no response and why, or
// the message of the service.
func oneMessage(err error) error {
	var sent *url.Error
	var e *importjob.Error
	_ = errors.As(err, &e)
	if errors.As(err, &sent) && (e == nil || e.Code == "") {
		if u, parseErr := url.Parse(sent.URL); parseErr == nil && u.Host != "" {
			return fmt.Errorf("no response from %s://%s: %s; check the network and the endpoint", u.Scheme, u.Host, reason(sent.Err))
		}
	}
	var response *smithyhttp.ResponseError
	named := e != nil && strings.HasSuffix(string(e.Code), "Exception") // as all codes of Amazon's services
	if e != nil && !named && e.Message == "" && errors.As(err, &response) && response.HTTPStatusCode() > 0 {
		return fmt.Errorf("%s: the response is not from Amazon: HTTP status %d; check the endpoint and the proxy", e.Op, response.HTTPStatusCode())
	}
	return firstLine(err)
}

// reason returns the cause of a network error without the address, which the message has already.
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

// firstLine cuts the message of the service after its first line. The other lines can be the request as the service
// received it, with the session token.
func firstLine(err error) error {
	var e *importjob.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, "\n") {
		return err
	}
	short := *e
	short.Message, _, _ = strings.Cut(e.Message, "\n")
	return &short
}
