package importjob

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAssumeQuotes(t *testing.T) {
	file := csvOf(emailPool().Header(), with(goodUser(), "nickname", `Jack "J"`))
	assert.Empty(t, check(t, emailPool(), file, nil))
	findings := check(t, emailPool(), file, &CheckOptions{Assumptions: Assumptions{RefuseQuotes: true}})
	assert.Equal(t, []string{"line 2, column 5: nickname: " + ErrQuote.Error()}, forms(findings))
}

func TestAssumeFieldCountFailsJob(t *testing.T) {
	header := emailPool().Header()
	_, another, _ := strings.Cut(csvOf(header, with(goodUser(), "cognito:username", "jane")), "\n")
	file := csvOf(header, goodUser()) + "short\n" + another + "again\n"
	sum := CheckSummary{}
	findings := check(t, emailPool(), file, &CheckOptions{Assumptions: Assumptions{FieldCountFailsJob: true}, Summary: &sum})
	require.Len(t, findings, 1, "nothing is judged after a fault of the whole file")
	assert.True(t, findings[0].Fatal)
	assert.Equal(t, 3, findings[0].Line)
	assert.Equal(t, StatusFailed, sum.Status)
	assert.Equal(t, [4]int64{1, 0, 0, 0}, [4]int64{sum.Rows, sum.Imported, sum.Skipped, sum.Failed})
}

func TestAssumeMaxFileBytes(t *testing.T) {
	file := csvOf(emailPool().Header(), goodUser(), with(goodUser(), "cognito:username", "jane"))
	size := int64(len(file))
	sum := CheckSummary{}
	opts := &CheckOptions{Assumptions: Assumptions{MaxFileBytes: size}, Summary: &sum}
	assert.Empty(t, check(t, emailPool(), file, opts))
	assert.Equal(t, CheckSummary{Rows: 2, Imported: 2, Bytes: size, Status: StatusSucceeded, Message: MessageSucceeded}, sum)

	opts.Assumptions.MaxFileBytes = size - 1
	findings := check(t, emailPool(), file, opts)
	assert.Equal(t, []string{"FATAL line 3: " + ErrFileTooLarge.Error()}, forms(findings))
	assert.Equal(t, StatusFailed, sum.Status)
	assert.Contains(t, sum.Message, ErrFileTooLarge.Error())
	assert.Zero(t, sum.Imported)

	opts.Assumptions.MaxFileBytes = 5
	assert.Equal(t, []string{"FATAL line 1: " + ErrFileTooLarge.Error()}, forms(check(t, emailPool(), file, opts)))
}

func TestTooManyFailed(t *testing.T) {
	for _, tt := range []struct {
		imported, skipped, failed int64
		want                      Status
	}{{0, 0, 0, StatusSucceeded}, {1, 1, 0, StatusSucceeded}, {1, 0, 1, StatusSucceeded}, {2, 1, 1, StatusSucceeded}, {1, 1, 1, StatusFailed},
		{0, 0, 1, StatusFailed}, {0, 1, 0, StatusFailed}, {0, 0, 5, StatusFailed}, {14, 0, 32, StatusFailed}, {6, 0, 0, StatusSucceeded}} {
		status, message := (&Assumptions{}).finalStatus(tt.imported, tt.skipped, tt.failed)
		assert.Equal(t, tt.want, status, tt)
		assert.Equal(t, map[Status]string{StatusSucceeded: "Import Job Completed Successfully.",
			StatusFailed: "Too many users have failed or been skipped during the import."}[status], message)
	}
	strict := Assumptions{TooManyFailed: func(_, skipped, failed int64) bool { return skipped+failed > 0 }}
	status, _ := strict.finalStatus(99, 0, 1)
	assert.Equal(t, StatusFailed, status)
	sum := CheckSummary{}
	file := csvOf(emailPool().Header(), goodUser(), with(goodUser(), "cognito:username", "x"), goodUser())
	check(t, emailPool(), file, &CheckOptions{Assumptions: strict, Summary: &sum})
	assert.Equal(t, StatusFailed, sum.Status)
}
