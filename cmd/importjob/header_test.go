package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	classic = "name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at,"
	ends    = "cognito:mfa_enabled,cognito:username"
)

func TestHeader(t *testing.T) {
	for _, c := range []struct {
		flags string
		want  string
	}{
		{"", classic + ends},
		{"--schema=classic", classic + ends},
		{"--custom role", classic + "custom:role," + ends},
		{"--custom role --custom=level:Number", classic + "custom:role,custom:level," + ends},
		{"--custom role,level:number", classic + "custom:role,custom:level," + ends},
		{"--custom custom:role:String --custom dev:custom:cost", classic + "custom:role,dev:custom:cost," + ends},
		{"--password-hashing-algorithm SCRYPT", classic + ends + ",password_hash"},
		{"--schema newer --custom role", "profile,address,birthdate,gender,preferred_username,updated_at,website,picture,phone_number,phone_number_verified,zoneinfo,custom:role,locale,email,email_verified,given_name,family_name,middle_name,name,nickname," + ends},
	} {
		t.Run(c.flags, func(t *testing.T) {
			args := append([]string{"header"}, strings.Fields(c.flags)...)
			assert.Equal(t, result{0, c.want + "\n", ""}, command(t, args...))

			got := command(t, append(args, "--json")...)
			names := []string{}
			require.NoError(t, json.Unmarshal([]byte(got.out), &names))
			assert.Equal(t, strings.Split(c.want, ","), names)
		})
	}
}
