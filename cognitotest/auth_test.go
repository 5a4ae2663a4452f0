package cognitotest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

const headerBody = `{"UserPoolId":"` + poolID + `"}`

func TestAuthorizationHeader(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), nil)
	for name, c := range map[string]struct {
		authorization, date, want string
	}{
		"none":            {"", "20190123T192955Z", "MissingAuthenticationTokenException"},
		"basic":           {"Basic YTpi", "20190123T192955Z", "IncompleteSignatureException"},
		"algorithm alone": {"AWS4-HMAC-SHA256", "20190123T192955Z", "IncompleteSignatureException"},
		"no signature":    {strings.Split(wellFormed, ", Sig")[0], "20190123T192955Z", "IncompleteSignatureException"},
		"no credential":   {strings.Replace(wellFormed, "Credential", "Cred", 1), "20190123T192955Z", "IncompleteSignatureException"},
		"short scope": {strings.Replace(wellFormed, "/aws4_request", "", 1), "20190123T192955Z", `IncompleteSignatureException","message":"Credential must have exactly ` +
			`5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKID/20190123/us-west-2/cognito-idp'`},
		"other scope": {strings.Replace(wellFormed, "aws4_request", "aws5", 1), "20190123T192955Z", "IncompleteSignatureException"},
		"no date":     {wellFormed, "", "IncompleteSignatureException"},
		"bad date": {wellFormed, "Wed, 23 Jan 2019", `IncompleteSignatureException","message":"Date must be in ISO-8601 'basic format'. ` +
			`Got 'Wed, 23 Jan 2019'. See http://en.wikipedia.org/wiki/ISO_8601`},
		"well-formed": {wellFormed, "20190123T192955Z", ""},
		"no spaces":   {strings.ReplaceAll(wellFormed, ", ", ","), "20190123T192955Z", ""},
	} {
		w := send(h, idp+"GetCSVHeader", headerBody, func(r *http.Request) {
			r.Header.Del("Authorization")
			if c.authorization != "" {
				r.Header.Set("Authorization", c.authorization)
			}
			r.Header.Set("X-Amz-Date", c.date)
		})
		if c.want == "" {
			assert.Equal(t, 200, w.Code, "%s: %s", name, w.Body)
			continue
		}
		assert.Equal(t, 400, w.Code, name)
		assert.True(t, strings.HasPrefix(w.Body.String(), `{"__type":"`+c.want+`"`), "%s: %s", name, w.Body)
	}
	w := send(h, idp+"GetCSVHeader", headerBody, func(r *http.Request) { r.Header.Del("Authorization") })
	assert.Equal(t, `{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}`, w.Body.String())
}

func sha256Hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// signed sends a request signed by aws-sdk-go-v2, with a change made afterwards.
func signed(t testing.TB, h http.Handler, secret, service string, at time.Time, before, after func(*http.Request)) *httptest.ResponseRecorder {
	return send(h, idp+"GetCSVHeader", headerBody, func(r *http.Request) {
		r.Header.Del("Authorization")
		before(r)
		payload := r.Header.Get("X-Amz-Content-Sha256")
		if payload == "" {
			payload = sha256Hex(headerBody)
		}
		require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: secret}, r, payload, service, "us-west-2", at))
		after(r)
	})
}

