package importjob

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// valuesOfRecord returns the values of a record in the order of the columns.
func valuesOfRecord(columns []string, record Record) []string {
	values := make([]string, len(columns))
	for i, name := range columns {
		values[i] = record[name]
	}
	return values
}

func TestCheckValuesTellsAllFaults(t *testing.T) {
	pool := emailPool()
	checker, err := NewRowChecker(pool, pool.Header(), nil)
	require.NoError(t, err)
	for _, tt := range []struct {
		change []string
		want   []string // code and attribute
	}{
		{nil, nil},
		{[]string{"name", "Doe, John"}, nil},
		{[]string{"name", `"J"`}, nil},
		{[]string{"name", "a\nb", "email", "x"}, []string{"newline name", "email email"}},
		{[]string{"name", " x", "birthdate", "1985-02-01", "cognito:username", "a b"}, []string{"surrounding-space name", "birthdate birthdate", "username cognito:username"}},
		{[]string{"name", `x\`, "email", ""}, []string{"trailing-backslash name", "email-missing email"}},
		{[]string{"email_verified", "false", "email", "x"}, []string{"email email", "not-verified email_verified"}},
		{[]string{"email_verified", "maybe", "cognito:username", ""}, []string{"boolean email_verified", "required cognito:username"}},
		{[]string{"phone_number_verified", "true", "email", ""}, []string{"email-missing email", "phone-missing phone_number"}},
		{[]string{"name", strings.Repeat("x", 2049), "nickname", "a\xff"}, []string{"value-too-long name", "invalid-utf8 nickname"}},
	} {
		record := with(goodUser(), tt.change...)
		var got []string
		for _, f := range checker.CheckValues(valuesOfRecord(pool.Header(), record), nil) {
			got = append(got, f.Code+" "+f.Attribute)
			assert.Equal(t, record[ColumnUsername], f.Username)
			assert.Equal(t, RowFailed, f.Status)
		}
		assert.Equal(t, tt.want, got, tt.change)
	}
	got := checker.CheckValues([]string{"a"}, make([]Finding, 1))
	require.Len(t, got, 2, "it appends")
	assert.ErrorIs(t, got[1].Err, ErrFieldCount)
}

func TestCheckValuesOfALongRow(t *testing.T) {
	pool := emailPool()
	columns := pool.Header()
	checker, err := NewRowChecker(pool, columns, nil)
	require.NoError(t, err)
	values := valuesOfRecord(columns, goodUser())
	long := 0
	for i, name := range columns {
		if a := pool.schema().index(name); a >= 0 && pool.schema()[a].MaxLength == "2048" && values[i] == "" && name != "birthdate" {
			values[i] = strings.Repeat("ü,", 1000)
			long++
		}
	}
	require.Greater(t, long, 5)
	findings := checker.CheckValues(values, nil)
	require.Equal(t, "row-too-long", findings[len(findings)-1].Code)
	row, ok := checker.AppendRow(nil, values)
	require.False(t, ok)
	require.Empty(t, row)
	_, ok = checker.AppendRow(nil, values[1:])
	require.False(t, ok)
}

// TestCheckValuesAgreesWithCheckRecord checks random users. The first finding is that of CheckRecord.
func TestCheckValuesAgreesWithCheckRecord(t *testing.T) {
	pool := emailPool()
	pool.AutoVerifiedAttributes = append(pool.AutoVerifiedAttributes, AttributePhoneNumber)
	columns := pool.Header()
	checker, err := NewRowChecker(pool, columns, nil)
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "", "", "x", "a,b", " a", "b\\", "a\nb", "true", "TRUE", "false", "a@example.com", "+12345550100", "02/03/1985", "ü", "\xff", `"q"`, "a b", strings.Repeat("é", 1025)}
	good, bad := 0, 0
	for range 20_000 {
		record := goodUser()
		for range random.IntN(4) {
			record[columns[random.IntN(len(columns))]] = texts[random.IntN(len(texts))]
		}
		want, isBad := checker.CheckRecord(record)
		got := checker.CheckValues(valuesOfRecord(columns, record), nil)
		require.Equal(t, isBad, len(got) > 0, "%q", record)
		row, ok := checker.AppendRow([]byte("x\n"), valuesOfRecord(columns, record))
		require.Equal(t, !isBad, ok)
		if !isBad {
			good++
			var want bytes.Buffer
			w := NewWriter(&want)
			w.AllowQuotes = true
			require.NoError(t, w.Write(columns))
			require.NoError(t, w.WriteRecord(record))
			require.NoError(t, w.Flush())
			_, line, _ := strings.Cut(want.String(), "\n")
			require.Equal(t, "x\n"+line, string(row))
			continue
		}
		require.Equal(t, "x\n", string(row))
		bad++
		// CheckRecord refuses what a file cannot represent before it looks at the rules of any column.
		var same bool
		for _, f := range got {
			same = same || f == want
		}
		require.True(t, same, "%v is not in %v", want, got)
	}
	require.Greater(t, good, 1000)
	require.Greater(t, bad, 1000)
}

func BenchmarkAppendRow(b *testing.B) {
	pool := emailPool()
	checker, err := NewRowChecker(pool, pool.Header(), nil)
	require.NoError(b, err)
	values := valuesOfRecord(pool.Header(), with(goodUser(), "given_name", "John", "family_name", "Doe", "birthdate", "02/03/1985", "phone_number", "+12345550100"))
	b.ReportAllocs()
	var row []byte
	for b.Loop() {
		ok := false
		if row, ok = checker.AppendRow(row[:0], values); !ok {
			b.Fatal(checker.CheckValues(values, nil))
		}
	}
}
