package cognitotest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/userpool"
)

// A test adds operations, and replaces one.
func TestOwnOperations(t *testing.T) {
	m := testpool.New(t, nil)
	type operation = func(context.Context, json.RawMessage) (any, error)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m, Operations: map[string]operation{
		"SignUp": func(_ context.Context, input json.RawMessage) (any, error) {
			var in struct{ Username string }
			err := json.Unmarshal(input, &in)
			return map[string]string{"UserSub": in.Username + "-sub"}, err
		},
		"AdminGetUser": func(context.Context, json.RawMessage) (any, error) {
			return nil, &importjob.Error{Code: userpool.ErrUserNotFound, Message: "Gone."}
		},
		"TagResource":   func(context.Context, json.RawMessage) (any, error) { return nil, nil },
		"UntagResource": func(context.Context, json.RawMessage) (any, error) { return make(chan int), nil },
		"ListUsers":     func(context.Context, json.RawMessage) (any, error) { return nil, errors.New("confidential") },
	}})
	unsigned := func(r *http.Request) { r.Header.Del("Authorization") }
	assert.JSONEq(t, `{"UserSub":"ann-sub"}`, send(h, idp+"SignUp", `{"Username":"ann"}`, unsigned).Body.String())
	assert.JSONEq(t, `{"__type":"UserNotFoundException","message":"Gone."}`, send(h, idp+"AdminGetUser", `{}`).Body.String())
	assert.Contains(t, send(h, idp+"AdminGetUser", `{}`, unsigned).Body.String(), "MissingAuthenticationTokenException")
	assert.Equal(t, "{}", send(h, idp+"TagResource", `{}`).Body.String())
	assert.Contains(t, send(h, idp+"TagResource", `[]`).Body.String(), "SerializationException")
	for _, op := range []string{"ListUsers", "UntagResource"} {
		w := send(h, idp+op, `{}`)
		assert.Contains(t, w.Body.String(), "InternalErrorException", op)
		assert.NotContains(t, w.Body.String(), "confidential", op)
	}
	assert.Contains(t, send(h, "Logs_20140328.SignUp", `{}`).Body.String(), "UnknownOperationException")
}

// A Directory without passwords or clients does not serve sign-in.
func TestSignInNeedsPasswordsAndClients(t *testing.T) {
	m := testpool.New(t, nil)
	for _, op := range []string{"CreateUserPoolClient", "InitiateAuth", "AdminSetUserPassword", "GetUser", "GlobalSignOut"} {
		h := cognitotest.Handler(m, &cognitotest.Options{Directory: struct{ userpool.Directory }{m}})
		assert.Contains(t, send(h, idp+op, `{}`).Body.String(), "UnknownOperationException", op)
		assert.Contains(t, send(cognitotest.Handler(m, nil), idp+op, `{}`).Body.String(), "UnknownOperationException", op)
	}
	type clients = userpool.Clients // embedded by its own name, the interface would hide its method Clients
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: struct {
		userpool.Directory
		clients
	}{m, m}})
	assert.Contains(t, send(h, idp+"InitiateAuth", `{}`).Body.String(), "implements userpool.Passwords")
	assert.Contains(t, send(h, idp+"ListUserPoolClients", `{"UserPoolId":"`+poolID+`"}`).Body.String(), `"UserPoolClients":[]`)
}
