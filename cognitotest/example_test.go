package cognitotest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// A handler on a socket serves clients in any language. This client is the SDK for Go. It needs only the
// endpoint.
func ExampleHandler() {
	ctx := context.Background()
	cognito := memory.New(nil)
	server := httptest.NewServer(cognitotest.Handler(cognito, &cognitotest.Options{Directory: cognito}))
	defer server.Close()

	api := cognitoidentityprovider.New(cognitoidentityprovider.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       "us-west-2",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	})
	created, err := api.CreateUserPool(ctx, &cognitoidentityprovider.CreateUserPoolInput{PoolName: aws.String("people")})
	if err != nil {
		fmt.Println(err)
		return
	}
	pool, err := cognito.Pool(ctx, *created.UserPool.Id)
	fmt.Println(pool.Name, err)
	// Output:
	// people <nil>
}

// This example sends a request in process, and writes it by hand. Package awstest makes clients of the SDK
// for Go that send their requests through a Transport.
func ExampleTransport() {
	cognito := memory.New(nil)
	pool := userpool.Pool{Pool: importjob.Pool{ID: "us-west-2_aaaaaaaaa", AutoVerifiedAttributes: []string{"email"}}}
	if _, err := cognito.CreatePool(context.Background(), pool); err != nil {
		fmt.Println(err)
		return
	}
	web := &http.Client{Transport: cognitotest.Transport(cognitotest.Handler(cognito, nil))}

	const url = "https://cognito-idp.us-west-2.amazonaws.com/"
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"UserPoolId":"us-west-2_aaaaaaaaa","JobId":"import-1"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	request.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.DescribeUserImportJob")
	request.Header.Set("X-Amz-Date", "20190123T192955Z")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20190123/us-west-2/cognito-idp/aws4_request,"+
		" SignedHeaders=host;x-amz-date, Signature=0123")
	response, err := web.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(body), err)
	// Output:
	// 400 {"__type":"ResourceNotFoundException","message":"User import job import-1 does not exist."} <nil>
}
