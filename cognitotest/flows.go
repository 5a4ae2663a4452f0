package cognitotest

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob/userpool"
)

// flow is a way to sign in.
type flow struct {
	run     func(*attempt) ([]byte, error)
	allowed []string // the values of ExplicitAuthFlows that allow it
	refusal string   // the text of InitiateAuth if the client does not allow it
	user    bool     // whether InitiateAuth has it
	admin   bool     // whether AdminInitiateAuth has it
}

const allowPrefix = "ALLOW_"

// explicitAuthFlows are the values of ExplicitAuthFlows.
var explicitAuthFlows = []string{"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
	"ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"}

// flowNames are the names of the flows, in the order of the service's model.
var flowNames = []string{"USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH",
	"USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH"}

// flowNotEnabled is the text of AdminInitiateAuth for a flow that the client does not allow, as programs quote it.
// InitiateAuth has it, too, for flows whose text is not public. (A77)
const flowNotEnabled = "Auth flow not enabled for this client"

// flowOf returns a flow by its name.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
func flowOf(name string) flow {
	switch name {
	case "USER_PASSWORD_AUTH":
		return flow{run: signInWithPassword, allowed: []string{"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"},
			refusal: "USER_PASSWORD_AUTH flow not enabled for this client", user: true}
	case "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH":
		return flow{run: signInWithPassword, allowed: []string{"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}, admin: true}
	case "USER_SRP_AUTH":
		return flow{run: beginSRP, allowed: []string{"ALLOW_USER_SRP_AUTH"},
			refusal: "USER_SRP_AUTH is not enabled for the client.", user: true, admin: true}
	case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
		return flow{run: refresh, allowed: []string{"ALLOW_REFRESH_TOKEN_AUTH"}, refusal: flowNotEnabled, user: true, admin: true}
	case "CUSTOM_AUTH":
		return flow{run: notSimulated("The flow CUSTOM_AUTH is not simulated, because it needs Lambda triggers."),
			allowed: []string{"ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"}, refusal: flowNotEnabled, user: true, admin: true}
	}
	return flow{run: notSimulated("The flow USER_AUTH is not simulated: use USER_PASSWORD_AUTH or USER_SRP_AUTH."),
		allowed: []string{"ALLOW_USER_AUTH"}, refusal: flowNotEnabled, user: true, admin: true}
}

// allows reports whether a client allows a flow. A client with names of before 2019 allows SRP unless it allows custom
// flows only, and it can always refresh.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
func allows(client userpool.Client, f flow) bool {
	explicit := client.ExplicitAuthFlows
	if len(explicit) == 0 {
		explicit = []string{"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"}
	} else if !strings.HasPrefix(explicit[0], allowPrefix) {
		explicit = append(slices.Clone(explicit), "ALLOW_REFRESH_TOKEN_AUTH")
		if !slices.Contains(explicit, "CUSTOM_AUTH_FLOW_ONLY") {
			explicit = append(explicit, "ALLOW_USER_SRP_AUTH")
		}
	}
	return slices.ContainsFunc(f.allowed, func(name string) bool { return slices.Contains(explicit, name) })
}
