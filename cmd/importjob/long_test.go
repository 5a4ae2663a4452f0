package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// bigFile writes a file at the service's limits: 500,000 users in nearly 100 MB. Half of the names are not
// ASCII, a third of the rows have an escaped comma.
func bigFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "big.csv")
	file, err := os.Create(name)
	require.NoError(t, err)
	defer file.Close()
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, classic+ends)
	names := []string{"Emma,Emma,Miller", "Ελένη Γεωργίου,Ελένη,Γεωργίου", "George,George,Taylor", "高橋 さくら,さくら,高橋"}
	streets := []string{`1234 Pine Street\, Apartment 56`, "PO Box 123456789012345678901234", "Great North Road 1234 and a half"}
	for i := range importjob.MaxRows {
		fmt.Fprintf(w, "%s,,user%06d,,,,,user%06d@example.com,TRUE,female,02/01/1985,Europe/London,en_GB,+442079460%03d,FALSE,%s,1471453471,FALSE,user%06d\n",
			names[i%len(names)], i, i, i%1000, streets[i%len(streets)], i)
	}
	require.NoError(t, w.Flush())
	info, err := file.Stat()
	require.NoError(t, err)
	require.InDelta(t, 98_000_000, info.Size(), 2_000_000)
	return name
}

func TestLargestFile(t *testing.T) {
	if os.Getenv("IMPORTJOB_LONG") == "" {
		t.Skip("set IMPORTJOB_LONG=1: writes 100 MB and reads them four times")
	}
	file := bigFile(t)
	for _, args := range [][]string{{"check", file}, {"run", file}} {
		began := time.Now()
		got := command(t, args...)
		t.Logf("importjob %s: %v", args[0], time.Since(began).Round(time.Millisecond))
		assert.Equal(t, 0, got.status, got.err)
		assert.Contains(t, got.out+got.err, "500000")
	}
}
