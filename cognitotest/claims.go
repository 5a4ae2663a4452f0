package cognitotest

import (
	"math"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/paging"
	"github.com/cognito-import/importjob/userpool"
)

// groupClaims are what the groups of a user say in tokens.
type groupClaims struct {
	names     []string
	roles     []string
	preferred string // the role of the group with the lowest precedence, or ""
}

// groupClaims returns what the groups of a user say. If several groups have the lowest precedence and different roles,
// none is preferred.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html
func (a *attempt) groupClaims(user userpool.User) (groupClaims, error) {
	var claims groupClaims
	best, tied := math.MaxInt, false
	ref := userpool.Ref{UserPoolID: a.client.UserPoolID, Username: user.Username}
	for group, err := range paging.All(func(token string) ([]userpool.Group, string, error) {
		return a.opts.Directory.GroupsOfUser(a.ctx, ref, importjob.Page{Token: token})
	}, nil) {
		if err != nil {
			return groupClaims{}, err
		}
		claims.names = append(claims.names, group.GroupName)
		if group.RoleARN == "" {
			continue
		}
		if !slices.Contains(claims.roles, group.RoleARN) {
			claims.roles = append(claims.roles, group.RoleARN)
		}
		precedence := math.MaxInt
		if group.Precedence != nil {
			precedence = *group.Precedence
		}
		switch {
		case claims.preferred == "" || precedence < best:
			claims.preferred, best, tied = group.RoleARN, precedence, false
		case precedence == best && group.RoleARN != claims.preferred:
			tied = true
		}
	}
	if tied {
		claims.preferred = ""
	}
	return claims, nil
}

// idClaims returns the claims that only the ID token has.
func (a *attempt) idClaims(user userpool.User, groups groupClaims) jwt.MapClaims {
	claims := jwt.MapClaims{"aud": a.client.ID, "token_use": "id", "cognito:username": user.Username}
	if len(groups.names) > 0 {
		claims["cognito:groups"] = groups.names
	}
	if len(groups.roles) > 0 {
		claims["cognito:roles"] = groups.roles
	}
	if groups.preferred != "" {
		claims["cognito:preferred_role"] = groups.preferred
	}
	for name, value := range user.Attributes.All() {
		switch {
		case !isReadable(a.client, name):
		case name == "email_verified" || name == "phone_number_verified":
			claims[name] = strings.EqualFold(value, "true")
		default:
			claims[name] = value
		}
	}
	return claims
}

// isReadable reports whether a client may read an attribute. By default it may read all, except those that only
// administrators read.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func isReadable(client userpool.Client, name string) bool {
	if strings.HasPrefix(name, "dev:") {
		return false
	}
	var set struct{ ReadAttributes []string }
	if unmarshalSettings(client, &set) != nil || len(set.ReadAttributes) == 0 {
		return true
	}
	return slices.Contains(set.ReadAttributes, name)
}
