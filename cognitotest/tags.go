package cognitotest

import (
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

func tagResource(c *call) ([]byte, error) {
	c.in.require("Tags")
	added := c.in.tags("Tags")
	return c.changeTags(func(tags map[string]string) {
		for key, value := range added {
			tags[key] = value
		}
	})
}

func untagResource(c *call) ([]byte, error) {
	c.in.require("TagKeys")
	removed := c.in.texts("TagKeys")
	return c.changeTags(func(tags map[string]string) {
		for _, key := range removed {
			delete(tags, key)
		}
	})
}

// changeTags changes the tags of the pool that the request names. The response is an empty object.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_TagResource.html
func (c *call) changeTags(change func(map[string]string)) ([]byte, error) {
	id, err := c.taggedPool()
	if err != nil {
		return nil, err
	}
	return []byte("{}"), c.changePool(id, func(_ *userpool.Pool, kept settings) error {
		tags := kept.tags()
		change(tags)
		kept.put(userPoolTags, tags)
		return nil
	})
}

func listTagsForResource(c *call) ([]byte, error) {
	id, err := c.taggedPool()
	if err != nil {
		return nil, err
	}
	pool, err := c.opts.Directory.DescribePool(c.ctx, id)
	if err != nil {
		return nil, err
	}
	kept, err := settingsOf(pool)
	if err != nil {
		return nil, err
	}
	return encode(map[string]map[string]string{"Tags": kept.tags()}), nil
}

// taggedPool returns the ID of the pool whose ARN is the ResourceArn of the request. It checks the members that were
// read before, too.
func (c *call) taggedPool() (string, error) {
	arn := c.in.required("ResourceArn")
	if err := c.in.err(); err != nil {
		return "", err
	}
	_, id, _ := strings.Cut(arn, poolInARN)
	if arn != c.poolARN(id) {
		// Our words. (A15)
		return "", refusef(importjob.ErrInvalidParameter, "ResourceArn is not the ARN of a user pool of account %s.", c.opts.AccountID)
	}
	return id, nil
}

// poolInARN is before the ID of a pool in its ARN.
const poolInARN = ":userpool/"
