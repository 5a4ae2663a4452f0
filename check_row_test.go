package importjob

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The fast path lets no bad row pass, and most good rows take it.
func TestFastPathTakesGoodRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	good := map[string][]string{
		"email": {"a@b.c", "John.Doe@example.co.uk", ""}, "email_verified": {"true", "TRUE", "false", ""}, "phone_number": {"+12345550100", ""},
		"phone_number_verified": {"true", "false", ""}, "birthdate": {"01/02/2003", ""}, "updated_at": {"1471453471", ""}, "custom:n": {"8", "-1.5", ""},
		"cognito:mfa_enabled": {"false", ""}, "name": {"Jos\u00e9", "x", strings.Repeat("x", 700)}, "cognito:username": {"john", "\u4f8b", "JOHN"},
	}
	any := []string{"", " ", "x", "true", " true", "12", "a@b.c", "a@b.c ", "+123", "\xff", "\u4f8b", `"`, "01/02/2003", `a\,b`, strings.Repeat("x", 2048), strings.Repeat("x", 2049), "8"}
	for _, verified := range [][]string{{"email"}, {"phone_number", "email"}, nil} {
		pool := emailPool()
		pool.AutoVerifiedAttributes = verified
		pool.Schema = ClassicSchema().Require("name").With(SchemaAttribute{Name: "custom:n", Type: TypeNumber, MaxValue: "9"})
		names := pool.Header()
		rules := compileRules(pool, names, CheckOptions{})
		fast, imported := 0, 0
		for range 20_000 {
			fields := make([]string, len(names))
			for i, name := range names {
				values := append(good[name], "")
				if rng.IntN(200) == 0 {
					values = any
				}
				fields[i] = values[rng.IntN(max(1, len(values)-1))]
			}
			row := ParseRow(strings.Join(fields, ","))
			row.row.Locate()
			_, fault := rules.firstFault(&row.row)
			if fault == nil {
				imported++
			}
			if rules.hasFastPath && rules.fastValid(&row.row) {
				require.Nil(t, fault, "%q", fields)
				fast++
			}
		}
		require.Equal(t, verified != nil, imported > 1_000)
		require.GreaterOrEqual(t, fast*10, imported*9)
	}
}

// What says that an attribute is verified may be required, or no Boolean at all: then a glance cannot
// tell that the attribute has a value.
func TestVerifiedColumnsOfOtherSchemas(t *testing.T) {
	verified := []string{"email", "phone_number"}
	row := Record{"cognito:username": "john", "email": "john@example.com", "email_verified": "true",
		"phone_number": "+12345550100", "phone_number_verified": "true"}
	for i, attribute := range verified {
		reason := []string{faultNeedsEmail.text, faultNeedsPhone.text}[i]
		flag := SchemaAttribute{Name: attribute + "_verified", Type: TypeString, MaxLength: "5"}
		for _, schema := range []Schema{ClassicSchema().Require(flag.Name), ClassicSchema().With(flag)} {
			pool := Pool{ID: "a_b", Schema: schema, AutoVerifiedAttributes: []string{verified[1-i]}}
			_, got := verdict(t, pool, row, nil)
			assert.Empty(t, got, flag.Name)
			column, got := verdict(t, pool, with(row, attribute, ""), nil)
			assert.Equal(t, [2]string{attribute, reason}, [2]string{column, got})
		}
	}
}