func TestVerifiedSignature(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := cognitotest.Handler(testpool.New(t, nil), &cognitotest.Options{
			Credentials: cognitotest.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}})
		now := time.Now()
		same := func(*http.Request) {}
		for name, c := range map[string]struct {
			secret, service string
			at              time.Time
			before, after   func(*http.Request)
			want            string
		}{
			"good":         {"secret", "cognito-idp", now, same, same, ""},
			"4 min early":  {"secret", "cognito-idp", now.Add(-4 * time.Minute), same, same, ""},
			"4 min late":   {"secret", "cognito-idp", now.Add(4 * time.Minute), same, same, ""},
			"6 min early":  {"secret", "cognito-idp", now.Add(-6 * time.Minute), same, same, "InvalidSignatureException Signature expired: "},
			"6 min late":   {"secret", "cognito-idp", now.Add(6 * time.Minute), same, same, "InvalidSignatureException Signature not yet current: "},
			"wrong secret": {"other", "cognito-idp", now, same, same, "InvalidSignatureException The request signature we calculated does not match"},
			"service":      {"secret", "logs", now, same, same, "InvalidSignatureException Credential should be scoped to correct service: 'cognito-idp'. "},
			"key": {"secret", "cognito-idp", now, same, func(r *http.Request) {
				r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "AKID", "AKIX", 1))
			}, "UnrecognizedClientException The security token included in the request is invalid."},
			"target changed": {"secret", "cognito-idp", now, same, func(r *http.Request) {
				r.Header.Set("X-Amz-Target", idp+"DescribeUserPool")
			}, "InvalidSignatureException "},
			"target unsigned": {"secret", "cognito-idp", now, func(r *http.Request) { r.Header.Del("X-Amz-Target") }, func(r *http.Request) {
				r.Header.Set("X-Amz-Target", idp+"GetCSVHeader")
			}, "InvalidSignatureException 'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."},
			"session token": {"secret", "cognito-idp", now, func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "x") }, same,
				"UnrecognizedClientException The security token included in the request is invalid."},
			"region changed": {"secret", "cognito-idp", now, same, func(r *http.Request) {
				r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "us-west-2", "eu-west-1", 1))
			}, "InvalidSignatureException The request signature we calculated does not match"},
			"day changed": {"secret", "cognito-idp", now, same, func(r *http.Request) {
				r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), now.UTC().Format("/20060102/"), now.UTC().AddDate(0, 0, 1).Format("/20060102/"), 1))
			}, "InvalidSignatureException Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20000102' != '20000101', from '20000101T000000Z'."},
			"semicolon":       {"secret", "cognito-idp", now, func(r *http.Request) { r.URL.RawQuery = "a=1%3B2" }, func(r *http.Request) { r.URL.RawQuery = "a=1;2" }, ""},
			"semicolon added": {"secret", "cognito-idp", now, same, func(r *http.Request) { r.URL.RawQuery = "a;b" }, "InvalidSignatureException The request signature"},
			"host changed":    {"secret", "cognito-idp", now, same, func(r *http.Request) { r.Host = "x" }, "InvalidSignatureException "},
			"unsigned header": {"secret", "cognito-idp", now, same, func(r *http.Request) {
				r.Header.Set("User-Agent", "x")
			}, ""},
			"spaces in header": {"secret", "cognito-idp", now, func(r *http.Request) { r.Header.Set("X-Amz-Meta", "  a   b ") }, same, ""},
			"query":            {"secret", "cognito-idp", now, func(r *http.Request) { r.URL.RawQuery = "b=2&a=%20x~&a=1" }, same, ""},
			"unsigned payload": {"secret", "cognito-idp", now, func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") }, same, ""},
			"hash of another": {"secret", "cognito-idp", now, func(r *http.Request) {
				r.Header.Set("X-Amz-Content-Sha256", sha256Hex("{}"))
			}, same, "InvalidSignatureException "},
			"unsigned payload, unsigned": {"secret", "cognito-idp", now, same, func(r *http.Request) {
				r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
			}, ""},
		} {
			w := signed(t, h, c.secret, c.service, c.at, c.before, c.after)
			if c.want == "" {
				assert.Equal(t, 200, w.Code, "%s: %s", name, w.Body)
				continue
			}
			code, message, _ := strings.Cut(c.want, " ")
			assert.True(t, strings.HasPrefix(w.Body.String(), `{"__type":"`+code+`","message":"`+message), "%s: %s", name, w.Body)
		}
	})
}

// A signature must be for the Region of the pool, or of the endpoint.
func TestSignatureOfAnotherRegion(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), &cognitotest.Options{
		Credentials: cognitotest.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}})
	const wrong = "InvalidSignatureException"
	for name, c := range map[string]struct{ target, body, host, region, want string }{
		"pool":            {idp + "GetCSVHeader", headerBody, "x", "us-west-2", ""},
		"other pool":      {idp + "GetCSVHeader", headerBody, "x", "eu-west-1", wrong},
		"endpoint":        {idp + "GetCSVHeader", headerBody, "cognito-idp.us-west-2.amazonaws.com", "us-west-2", ""},
		"other endpoint":  {idp + "GetCSVHeader", headerBody, "cognito-idp.us-west-2.amazonaws.com", "eu-west-1", wrong},
		"log group":       {"Logs_20140328.DescribeLogStreams", `{"logGroupName":"` + logGroup + `"}`, "x", "us-west-2", ""},
		"other log group": {"Logs_20140328.DescribeLogStreams", `{"logGroupIdentifier":"arn:aws:logs:us-west-2:111111111111:log-group:` + logGroup + `"}`, "x", "eu-west-1", wrong},
		"no pool":         {"Logs_20140328.DescribeLogGroups", `{}`, "x", "eu-west-1", ""},
		"tags":            {idp + "ListTagsForResource", `{"ResourceArn":"arn:aws:cognito-idp:us-west-2:111111111111:userpool/` + poolID + `"}`, "x", "us-west-2", "UnknownOperationException"}, // there is no Directory
		"other tags":      {idp + "ListTagsForResource", `{"ResourceArn":"arn:aws:cognito-idp:us-west-2:111111111111:userpool/` + poolID + `"}`, "x", "eu-west-1", wrong},
		"odd pool":        {idp + "GetCSVHeader", `{"UserPoolId":"local_x"}`, "x", "eu-west-1", "ResourceNotFoundException"},
	} {
		w := send(h, c.target, c.body, func(r *http.Request) {
			r.Header.Del("Authorization")
			r.Host = c.host
			service := "cognito-idp"
			if strings.HasPrefix(c.target, "Logs") {
				service = "logs"
			}
			require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}, r,
				sha256Hex(c.body), service, c.region, time.Now()))
		})
		if c.want == "" {
			assert.Equal(t, 200, w.Code, "%s: %s", name, w.Body)
			continue
		}
		assert.Contains(t, w.Body.String(), `{"__type":"`+c.want+`"`, name)
		if c.want == wrong {
			assert.Contains(t, w.Body.String(), "Credential should be scoped to a valid region, not 'eu-west-1'. ", name)
		}
	}
}

