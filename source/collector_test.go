package source_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
)

func TestCollector(t *testing.T) {
	var c source.Collector
	assert.Empty(t, c.String())
	assert.Empty(t, c.Groups())
	for line := range 1204 {
		c.Add(source.Finding{Place: source.Place{Line: line + 2}, Code: "phone.no-country", Column: "mobile", Attribute: "phone_number", Text: "phone number without country code", Remedy: "--phone-region US"})
	}
	c.Add(
		source.Finding{Place: source.Place{Line: 9}, Code: "email", Column: "mail", Attribute: "email", Text: "not an address"},
		source.Finding{Place: source.Place{File: 1, Line: 3}, Code: "email", Column: "mail", Attribute: "email", Text: "not an address"},
		source.Finding{Place: source.Place{Line: 9}, Code: "email", Column: "mail2", Attribute: "email", Text: "not an address"},
		source.Finding{Place: source.Place{Line: 9}, Code: "required", Attribute: "name", Text: "a value is required"},
		source.Finding{Place: source.Place{Line: 7}, Code: "record.json", Text: "invalid JSON"},
	)
	require.Equal(t, `1,204 rows: mobile: phone number without country code; try --phone-region US (lines 2, 3, 4, 5, 6, ...)
2 rows: mail: not an address (lines 9, 3 of file 2)
1 row: mail2: not an address (line 9)
1 row: invalid JSON (line 7)
1 row: name: a value is required (line 9)
`, c.String())
	groups := c.Groups()
	require.Len(t, groups, 5)
	groups[0].First[0].Line = 99
	assert.Equal(t, 2, c.Groups()[0].First[0].Line, "a copy")
	text, err := json.Marshal(groups[1])
	require.NoError(t, err)
	assert.JSONEq(t, `{"code":"email","column":"mail","attribute":"email","text":"not an address","count":2,"first":[{"file":0,"line":9},{"file":1,"line":3}]}`, string(text))
	assert.False(t, strings.HasPrefix(groups[4].String(), "0"))
}
