package awsbackend

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/userpool"
)

// lacking fails the test if a type of ours and its type in the SDK have different fields. renamed has the fields whose
// names differ.
func lacking(t *testing.T, from, to map[string]int, only, renamed map[string]string) {
	t.Helper()
	for name := range from {
		if _, skip := only[name]; skip {
			continue
		}
		ours := name
		if other, ok := renamed[name]; ok {
			ours = other
		}
		assert.Contains(t, to, ours, "the SDK's field %s is new, or not mapped", name)
		delete(to, ours)
	}
	assert.Empty(t, to, "fields that nothing of the SDK is mapped to")
}

func TestUserHasEveryFieldOfTheSDK(t *testing.T) {
	to := exported[userpool.User]()
	delete(to, "sub") // one of the attributes
	renamed := map[string]string{"enabled": "disabled", "userstatus": "status", "usercreatedate": "createdate", "userlastmodifieddate": "lastmodifieddate"}
	// MFAOptions are of no use any more: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
	lacking(t, exported[types.UserType](), to, map[string]string{"mfaoptions": ""}, renamed)

	var theirs types.UserType
	distinct(reflect.ValueOf(&theirs).Elem(), new(int))
	theirs.Attributes = append(theirs.Attributes, types.AttributeType{Name: aws.String("sub"), Value: aws.String("the sub")})
	ours := user(&theirs)
	assert.Equal(t, *theirs.Username, ours.Username)
	assert.Equal(t, "the sub", ours.Sub)
	assert.Equal(t, string(theirs.UserStatus), string(ours.Status))
	assert.Equal(t, *theirs.UserCreateDate, ours.CreateDate)
	assert.Equal(t, *theirs.UserLastModifiedDate, ours.LastModifiedDate)
	assert.NotEqual(t, ours.CreateDate, ours.LastModifiedDate)
	assert.False(t, ours.Disabled)
	assert.Equal(t, map[string]string{
		*theirs.Attributes[0].Name: *theirs.Attributes[0].Value, *theirs.Attributes[1].Name: *theirs.Attributes[1].Value,
	}, ours.Attributes.Map())
	assert.True(t, user(&types.UserType{}).Disabled)
}

// The answer to AdminGetUser has the fields of a user under other names.
func TestAnswerHasEveryFieldOfAUser(t *testing.T) {
	to := exported[types.UserType]()
	lacking(t, exported[cognito.AdminGetUserOutput](), to,
		map[string]string{"preferredmfasetting": "", "usermfasettinglist": "", "resultmetadata": ""}, map[string]string{"userattributes": "attributes"})
}

func TestGroupHasEveryFieldOfTheSDK(t *testing.T) {
	to := exported[userpool.Group]() // with the fields of its GroupRef
	delete(to, "groupref")
	lacking(t, exported[types.GroupType](), to, nil, nil)

	var theirs types.GroupType
	distinct(reflect.ValueOf(&theirs).Elem(), new(int))
	ours := group(&theirs)
	assert.Equal(t, userpool.Group{
		GroupRef:    userpool.GroupRef{UserPoolID: *theirs.UserPoolId, GroupName: *theirs.GroupName},
		Description: *theirs.Description, RoleARN: *theirs.RoleArn, Precedence: aws.Int(int(*theirs.Precedence)),
		CreationDate: *theirs.CreationDate, LastModifiedDate: *theirs.LastModifiedDate,
	}, ours)
	assert.Equal(t, userpool.Group{}, group(&types.GroupType{}))
}

func TestPrecedenceOfZeroIsAPrecedence(t *testing.T) {
	got := group(&types.GroupType{Precedence: aws.Int32(0)})
	require.NotNil(t, got.Precedence)
	assert.Zero(t, *got.Precedence)
	assert.Equal(t, aws.Int32(0), precedence(got))
	assert.Nil(t, precedence(userpool.Group{}))
}

func TestDatesOfUsersAndGroupsAreInMillisecondsUTC(t *testing.T) {
	date := time.Date(2024, 12, 26, 19, 33, 41, 22_999_999, time.FixedZone("there", 5*3600))
	want := time.Date(2024, 12, 26, 14, 33, 41, 22_000_000, time.UTC)
	u := user(&types.UserType{UserCreateDate: &date, UserLastModifiedDate: &date})
	g := group(&types.GroupType{CreationDate: &date, LastModifiedDate: &date})
	assert.Equal(t, []time.Time{want, want, want, want}, []time.Time{u.CreateDate, u.LastModifiedDate, g.CreationDate, g.LastModifiedDate})
}

func TestStatusesOfUsersAreKnown(t *testing.T) {
	theirs := as[userpool.Status](types.UserStatusType("").Values())
	for _, ours := range []userpool.Status{userpool.StatusResetRequired, userpool.StatusConfirmed, userpool.StatusUnconfirmed, userpool.StatusForceChangePassword} {
		assert.Contains(t, theirs, ours)
	}
}