func TestSDKSignaturesAreVerified(t *testing.T) {
	m := testpool.New(t, nil)
	fake := awstest.New(m, &cognitotest.Options{
		Credentials: cognitotest.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}})
	_, err := fake.Cognito.GetCSVHeader(t.Context(), &cognito.GetCSVHeaderInput{UserPoolId: aws.String(poolID)})
	require.NoError(t, err)
	wrong := cognito.NewFromConfig(fake.Config, func(o *cognito.Options) { o.Credentials = keys("wrong") })
	_, err = wrong.GetCSVHeader(t.Context(), &cognito.GetCSVHeaderInput{UserPoolId: aws.String(poolID)})
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "InvalidSignatureException", api.ErrorCode())
}

func TestLogHasNoSecrets(t *testing.T) {
	var b strings.Builder
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m, Logger: slog.New(slog.NewTextHandler(&b, nil)),
		Credentials: cognitotest.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "topsecret"}})
	api := cognito.New(cognito.Options{Region: "us-west-2", Credentials: keys("topsecret"),
		HTTPClient: &http.Client{Transport: cognitotest.Transport(h)}})
	job, err := api.CreateUserImportJob(context.Background(), &cognito.CreateUserImportJobInput{
		UserPoolId: aws.String(poolID), JobName: aws.String("J"), CloudWatchLogsRoleArn: aws.String(roleARN)})
	require.NoError(t, err)
	put(t, cognitotest.Transport(h), *job.UserImportJob.PreSignedUrl, testpool.CSV("ann"))
	put(t, cognitotest.Transport(h), *job.UserImportJob.PreSignedUrl+"x", testpool.CSV("ann"))
	_, _ = api.AdminGetUser(context.Background(), &cognito.AdminGetUserInput{UserPoolId: aws.String(poolID), Username: aws.String("nobody-else")})
	send(h, "Evil\ntarget.token=topsecret", "{}")
	log := b.String()
	assert.Equal(t, 5, strings.Count(log, "msg=request"), log)
	assert.Contains(t, log, "op=CreateUserImportJob status=200")
	assert.Contains(t, log, "op=PutObject status=200")
	assert.Regexp(t, "op=PutObject status=403 .* code=SignatureDoesNotMatch\n", log)
	assert.Regexp(t, "op=AdminGetUser status=400 .* code=UserNotFoundException\n", log)
	for _, secret := range []string{"topsecret", "X-Amz", "Signature=", "nobody-else", "example.com", "ASIA", "Evil"} {
		assert.NotContains(t, log, secret)
	}
}

func TestCredentialsKeepTheirSecret(t *testing.T) {
	c := cognitotest.Options{Credentials: cognitotest.Credentials{AccessKeyID: "AKID", SecretAccessKey: "topsecret"}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		text := fmt.Sprintf(verb+verb, c, c.Credentials)
		assert.NotContains(t, text, "topsecret", verb)
		assert.NotContains(t, text, "746f70736563726574", verb)
	}
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "credentials", c.Credentials)
	assert.Contains(t, b.String(), `"credentials":"AKID"`)
	b.Reset()
	h := cognitotest.Handler(testpool.New(t, nil), &c)
	for _, log := range []slog.Handler{slog.NewJSONHandler(&b, nil), slog.NewTextHandler(&b, nil)} {
		slog.New(log).Info("x", "options", c, "handler", h, "both", struct {
			Options cognitotest.Options
			Handler http.Handler
		}{c, h})
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		_, _ = fmt.Fprintf(&b, verb+verb, h, []http.Handler{h})
	}
	assert.NotContains(t, b.String(), "topsecret")
	assert.NotContains(t, b.String(), "746f70736563726574")
}
