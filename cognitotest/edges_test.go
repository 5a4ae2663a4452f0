package cognitotest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// edges are values at which a member of any type can go wrong, as JSON.
var edges = []string{
	`0`, `-0`, `-1`, `1`, `2`, `60`, `61`, `10001`, `2147483647`, `2147483648`, `-2147483648`, `4294967295`, `4294967296`,
	`9007199254740991`, `9007199254740993`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775808`,
	`18446744073709551616`, `1e300`, `-1e300`, `1e400`, `1.5`, `1e1`, `0.0000001`,
	`"0"`, `"-1"`, `"2147483647"`, `"4294967296"`, `"9223372036854775807"`, `"9223372036854775808"`, `"1e300"`, `"NaN"`, `"-Infinity"`, `"+5"`, `"0x10"`,
	`"f/9223372036854775807"`, `"b/9223372036854775807"`, `"b/-1"`, `"b/0"`, `"b/1"`, `"b/9223372036854775808"`, `"f/"`, `"b/"`, `"/"`,
	`"MA"`, `"!!!"`, `"AAAA"`, `"===="`, `"ImZvbyI="`, `"\u0000"`, `"\ud800"`, `"é漢字"`, `""`, `" "`, `"*"`, `"import-1/J"`, `"us-west-2_"`,
	`null`, `true`, `false`, `[]`, `[null]`, `[""]`, `["a","a"]`, `[[]]`, `{}`, `{"a":null}`, `[{}]`, `[{"Name":null}]`,
}

// edgeTokens are tokens in the handler's own forms with the numbers of edges.
func edgeTokens() (tokens []string) {
	for _, n := range []string{"0", "1", "2", "3", "9", "-1", "2147483647", "9223372036854775807", "9223372036854775808", "NaN", ""} {
		for _, m := range []string{"0", "1", "-1", "2147483645", "9223372036854775805", "9223372036854775807"} {
			for _, page := range []string{"", "x", "AAAA"} {
				position := base64RawURL(n + "." + m + "." + page)
				tokens = append(tokens, `"f/`+position+`"`, `"import-1/`+position+`"`, `"`+position+`"`, `"`+base64RawURL(n+"."+page)+`"`)
			}
		}
	}
	return tokens
}

// edgeRequests are good requests for all operations, with the members that the test changes.
func edgeRequests() map[string]string {
	pool, job := `"UserPoolId":"`+poolID+`"`, `"JobId":"import-1"`
	group := `"logGroupName":"` + logGroup + `"`
	attribute := `{"Name":"x","AttributeDataType":"Number","DeveloperOnlyAttribute":false,"Mutable":true,"Required":false,` +
		`"NumberAttributeConstraints":{"MinValue":"1","MaxValue":"2"},"StringAttributeConstraints":{"MinLength":"1","MaxLength":"2"}}`
	user := pool + `,"Username":"ann"`
	userGroup := pool + `,"GroupName":"admins"`
	arn := `"ResourceArn":"arn:aws:cognito-idp:us-west-2:111111111111:userpool/` + poolID + `"`
	return map[string]string{
		idp + "GetCSVHeader":          `{` + pool + `}`,
		idp + "CreateUserImportJob":   `{` + pool + `,"JobName":"J","CloudWatchLogsRoleArn":"` + roleARN + `","PasswordHashingAlgorithm":null}`,
		idp + "DescribeUserImportJob": `{` + pool + `,` + job + `}`,
		idp + "ListUserImportJobs":    `{` + pool + `,"MaxResults":1,"PaginationToken":null}`,
		idp + "StartUserImportJob":    `{` + pool + `,` + job + `}`,
		idp + "StopUserImportJob":     `{` + pool + `,` + job + `}`,
		idp + "DescribeUserPool":      `{` + pool + `}`,
		idp + "CreateUserPool": `{"PoolName":"a","UsernameAttributes":null,"AliasAttributes":null,` +
			`"UsernameConfiguration":{"CaseSensitive":true},"Schema":[` + attribute + `],` + poolSettings + `}`,
		idp + "UpdateUserPool":             `{` + pool + `,"PoolName":"a",` + poolSettings + `}`,
		idp + "GetUserPoolMfaConfig":       `{` + pool + `}`,
		idp + "SetUserPoolMfaConfig":       `{` + pool + `,"MfaConfiguration":"ON",` + mfaSettings + `}`,
		idp + "TagResource":                `{` + arn + `,"Tags":{"team":"x"}}`,
		idp + "UntagResource":              `{` + arn + `,"TagKeys":["team"]}`,
		idp + "ListTagsForResource":        `{` + arn + `}`,
		idp + "AdminUpdateUserAttributes":  `{` + user + `,"UserAttributes":[{"Name":"email","Value":"a@b.test"},{"Name":"name","Value":""}]}`,
		idp + "AdminDeleteUserAttributes":  `{` + user + `,"UserAttributeNames":["name"]}`,
		idp + "AdminDeleteUser":            `{` + pool + `,"Username":"bob"}`,
		idp + "AdminEnableUser":            `{` + user + `}`,
		idp + "AdminDisableUser":           `{` + user + `}`,
		idp + "CreateGroup":                `{` + pool + `,"GroupName":"g","Description":"d","RoleArn":"` + roleARN + `","Precedence":0}`,
		idp + "UpdateGroup":                `{` + userGroup + `,"Description":"d","RoleArn":"` + roleARN + `","Precedence":0}`,
		idp + "GetGroup":                   `{` + userGroup + `}`,
		idp + "DeleteGroup":                `{` + pool + `,"GroupName":"users"}`,
		idp + "ListGroups":                 `{` + pool + `,"Limit":1,"NextToken":null}`,
		idp + "AdminAddUserToGroup":        `{` + user + `,"GroupName":"users"}`,
		idp + "AdminRemoveUserFromGroup":   `{` + user + `,"GroupName":"users"}`,
		idp + "AdminListGroupsForUser":     `{` + user + `,"Limit":1,"NextToken":null}`,
		idp + "ListUsersInGroup":           `{` + userGroup + `,"Limit":1,"NextToken":null}`,
		idp + "AddCustomAttributes":        `{` + pool + `,"CustomAttributes":[` + attribute + `]}`,
		idp + "DeleteUserPool":             `{` + pool + `}`,
		idp + "ListUserPools":              `{"MaxResults":1,"NextToken":null}`,
		idp + "ListUsers":                  `{` + pool + `,"Limit":1,"PaginationToken":null,"Filter":null,"AttributesToGet":null}`,
		idp + "AdminGetUser":               `{` + pool + `,"Username":"ann"}`,
		idp + "AdminCreateUser":            `{` + pool + `,"Username":"new","MessageAction":"SUPPRESS","TemporaryPassword":"Passw0rd!","ForceAliasCreation":false,"UserAttributes":[{"Name":"email","Value":"a@b.test"}]}`,
		"Logs_20140328.DescribeLogGroups":  `{"logGroupNamePrefix":null,"logGroupNamePattern":null,"limit":1,"nextToken":null}`,
		"Logs_20140328.DescribeLogStreams": `{` + group + `,"logGroupIdentifier":null,"logStreamNamePrefix":null,"orderBy":"LogStreamName","descending":true,"limit":1,"nextToken":null}`,
		"Logs_20140328.GetLogEvents":       `{` + group + `,"logGroupIdentifier":null,"logStreamName":"import-1/J","startTime":0,"endTime":null,"startFromHead":true,"limit":1,"nextToken":null}`,
		"Logs_20140328.FilterLogEvents":    `{` + group + `,"logGroupIdentifier":null,"logStreamNames":null,"logStreamNamePrefix":null,"startTime":0,"endTime":null,"filterPattern":null,"limit":1,"nextToken":null}`,
	}
}

// poolSettings are the members that CreateUserPool and UpdateUserPool share.
const poolSettings = `"AutoVerifiedAttributes":["email"],"MfaConfiguration":"ON",` +
	`"Policies":{"PasswordPolicy":{"MinimumLength":10,"RequireUppercase":true,"RequireLowercase":false,"RequireNumbers":true,` +
	`"RequireSymbols":false,"PasswordHistorySize":3,"TemporaryPasswordValidityDays":0},"SignInPolicy":{"AllowedFirstAuthFactors":["PASSWORD"]}},` +
	`"AccountRecoverySetting":{"RecoveryMechanisms":[{"Name":"verified_email","Priority":1}]},` +
	`"AdminCreateUserConfig":{"AllowAdminCreateUserOnly":true,"UnusedAccountValidityDays":3,"InviteMessageTemplate":{"EmailMessage":"m","EmailSubject":"s","SMSMessage":"t"}},` +
	`"DeletionProtection":"INACTIVE","DeviceConfiguration":{"ChallengeRequiredOnNewDevice":true,"DeviceOnlyRememberedOnUserPrompt":false},` +
	`"EmailConfiguration":{"ConfigurationSet":"c","EmailSendingAccount":"DEVELOPER","From":"f","ReplyToEmailAddress":"r","SourceArn":"` + roleARN + `"},` +
	`"EmailVerificationMessage":"m","EmailVerificationSubject":"s","IssuerConfiguration":{"Type":"UPDATED"},` +
	`"KeyConfiguration":{"KeyType":"CUSTOMER_MANAGED_KEY","KmsKeyArn":"` + roleARN + `"},` +
	`"LambdaConfig":{"PreSignUp":"` + roleARN + `","PreTokenGenerationConfig":{"LambdaArn":"` + roleARN + `","LambdaVersion":"V2_0"}},` +
	`"SmsAuthenticationMessage":"{####}","SmsConfiguration":{"SnsCallerArn":"` + roleARN + `","ExternalId":"e","SnsRegion":"r","EumsSms":{"CallerArn":"` + roleARN + `"}},` +
	`"SmsVerificationMessage":"m","UserAttributeUpdateSettings":{"AttributesRequireVerificationBeforeUpdate":["email"]},` +
	`"UserPoolAddOns":{"AdvancedSecurityMode":"AUDIT","AdvancedSecurityAdditionalFlows":{"CustomAuthMode":"ENFORCED"}},` +
	`"UserPoolTags":{"team":"x"},"UserPoolTier":"PLUS",` +
	`"VerificationMessageTemplate":{"DefaultEmailOption":"CONFIRM_WITH_LINK","EmailMessage":"m","EmailMessageByLink":"l","EmailSubject":"s","EmailSubjectByLink":"t","SmsMessage":"u"}`

// mfaSettings are members of SetUserPoolMfaConfig.
const mfaSettings = `"SmsMfaConfiguration":{"SmsAuthenticationMessage":"{####}","SmsConfiguration":{"SnsCallerArn":"` + roleARN + `"}},` +
	`"SoftwareTokenMfaConfiguration":{"Enabled":true},"EmailMfaConfiguration":{"Message":"m","Subject":"s"},` +
	`"WebAuthnConfiguration":{"RelyingPartyId":"r","UserVerification":"required","FactorConfiguration":"SINGLE_FACTOR"}`

// Every member of every operation, with every value at an edge, gets a good answer or one that says what is wrong. Without IMPORTJOB_LONG, a
// member gets each third value.
func TestEdgesOfEveryMember(t *testing.T) {
	values := append([]string{`"` + strings.Repeat("9", 400) + `"`, strings.Repeat("9", 400), `"` + strings.Repeat("x", 100_000) + `"`}, edges...)
	tokens := edgeTokens()
	requests := edgeRequests()
	maps.Copy(requests, signInRequests())
	require.Len(t, requests, len(operations))
	every := 3
	if os.Getenv("IMPORTJOB_LONG") != "" {
		every = 1
	}
	for target, good := range requests {
		t.Run(target, func(t *testing.T) {
			h := edgeHandler(t)
			var tree any
			require.NoError(t, json.Unmarshal([]byte(good), &tree))
			for k, path := range pathsOf(tree, nil) {
				all := values
				if name, ok := path[len(path)-1].(string); ok && strings.HasSuffix(strings.ToLower(name), "token") {
					all = append(tokens, values...)
				}
				for i, value := range all {
					if (i+k)%every != 0 {
						continue
					}
					body := replaced(t, good, path, value)
					w := sent(t, h, target, body)
					goodOrRefused(t, w, fmt.Sprintf("%s %.300s", target, body))
					if read := sdkReads[strings.TrimPrefix(target, idp)]; read != nil && w.Code == http.StatusOK {
						assert.NoError(t, read(answering(w)), "%s %.300s: %.2000s", target, body, w.Body)
					}
				}
				switch target {
				case idp + "DeleteUserPool", idp + "UpdateUserPool", idp + "AdminDeleteUser", idp + "DeleteGroup", idp + "DeleteUserPoolClient":
					h = edgeHandler(t)
				}
			}
		})
	}
}

// sdkReads reads the responses of operations that return what a request has set.
var sdkReads = map[string]func(*cognito.Client) error{
	"CreateUserPool": func(api *cognito.Client) error {
		_, err := api.CreateUserPool(context.Background(), &cognito.CreateUserPoolInput{PoolName: aws.String("p")})
		return err
	},
	"SetUserPoolMfaConfig": func(api *cognito.Client) error {
		_, err := api.SetUserPoolMfaConfig(context.Background(), &cognito.SetUserPoolMfaConfigInput{UserPoolId: aws.String(poolID)})
		return err
	},
	"CreateGroup": func(api *cognito.Client) error {
		_, err := api.CreateGroup(context.Background(), &cognito.CreateGroupInput{UserPoolId: aws.String(poolID), GroupName: aws.String("g")})
		return err
	},
	"AdminCreateUser": func(api *cognito.Client) error {
		_, err := api.AdminCreateUser(context.Background(), &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("u")})
		return err
	},
}

// answering returns an SDK client that gets this response.
func answering(w *httptest.ResponseRecorder) *cognito.Client {
	return inProcess(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		maps.Copy(rw.Header(), w.Header())
		_, _ = rw.Write(w.Body.Bytes())
	}))
}

// The requests that the test of edges changes are good.
func TestEdgeRequestsAreGood(t *testing.T) {
	for target, good := range edgeRequests() {
		if target == idp+"StartUserImportJob" || target == idp+"StopUserImportJob" {
			continue // the job has ended
		}
		w := send(edgeHandler(t), target, good)
		assert.Equal(t, 200, w.Code, "%s: %s", target, w.Body)
	}
}

// edgeHandler returns a handler of a pool that has a job with a log, import-1/J, and the users ann, bob and cid. ann and
// bob are in the groups admins and users.
func edgeHandler(t testing.TB) http.Handler {
	m := testpool.New(t, edgeOptions())
	addSignIn(t, m)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	require.Equal(t, 200, upload(h, created(t, h), testpool.CSV("ann", "bob", "cid")).Code)
	w := send(h, idp+"StartUserImportJob", `{"UserPoolId":"`+poolID+`","JobId":"import-1"}`)
	require.Equal(t, 200, w.Code, w.Body)
	for _, group := range []string{"admins", "users"} {
		_, err := m.CreateGroup(t.Context(), userpool.Group{GroupRef: userpool.GroupRef{UserPoolID: poolID, GroupName: group}})
		require.NoError(t, err)
		for _, name := range []string{"ann", "bob"} {
			require.NoError(t, m.AddUserToGroup(t.Context(), userpool.Ref{UserPoolID: poolID, Username: name}, group))
		}
	}
	return h
}

// sent sends a request, and fails the test if the handler panics.
func sent(t testing.TB, h http.Handler, target, body string) (w *httptest.ResponseRecorder) {
	defer func() {
		if v := recover(); v != nil {
			t.Errorf("%s %.300s: panic: %v", target, body, v)
			w = httptest.NewRecorder()
		}
	}()
	return send(h, target, body)
}

// goodOrRefused demands a response of 200, or of 4xx with the name of an exception and a message.
func goodOrRefused(t testing.TB, w *httptest.ResponseRecorder, request string) {
	t.Helper()
	if w.Code == http.StatusOK {
		assert.True(t, w.Body.Len() == 0 || json.Valid(w.Body.Bytes()), "%s: %s", request, w.Body)
		return
	}
	var e struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	assert.NoError(t, json.Unmarshal(w.Body.Bytes(), &e), request)
	assert.True(t, w.Code >= 400 && w.Code < 500, "%s: %d %s", request, w.Code, w.Body)
	assert.NotEmpty(t, e.Type, request)
	assert.NotEmpty(t, e.Message, request)
}

// pathsOf returns the paths of all members of a JSON value, and of the elements of its lists.
func pathsOf(v any, at []any) (paths [][]any) {
	below := func(key, v any) {
		path := append(append([]any{}, at...), key)
		paths = append(append(paths, path), pathsOf(v, path)...)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			below(name, member)
		}
	case []any:
		for i, element := range v {
			below(i, element)
		}
	}
	return paths
}

// replaced returns a JSON text with another value at a path.
func replaced(t testing.TB, text string, path []any, value string) string {
	var tree any
	require.NoError(t, json.Unmarshal([]byte(text), &tree))
	at := tree
	for _, key := range path[:len(path)-1] {
		if i, ok := key.(int); ok {
			at = at.([]any)[i]
		} else {
			at = at.(map[string]any)[key.(string)]
		}
	}
	last := path[len(path)-1]
	if i, ok := last.(int); ok {
		at.([]any)[i] = "@@"
	} else {
		at.(map[string]any)[last.(string)] = "@@"
	}
	encoded, err := json.Marshal(tree)
	require.NoError(t, err)
	return strings.Replace(string(encoded), `"@@"`, value, 1)
}

// A token beyond the last log stream is the end of the list.
func TestTokenBeyondTheLastStream(t *testing.T) {
	h := edgeHandler(t)
	for _, token := range []string{"1", "5", "2147483647", "9223372036854775807"} {
		w := sent(t, h, "Logs_20140328.DescribeLogStreams", `{"logGroupName":"`+logGroup+`","nextToken":"`+token+`"}`)
		goodOrRefused(t, w, token)
	}
}

func base64RawURL(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func edgeOptions() *memory.Options {
	n := 0
	return &memory.Options{NewJobID: func() string { n++; return "import-" + strconv.Itoa(n) }}
}
