package cognitotest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// operations are all that a handler knows.
var operations = append([]string{
	idp + "GetCSVHeader", idp + "CreateUserImportJob", idp + "DescribeUserImportJob", idp + "ListUserImportJobs",
	idp + "StartUserImportJob", idp + "StopUserImportJob", idp + "DescribeUserPool", idp + "CreateUserPool",
	idp + "UpdateUserPool", idp + "AddCustomAttributes", idp + "DeleteUserPool", idp + "ListUserPools", idp + "ListUsers",
	idp + "AdminGetUser", idp + "AdminCreateUser", "Logs_20140328.DescribeLogGroups", "Logs_20140328.DescribeLogStreams",
	"Logs_20140328.GetLogEvents", "Logs_20140328.FilterLogEvents",

	idp + "GetUserPoolMfaConfig", idp + "SetUserPoolMfaConfig", idp + "TagResource", idp + "UntagResource", idp + "ListTagsForResource",
	idp + "AdminUpdateUserAttributes", idp + "AdminDeleteUserAttributes", idp + "AdminDeleteUser", idp + "AdminEnableUser", idp + "AdminDisableUser",
	idp + "CreateGroup", idp + "UpdateGroup", idp + "GetGroup", idp + "DeleteGroup", idp + "ListGroups", idp + "AdminAddUserToGroup",
	idp + "AdminRemoveUserFromGroup", idp + "AdminListGroupsForUser", idp + "ListUsersInGroup",
}, signInOperations...)

func TestOperationsAreAllOfTheHandler(t *testing.T) {
	require.ElementsMatch(t, cognitotest.Operations(), operations)
}

// FuzzRequest sends any body to any operation: the answer is always the service's, and never its
// trouble.
func FuzzRequest(f *testing.F) {
	job := `"UserPoolId":"` + poolID + `","JobId":"import-1","MaxResults":1`
	for i := range operations {
		f.Add(uint8(i), `{`+job+`}`)
	}
	for target, good := range signInRequests() {
		f.Add(uint8(slices.Index(operations, target)), good)
	}
	f.Add(uint8(7), `{"PoolName":"a","Schema":[{"Name":"x","NumberAttributeConstraints":{"MinValue":"1"}}]}`)
	f.Add(uint8(17), `{"logGroupName":"`+logGroup+`","logStreamName":"import-1/J","nextToken":"f/MC4wLg"}`)
	f.Add(uint8(18), `{"logGroupIdentifier":"`+logGroup+`","filterPattern":"\"a b\" c","limit":1e3}`)
	f.Add(uint8(12), `{"UserPoolId":"`+poolID+`","Filter":"sub ^= \"a\"","Limit":-0,"AttributesToGet":[null]}`)
	for _, body := range []string{"", "{", "null", `{"UserPoolId":{"a":[1,2,{"b":null}]}}`, `{"a":1,"a":2}`, "{\"\xff\":1}", strings.Repeat("[", 20000)} {
		f.Add(uint8(3), body)
	}
	for target, good := range edgeRequests() {
		f.Add(uint8(slices.Index(operations, target)), good)
	}
	addRealTokens(f)
	f.Fuzz(func(t *testing.T, op uint8, body string) {
		h := edgeHandler(t) // in it import-1 is a job with a log
		w := send(h, operations[int(op)%len(operations)], body)
		text := w.Body.String()
		require.True(t, utf8.ValidString(text))
		require.NotEmpty(t, w.Header().Get("X-Amzn-Requestid"))
		switch w.Code {
		case http.StatusOK:
			require.True(t, text == "" || json.Valid([]byte(text)), text)
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
			var e struct {
				Type    string `json:"__type"`
				Message string `json:"message"`
			}
			require.NoError(t, json.Unmarshal([]byte(text), &e))
			require.NotEmpty(t, e.Type)
			require.NotEmpty(t, e.Message)
			require.NotEqual(t, "InternalErrorException", e.Type)
		default:
			t.Fatalf("status %d: %s", w.Code, text)
		}
	})
}

// addRealTokens adds requests with tokens that the handler returned.
func addRealTokens(f *testing.F) {
	h := edgeHandler(f)
	created(f, h)
	for target, good := range edgeRequests() {
		var answer, request map[string]any
		w := send(h, target, good)
		require.NoError(f, json.Unmarshal([]byte(good), &request))
		if json.Unmarshal(w.Body.Bytes(), &answer) != nil {
			continue
		}
		for name, value := range answer {
			token, ok := value.(string)
			if !ok || !strings.HasSuffix(strings.ToLower(name), "token") {
				continue
			}
			if strings.HasPrefix(target, "Logs") {
				name = "nextToken"
			}
			request[name] = token
			body, err := json.Marshal(request)
			require.NoError(f, err)
			f.Add(uint8(slices.Index(operations, target)), string(body))
		}
	}
	f.Add(uint8(slices.Index(operations, "Logs_20140328.DescribeLogStreams")), `{"logGroupName":"`+logGroup+`","nextToken":"9223372036854775807"}`)
}

// FuzzURL sends an upload to any path and query.
func FuzzURL(f *testing.F) {
	h := cognitotest.Handler(testpool.New(f, nil), nil)
	good := created(f, h)
	_, query, _ := strings.Cut(good, "?")
	f.Add("/111111111111/"+poolID+"/import-1", query)
	f.Add("/%2e%2e//x", "a=b;c&%zz")
	f.Add("/x", strings.Replace(query, "X-Amz-Date=2", "X-Amz-Date=", 1))
	f.Add("/x", strings.Replace(query, "%2F", "%2F%2F", 2))
	f.Fuzz(func(t *testing.T, path, query string) {
		r, err := http.NewRequest("PUT", "http://fake.test/", strings.NewReader("x"))
		require.NoError(t, err)
		r.URL.Path, r.URL.RawQuery = "/"+path, query
		r.Header.Set("X-Amz-Server-Side-Encryption", "aws:kms")
		w := serve(h, r)
		if path == "" || "/"+path == "/" {
			return
		}
		require.Contains(t, []int{400, 403}, w.Code, "nobody guesses a signature")
		require.True(t, strings.HasPrefix(w.Body.String(), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"))
		require.True(t, utf8.ValidString(w.Body.String()))
	})
}
