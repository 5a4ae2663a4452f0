package cognitotest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/userpool"
)

// One handler serves pools of several Regions. Each of its names and URLs has the Region of its pool.
func TestRegionIsThatOfThePool(t *testing.T) {
	const far = "eu-west-1_bbbbbbbbb"
	m := testpool.New(t, nil)
	_, err := m.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: far, Name: "people", AutoVerifiedAttributes: []string{"email"}}})
	require.NoError(t, err)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m, AccountID: "222222222222"})
	for id, region := range map[string]string{poolID: "us-west-2", far: "eu-west-1"} {
		pool := `{"UserPoolId":"` + id + `"}`
		assert.Contains(t, send(h, idp+"DescribeUserPool", pool).Body.String(),
			`"Arn":"arn:aws:cognito-idp:`+region+`:222222222222:userpool/`+id+`"`)

		w := send(h, idp+"CreateUserImportJob", `{"UserPoolId":"`+id+`","JobName":"J","CloudWatchLogsRoleArn":"`+roleARN+`"}`)
		require.Equal(t, 200, w.Code, w.Body)
		to := jobURL(t, w.Body.String())
		assert.Regexp(t, `^http://fake\.test/222222222222/`+id+`/import-\w+\?`, to)
		assert.Contains(t, to, "%2F"+region+"%2Fs3%2Faws4_request")
		w = upload(h, to, testpool.CSV("ann"))
		require.Equal(t, 200, w.Code, w.Body)
		assert.Contains(t, w.Header().Get("x-amz-server-side-encryption-aws-kms-key-id"), "arn:aws:kms:"+region+":222222222222:key/")

		group := "/aws/cognito/userpools/" + id + "/people"
		arn := "arn:aws:logs:" + region + ":222222222222:log-group:" + group
		w = send(h, "Logs_20140328.DescribeLogGroups", `{"logGroupNamePrefix":"`+group+`"}`)
		assert.Contains(t, w.Body.String(), `"arn":"`+arn+`:*"`)
		for identifier, status := range map[string]int{
			group: 200, arn: 200, arn + ":*": 200,
			strings.Replace(arn, region, "ap-east-1", 1):         400,
			strings.Replace(arn, "222222222222", "333333333", 1): 400,
			arn + "x": 400,
		} {
			w = send(h, "Logs_20140328.DescribeLogStreams", `{"logGroupIdentifier":"`+identifier+`"}`)
			assert.Equal(t, status, w.Code, "%s: %s", identifier, w.Body)
		}
		w = send(h, "Logs_20140328.DescribeLogStreams", `{"logGroupName":"`+arn+`"}`)
		assert.Equal(t, 400, w.Code, "an ARN is no name: %s", w.Body)
	}
}

// The ID of a pool may have more than one underscore: its Region ends at the last one.
func TestRegionOfAnOddPoolID(t *testing.T) {
	m := testpool.New(t, nil, func(p *importjob.Pool) { p.ID = "__a_b" })
	h := cognitotest.Handler(m, nil)
	w := send(h, idp+"CreateUserImportJob", `{"UserPoolId":"__a_b","JobName":"J","CloudWatchLogsRoleArn":"`+roleARN+`"}`)
	require.Equal(t, 200, w.Code, w.Body)
	w = upload(h, jobURL(t, w.Body.String()), testpool.CSV("ann"))
	assert.Equal(t, 200, w.Code, w.Body)
}

// A credential scope of another Region than the pool's is refused before the signature is looked at.
func TestURLOfAnotherRegion(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), nil)
	to := queried(t, created(t, h), func(q url.Values) {
		q.Set("X-Amz-Credential", strings.Replace(q.Get("X-Amz-Credential"), "/us-west-2/", "/eu-west-1/", 1))
	})
	w := upload(h, to, testpool.CSV("ann"))
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), "the region &#39;eu-west-1&#39; is wrong; expecting &#39;us-west-2&#39;</Message><Region>us-west-2</Region>")
}
