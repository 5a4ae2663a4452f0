package awsbackend

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// limit returns the page size of a request. If the caller names none, it is 60: the most users or groups that the service
// allows in a page.
func limit(page importjob.Page) *int32 {
	if page.MaxResults == 0 {
		return aws.Int32(maxListPage)
	}
	return aws.Int32(int32(page.MaxResults))
}

// paged converts a page of a response and its token.
func paged[Theirs, Ours any](page []Theirs, token *string, convert func(*Theirs) (Ours, error)) ([]Ours, string, error) {
	list := make([]Ours, len(page))
	for i := range page {
		var err error
		if list[i], err = convert(&page[i]); err != nil {
			return nil, "", err
		}
	}
	return list, aws.ToString(token), nil
}

// answeredUser returns the user of a response. Its username need not be the one that was asked for, which can be an
// alias.
func answeredUser(u *types.UserType) (userpool.User, error) {
	if aws.ToString(u.Username) == "" || u.UserStatus == "" {
		return userpool.User{}, errNoAnswer
	}
	return user(u), nil
}

// user converts a user of the SDK. A test checks that it converts every field.
func user(u *types.UserType) userpool.User {
	sub, attributes := "", make([]userpool.Attribute, 0, len(u.Attributes))
	for _, a := range u.Attributes {
		if aws.ToString(a.Name) == "sub" {
			sub = aws.ToString(a.Value)
			continue
		}
		attributes = append(attributes, userpool.Attribute{Name: aws.ToString(a.Name), Value: aws.ToString(a.Value)})
	}
	return userpool.User{
		Username:         aws.ToString(u.Username),
		Sub:              sub,
		Attributes:       userpool.NewAttributes(attributes...),
		Status:           userpool.Status(u.UserStatus),
		Disabled:         !u.Enabled,
		CreateDate:       backend.Date(aws.ToTime(u.UserCreateDate)),
		LastModifiedDate: backend.Date(aws.ToTime(u.UserLastModifiedDate)),
	}
}

// answeredGroup returns the group of a response, which must be the one of ref. The case of its name may differ, because
// two groups cannot have names that differ only in case.
func answeredGroup(g *types.GroupType, ref userpool.GroupRef) (userpool.Group, error) {
	if g == nil || aws.ToString(g.GroupName) == "" {
		return userpool.Group{}, errNoAnswer
	}
	got := group(g)
	if got.UserPoolID != ref.UserPoolID || ref.GroupName != "" && !strings.EqualFold(got.GroupName, ref.GroupName) {
		return userpool.Group{}, errOtherAnswer
	}
	return got, nil
}

// groupOf returns a function that returns a group of a list. The group must be one of the pool.
func groupOf(userPoolID string) func(*types.GroupType) (userpool.Group, error) {
	return func(g *types.GroupType) (userpool.Group, error) {
		return answeredGroup(g, userpool.GroupRef{UserPoolID: userPoolID})
	}
}

// group converts a group of the SDK. A test checks that it converts every field.
func group(g *types.GroupType) userpool.Group {
	ours := userpool.Group{
		GroupRef:         userpool.GroupRef{UserPoolID: aws.ToString(g.UserPoolId), GroupName: aws.ToString(g.GroupName)},
		Description:      aws.ToString(g.Description),
		RoleARN:          aws.ToString(g.RoleArn),
		CreationDate:     backend.Date(aws.ToTime(g.CreationDate)),
		LastModifiedDate: backend.Date(aws.ToTime(g.LastModifiedDate)),
	}
	if g.Precedence != nil {
		ours.Precedence = aws.Int(int(*g.Precedence))
	}
	return ours
}
