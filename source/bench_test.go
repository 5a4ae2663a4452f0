package source_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

// benchmarkCSV returns an export of users with eight columns and about 98 bytes a record. One record in fifty has a quoted cell, and
// one in fifty a bad birthdate.
func benchmarkCSV(records int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString("id,email,phone,given_name,family_name,birthdate,verified,created_at\n")
	for i := range records {
		name, month := "Stone", 1+i%9
		if i%50 == 0 {
			name = `"Stone, ""Jr."""`
		}
		if i%50 == 25 {
			month = 0
		}
		fmt.Fprintf(&b, "%d,user%07d@example.com,+1555%07d,Given%03d,%s,0%d/1%d/19%02d,true,2024-05-06T07:08:09.%03dZ\n",
			100000000+i, i, random.IntN(10000000), i%1000, name, month, i%10, random.IntN(100), i%1000)
	}
	return b.Bytes()
}

const benchmarkMapping = `
format: csv
columns:
  cognito:username: id
  email: email
  email_verified: verified
  phone_number: phone
  given_name: given_name
  family_name: family_name
  birthdate: {from: birthdate, transforms: [trim, date=mm/dd/yyyy]}
ignore: created_at
`

const benchmarkRecords = 100_000

// Compare with BenchmarkEncodingCSV: the time should be at most 1.2 of it.
func BenchmarkRows(b *testing.B) {
	text := benchmarkCSV(benchmarkRecords)
	m := mustParse(b, benchmarkMapping)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		s, err := source.Open(b.Context(), []string{"-"}, emailPool(), &source.Options{Mapping: m, Format: &format.Options{Stdin: bytes.NewReader(text)}})
		require.NoError(b, err)
		w := bufio.NewWriter(io.Discard)
		good, bad := 0, 0
		for {
			row, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if len(row.Findings) > 0 {
				bad++
				continue
			}
			good++
			if _, err := w.Write(row.Text); err != nil {
				b.Fatal(err)
			}
		}
		require.NoError(b, w.Flush())
		require.NoError(b, s.Close())
		require.Equal(b, benchmarkRecords/50, bad)
		require.Equal(b, benchmarkRecords-bad, good)
	}
}

// BenchmarkEncodingCSV copies the same file, as a plain program would.
func BenchmarkEncodingCSV(b *testing.B) {
	text := benchmarkCSV(benchmarkRecords)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		r, w := csv.NewReader(bytes.NewReader(text)), csv.NewWriter(io.Discard)
		r.ReuseRecord = true
		for {
			record, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if err := w.Write(record); err != nil {
				b.Fatal(err)
			}
		}
		w.Flush()
	}
}

// A row allocates nothing of its own: 2 allocations for each window of 128 KiB of the file, and a few for each bad row.
func TestRowsDoNotAllocate(t *testing.T) {
	allocations := func(records int) float64 {
		text := strings.ReplaceAll(string(benchmarkCSV(records)), ",00/", ",01/")
		return testing.AllocsPerRun(1, func() {
			s, err := source.Open(t.Context(), []string{"-"}, emailPool(), &source.Options{Mapping: mustParse(t, benchmarkMapping), Format: &format.Options{Stdin: strings.NewReader(text)}})
			require.NoError(t, err)
			for range records {
				row, err := s.Next()
				if err != nil || len(row.Findings) > 0 {
					t.Fatal(err, row)
				}
			}
			require.NoError(t, s.Close())
		})
	}
	few, many := allocations(1000), allocations(21_000)
	require.Less(t, many-few, 2000.0, "of 20,000 rows")
}

// reportCPU reports the processor time of an operation. Call the result at the end.
func reportCPU(b *testing.B) func() {
	before := cpuTime(b)
	return func() { b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op") }
}
