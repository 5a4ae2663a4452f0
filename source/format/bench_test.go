package format

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// benchmarkCSV returns an export of users with eight columns and about 98 bytes a record. One record in fifty has a quoted cell.
func benchmarkCSV(records int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString("id,email,phone,given_name,family_name,birthdate,locale,created_at\n")
	for i := range records {
		name := "Stone"
		if i%50 == 0 {
			name = `"Stone, ""Jr."""`
		}
		fmt.Fprintf(&b, "%d,user%07d@example.com,+1555%07d,Given%03d,%s,19%02d-0%d-1%d,en-US,2024-05-06T07:08:09.%03dZ\n",
			100000000+i, i, random.IntN(10000000), i%1000, name, random.IntN(100), 1+i%9, i%10, i%1000)
	}
	return b.Bytes()
}

var benchmarkPaths = []string{"email", "phone", "given_name", "family_name", "birthdate", "locale"}

// Compare with BenchmarkEncodingCSV: the processor time should be at most 0.7 of it.
func BenchmarkCSV(b *testing.B) {
	text := benchmarkCSV(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(text), "users.csv", nil)
		require.NoError(b, err)
		require.Equal(b, 100_000, readAll(b, r, benchmarkPaths...))
	}
}

func BenchmarkEncodingCSV(b *testing.B) {
	for name, reuse := range map[string]bool{"ReuseRecord": true, "new records": false} {
		b.Run(name, func(b *testing.B) { benchmarkEncodingCSV(b, reuse) })
	}
}

func benchmarkEncodingCSV(b *testing.B, reuse bool) {
	text := benchmarkCSV(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(text))
		r.ReuseRecord = reuse
		n := -1
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		require.Equal(b, 100_000, n)
	}
}

// benchmarkUser is a record of an NDJSON export, as Auth0 writes it.
type benchmarkUser struct {
	UserID        string `json:"user_id"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	GivenName     string `json:"given_name"`
	FamilyName    string `json:"family_name"`
	Locale        string `json:"locale"`
}

func benchmarkNDJSON(records int) []byte {
	var b bytes.Buffer
	for i := range records {
		fmt.Fprintf(&b, `{"user_id":"auth0|%024d","email":"user%07d@example.com","email_verified":%t,"username":"user%07d","given_name":"Given%03d",`+
			`"family_name":"Stone","nickname":"user%d","picture":"https://s.example.com/avatar/%032d?s=480","created_at":"2024-05-06T07:08:09.%03dZ",`+
			`"identities":[{"connection":"users","user_id":"%024d","provider":"auth0","isSocial":false}],"locale":"en","app_metadata":{"plan":"pro","roles":["a","b"]}}`+"\n",
			i, i, i%3 == 0, i, i%1000, i, i, i%1000, i)
	}
	return b.Bytes()
}

var benchmarkJSONPaths = []string{"user_id", "email", "email_verified", "given_name", "family_name", "locale"}

// Compare with BenchmarkJSONExperiment: the time should be at most 1.5 of it.
func BenchmarkNDJSON(b *testing.B) {
	text := benchmarkNDJSON(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(text), "users.ndjson", nil)
		require.NoError(b, err)
		require.Equal(b, 20_000, readAll(b, r, benchmarkJSONPaths...))
	}
}

// A loop over go-json-experiment/json that decodes each line into a struct.
func BenchmarkJSONExperiment(b *testing.B) {
	text := benchmarkNDJSON(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		rest, n := text, 0
		for len(rest) > 0 {
			line, after, _ := bytes.Cut(rest, []byte{'\n'})
			var u benchmarkUser
			if err := json.Unmarshal(line, &u); err != nil {
				b.Fatal(err)
			}
			rest = after
			n++
		}
		require.Equal(b, 20_000, n)
	}
}

// An array of the same records, to be compared with BenchmarkNDJSON.
func BenchmarkJSON(b *testing.B) {
	text := benchmarkNDJSON(20_000)
	text = []byte("[" + strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", ",\n") + "]")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(text), "users.json", nil)
		require.NoError(b, err)
		require.Equal(b, 20_000, readAll(b, r, benchmarkJSONPaths...))
	}
}

// readAll binds the paths and returns the number of good records.
func readAll(t testing.TB, r Reader, paths ...string) int {
	t.Helper()
	bound := make([]Path, len(paths))
	for i, p := range paths {
		bound[i] = MustPath(p)
	}
	require.NoError(t, r.Bind(bound, nil))
	for n := 0; ; n++ {
		_, err := r.Next()
		if err == io.EOF {
			require.NoError(t, r.Close())
			return n
		}
		if err != nil { // require.NoError takes longer than Next
			require.NoError(t, err)
		}
	}
}

// reportCPU adds the processor time of each iteration to the results.
func reportCPU(b *testing.B) func() {
	before := cpuTime(b)
	return func() { b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op") }
}
