// Package quota has the default request rates of Amazon Cognito, by operation.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
package quota

import (
	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Category is a category of operations, which share a request rate.
type Category struct {
	Name    string // as the service spells it, such as "UserRead"
	Rate    int    // requests per second of all operations together, in one account and Region
	PerPool int    // requests per second of one operation for one pool; 0 means no limit of its own
}

// The categories of the operations that this module has.
var (
	UserRead               = Category{Name: "UserRead", Rate: 120}
	UserUpdate             = Category{Name: "UserUpdate", Rate: 25}
	UserCreation           = Category{Name: "UserCreation", Rate: 50}
	UserList               = Category{Name: "UserList", Rate: 30}
	UserResourceRead       = Category{Name: "UserResourceRead", Rate: 50}
	UserAuthentication     = Category{Name: "UserAuthentication", Rate: 120}
	UserAccountRecovery    = Category{Name: "UserAccountRecovery", Rate: 30}
	UserPoolRead           = Category{Name: "UserPoolRead", Rate: 15}
	UserPoolUpdate         = Category{Name: "UserPoolUpdate", Rate: 15}
	UserPoolResourceRead   = Category{Name: "UserPoolResourceRead", Rate: 20, PerPool: 5}
	UserPoolResourceUpdate = Category{Name: "UserPoolResourceUpdate", Rate: 15, PerPool: 5}
	UserPoolClientRead     = Category{Name: "UserPoolClientRead", Rate: 15, PerPool: 5}
	UserPoolClientUpdate   = Category{Name: "UserPoolClientUpdate", Rate: 15, PerPool: 5}
)

// Of returns the category of an operation. It returns false if the operation has no rate: Upload goes to Amazon S3,
// and Results to CloudWatch Logs.
func Of(op importjob.Op) (Category, bool) {
	switch op {
	case userpool.OpUser:
		return UserRead, true
	case userpool.OpUpdateUser, userpool.OpDeleteUser, userpool.OpEnableUser, userpool.OpDisableUser,
		userpool.OpAddUserToGroup, userpool.OpRemoveUserFromGroup:
		return UserUpdate, true
	case userpool.OpAddUser:
		return UserCreation, true
	case userpool.OpUsers, userpool.OpUsersInGroup:
		return UserList, true
	case userpool.OpGroupsOfUser:
		return UserResourceRead, true
	case userpool.OpVerifyPassword, userpool.OpSRPVerifier:
		return UserAuthentication, true
	case userpool.OpSetPassword, userpool.OpResetPassword, userpool.OpForgotPassword, userpool.OpConfirmForgotPassword:
		return UserAccountRecovery, true
	}
	return ofPool(op)
}

// ofPool returns the category of an operation on pools, on their jobs, groups and clients.
func ofPool(op importjob.Op) (Category, bool) {
	switch op {
	case importjob.OpPool, userpool.OpPools: // OpCountUsers and OpDescribePool are OpPool
		return UserPoolRead, true
	case userpool.OpCreatePool, userpool.OpUpdatePool, userpool.OpDeletePool:
		return UserPoolUpdate, true
	case importjob.OpCSVHeader, importjob.OpDescribe, importjob.OpList, userpool.OpGroup, userpool.OpGroups:
		return UserPoolResourceRead, true
	case importjob.OpCreate, importjob.OpStart, importjob.OpStop,
		userpool.OpCreateGroup, userpool.OpUpdateGroup, userpool.OpDeleteGroup:
		return UserPoolResourceUpdate, true
	case userpool.OpClient, userpool.OpClients:
		return UserPoolClientRead, true
	case userpool.OpCreateClient, userpool.OpUpdateClient, userpool.OpDeleteClient:
		return UserPoolClientUpdate, true
	}
	return Category{}, false
}
