package cognitotest

import (
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
	"github.com/cognito-import/importjob/userpool"
)

// setting is a member of a request that describes a setting of an app client.
type setting struct {
	name string
	read func(in *input, name string) any
}

// clientSettings are the settings of an app client, which the handler stores and returns.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
var clientSettings = []setting{
	{name: "RefreshTokenValidity", read: numberSetting(0, 315_360_000)},
	{name: "AccessTokenValidity", read: numberSetting(1, 86_400)},
	{name: "IdTokenValidity", read: numberSetting(1, 86_400)},
	{name: "TokenValidityUnits", read: objectSetting(
		setting{name: "AccessToken", read: textSetting("seconds", "minutes", "hours", "days")},
		setting{name: "IdToken", read: textSetting("seconds", "minutes", "hours", "days")},
		setting{name: "RefreshToken", read: textSetting("seconds", "minutes", "hours", "days")})},
	{name: "ReadAttributes", read: listSetting()},
	{name: "WriteAttributes", read: listSetting()},
	{name: "ExplicitAuthFlows", read: listSetting(explicitAuthFlows...)},
	{name: "SupportedIdentityProviders", read: listSetting()},
	{name: "CallbackURLs", read: listSetting()},
	{name: "LogoutURLs", read: listSetting()},
	{name: "DefaultRedirectURI", read: textSetting()},
	{name: "AllowedOAuthFlows", read: listSetting("code", "implicit", "client_credentials")},
	{name: "AllowedOAuthScopes", read: listSetting()},
	{name: "AllowedOAuthFlowsUserPoolClient", read: booleanSetting},
	{name: "AnalyticsConfiguration", read: objectSetting(
		setting{name: "ApplicationId", read: textSetting()},
		setting{name: "ApplicationArn", read: textSetting()},
		setting{name: "RoleArn", read: textSetting()},
		setting{name: "ExternalId", read: textSetting()},
		setting{name: "UserDataShared", read: booleanSetting})},
	{name: "PreventUserExistenceErrors", read: textSetting("LEGACY", "ENABLED")},
	{name: "EnableTokenRevocation", read: booleanSetting},
	{name: "EnablePropagateAdditionalUserContextData", read: booleanSetting},
	{name: "AuthSessionValidity", read: numberSetting(3, 15)},
	{name: "RefreshTokenRotation", read: objectSetting(
		setting{name: "Feature", read: textSetting("ENABLED", "DISABLED")},
		setting{name: "RetryGracePeriodSeconds", read: numberSetting(0, 60)})},
}

func numberSetting(least, most int64) func(*input, string) any {
	return func(in *input, name string) any { return in.number(name, least, most) }
}

func textSetting(values ...string) func(*input, string) any {
	return func(in *input, name string) any {
		if values == nil {
			return in.text(name)
		}
		return in.choice(name, values...)
	}
}

func booleanSetting(in *input, name string) any { return in.boolean(name, false) }

func listSetting(values ...string) func(*input, string) any {
	return func(in *input, name string) any {
		list := in.texts(name)
		for _, v := range list {
			if values != nil {
				in.refuse(model.CheckEnum(modelMember(name), v, values)...)
			}
		}
		return list
	}
}

func objectSetting(members ...setting) func(*input, string) any {
	return func(in *input, name string) any {
		o := in.object(name)
		set := o.settings(members)
		in.note(o)
		return set
	}
}

// settings returns the settings that a request has.
func (in *input) settings(list []setting) map[string]any {
	set := map[string]any{}
	for _, s := range list {
		if in.raw(s.name) != nil {
			set[s.name] = s.read(in, s.name)
		}
	}
	return set
}

// setClientDefaults adds the settings that the service returns although the request does not have them.
//
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cognitoidp/user_pool_client_test.go
func setClientDefaults(set map[string]any) {
	for name, value := range map[string]any{
		"AuthSessionValidity": int64(3), "AllowedOAuthFlowsUserPoolClient": false, "EnableTokenRevocation": true,
		"EnablePropagateAdditionalUserContextData": false,
	} {
		if _, ok := set[name]; !ok {
			set[name] = value
		}
	}
	units, ok := set["TokenValidityUnits"].(map[string]any)
	for token, unit := range map[string]string{"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"} {
		if _, has := units[token]; ok && !has {
			units[token] = unit
		}
	}
	if n, _ := set["RefreshTokenValidity"].(int64); n == 0 {
		set["RefreshTokenValidity"] = int64(defaultRefreshValidity / unitOf(units, "RefreshToken", 24*time.Hour))
	}
}

// The lifetimes of tokens and of sessions that a client does not set.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
const (
	defaultTokenValidity   = time.Hour
	defaultRefreshValidity = 30 * 24 * time.Hour
	defaultSessionValidity = 3 * time.Minute
)

// unitOf returns the unit in which a client counts the lifetime of a token.
func unitOf(units map[string]any, token string, absent time.Duration) time.Duration {
	switch units[token] {
	case "seconds":
		return time.Second
	case "minutes":
		return time.Minute
	case "hours":
		return time.Hour
	case "days":
		return 24 * time.Hour
	}
	return absent
}

// applySettings sets the fields of a client that have an effect.
func applySettings(client *userpool.Client, set map[string]any) error {
	flows, _ := set["ExplicitAuthFlows"].([]string)
	if err := checkFlows(flows); err != nil {
		return err
	}
	client.ExplicitAuthFlows = flows
	client.HideUserExistence = set["PreventUserExistenceErrors"] == "ENABLED"
	minutes, _ := set["AuthSessionValidity"].(int64)
	client.AuthSessionValidity = time.Duration(minutes) * time.Minute
	const day = 24 * time.Hour
	for _, token := range []struct {
		field             *time.Duration
		name              string
		unit, least, most time.Duration
	}{
		{&client.AccessTokenValidity, "AccessToken", time.Hour, 5 * time.Minute, day},
		{&client.IDTokenValidity, "IdToken", time.Hour, 5 * time.Minute, day},
		{&client.RefreshTokenValidity, "RefreshToken", day, time.Hour, 3650 * day},
	} {
		n, _ := set[token.name+"Validity"].(int64)
		units, _ := set["TokenValidityUnits"].(map[string]any)
		unit := unitOf(units, token.name, token.unit)
		if n > int64(token.most/unit) || n != 0 && time.Duration(n)*unit < token.least { // our words
			return refusef(importjob.ErrInvalidParameter, "Invalid range for token validity: %s must be valid for %s to %s.",
				token.name, token.least, token.most)
		}
		*token.field = time.Duration(n) * unit
	}
	return nil
}

// checkFlows refuses a list that mixes the names of flows of before and after 2019.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
func checkFlows(flows []string) error {
	allow := 0
	for _, f := range flows {
		if strings.HasPrefix(f, allowPrefix) {
			allow++
		}
	}
	if allow > 0 && allow < len(flows) { // our words
		return refusef(importjob.ErrInvalidParameter, "ExplicitAuthFlows can not have values with the prefix ALLOW_ beside values without it.")
	}
	return nil
}
