package cognitotest_test

import (
	"bytes"
	"context"
	"encoding/json"
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

// A user who was imported without a password hash sets a password with the code of a message, and signs in.
func ExampleHandler_signIn() {
	ctx := context.Background()
	fake := memory.New(nil)
	pool, _ := fake.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{Name: "people", AutoVerifiedAttributes: []string{"email"}}})
	_, _ = fake.AddUser(ctx, pool.ID, userpool.User{Username: "ann", Status: userpool.StatusResetRequired, Attributes: userpool.NewAttributes(
		userpool.Attribute{Name: "email", Value: "ann@example.com"}, userpool.Attribute{Name: "email_verified", Value: "true"})})
	client, _ := fake.CreateClient(ctx, userpool.Client{UserPoolID: pool.ID, Name: "app", ExplicitAuthFlows: []string{"ALLOW_USER_PASSWORD_AUTH"}})

	var code string
	handler := cognitotest.Handler(fake, &cognitotest.Options{
		Directory: fake,
		OnCode:    func(_ userpool.Ref, c userpool.Code) { code = c.Code },
	})
	call := func(operation string, input any) (status int, output map[string]any) {
		body, _ := json.Marshal(input)
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		_ = json.Unmarshal(w.Body.Bytes(), &output)
		return w.Code, output
	}
	signIn := map[string]any{"ClientId": client.ID, "AuthFlow": "USER_PASSWORD_AUTH",
		"AuthParameters": map[string]string{"USERNAME": "ann", "PASSWORD": "Correct-horse-1"}}
	_, output := call("InitiateAuth", signIn)
	fmt.Println(output["__type"])
	call("ForgotPassword", map[string]any{"ClientId": client.ID, "Username": "ann"})
	call("ConfirmForgotPassword", map[string]any{"ClientId": client.ID, "Username": "ann", "ConfirmationCode": code, "Password": "Correct-horse-1"})
	status, _ := call("InitiateAuth", signIn)
	fmt.Println(status)
	// Output:
	// PasswordResetRequiredException
	// 200
}
