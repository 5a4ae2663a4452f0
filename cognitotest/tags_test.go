package cognitotest_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTags(t *testing.T) {
	api, _ := withDirectory(nil)
	ctx := t.Context()
	pool, err := api.CreateUserPool(ctx, &cognito.CreateUserPoolInput{PoolName: aws.String("p"), UserPoolTags: map[string]string{"team": "a"}})
	require.NoError(t, err)
	arn := pool.UserPool.Arn
	tags := func() map[string]string {
		t.Helper()
		out, err := api.ListTagsForResource(ctx, &cognito.ListTagsForResourceInput{ResourceArn: arn})
		require.NoError(t, err)
		described, err := api.DescribeUserPool(ctx, &cognito.DescribeUserPoolInput{UserPoolId: pool.UserPool.Id})
		require.NoError(t, err)
		assert.Equal(t, out.Tags, described.UserPool.UserPoolTags)
		return out.Tags
	}
	assert.Equal(t, map[string]string{"team": "a"}, tags())
	_, err = api.TagResource(ctx, &cognito.TagResourceInput{ResourceArn: arn, Tags: map[string]string{"team": "b", "stage": ""}})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"team": "b", "stage": ""}, tags())
	_, err = api.UntagResource(ctx, &cognito.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"team", "none"}})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"stage": ""}, tags())

	for other, want := range map[string]string{
		"arn:aws:cognito-idp:us-west-2:222222222222:userpool/" + *pool.UserPool.Id: "InvalidParameterException: ResourceArn is not the ARN of a user pool of account 111111111111.",
		"arn:aws:iam::111111111111:role/x":                                         "InvalidParameterException",
		"arn:aws:cognito-idp:us-west-2:111111111111:userpool/us-west-2_none":       "ResourceNotFoundException: User pool us-west-2_none does not exist.",
	} {
		_, err = api.ListTagsForResource(ctx, &cognito.ListTagsForResourceInput{ResourceArn: aws.String(other)})
		assert.ErrorContains(t, err, want)
		_, err = api.TagResource(ctx, &cognito.TagResourceInput{ResourceArn: aws.String(other), Tags: map[string]string{"a": "b"}})
		assert.ErrorContains(t, err, want)
	}
}

// Requests that change one pool at once do not lose each other's change.
func TestTagsAtOnce(t *testing.T) {
	api, _ := withDirectory(nil)
	pool, err := api.CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{PoolName: aws.String("p")})
	require.NoError(t, err)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			_, err := api.TagResource(t.Context(), &cognito.TagResourceInput{ResourceArn: pool.UserPool.Arn, Tags: map[string]string{fmt.Sprint(i): "x"}})
			assert.NoError(t, err)
		})
	}
	all.Wait()
	out, err := api.ListTagsForResource(t.Context(), &cognito.ListTagsForResourceInput{ResourceArn: pool.UserPool.Arn})
	require.NoError(t, err)
	assert.Len(t, out.Tags, 40)
}
