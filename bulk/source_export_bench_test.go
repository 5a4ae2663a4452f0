package bulk_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/source"
)

// BenchmarkPlanExport plans an ordinary CSV file. Module bench compares the command with a program that copies it.
func BenchmarkPlanExport(b *testing.B) {
	const rows = 200_000
	file := filepath.Join(b.TempDir(), "shop.csv")
	f, err := os.Create(file)
	require.NoError(b, err)
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,email,phone,given_name,family_name,birthdate,verified,created_at")
	for i := range rows {
		at := "@"
		if i%50 == 25 {
			at = "."
		}
		fmt.Fprintf(w, "%d,user%07d%sexample.com,+1206555%04d,Given%03d,Stone,0%d/1%d/19%02d,true,2024-05-06T07:08:09.%03dZ\n",
			100000000+i, i, at, i%10000, i%1000, 1+i%9, i%10, i%100, i%1000)
	}
	require.NoError(b, w.Flush())
	require.NoError(b, f.Close())
	m, err := source.Parse([]byte("columns:\n  cognito:username: id\n  email: email\n  email_verified: verified\n  phone_number: phone\n" +
		"  given_name: given_name\n  family_name: family_name\nignore: [birthdate, created_at]\n"))
	require.NoError(b, err)
	cognito := exportCognito(b)
	b.ReportAllocs()
	for b.Loop() {
		planned, err := bulk.Plan(b.Context(), cognito, input(), bulk.Export([]string{file}, &bulk.ExportOptions{Source: source.Options{Mapping: m}}), filepath.Join(b.TempDir(), "plan"), nil)
		require.NoError(b, err)
		require.EqualValues(b, rows/50, planned.Rejected)
		require.NoError(b, os.RemoveAll(filepath.Join(b.TempDir(), "plan")))
	}
}
