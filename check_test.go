package importjob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckRows(t *testing.T) {
	header := []string{"cognito:username", "email", "email_verified"}
	opts := &CheckOptions{Assumptions: Assumptions{AllowMissingColumns: true}, Summary: &CheckSummary{}}
	file := strings.Join(header, ",") + `
john,john@example.com,true

jane,jane@example.com
JOHN,j2@example.com,true
jack,no,true
jack, jack@example.com ,true
,x@example.com,true
jim\,,jim@example.com,TRUE
jo,jo@example.com,true,extra
` + strings.Repeat("x", 16001) + `
Jack,jack@example.com,true
	jack	,jack@example.com,true
last,last@example.com,true`
	findings := check(t, emailPool(), file, opts)
	assert.Equal(t, []Finding{
		{Line: 4, Column: 22, Attribute: "email_verified", Status: RowFailed, Reason: ErrFieldCount.Error(), Code: "field-count", Err: ErrFieldCount},
		{Line: 5, Column: 1, Username: "JOHN", Attribute: "cognito:username", Status: RowSkipped, Reason: ReasonExists, Code: "duplicate-username", Err: faultDuplicate, FirstLine: 2},
		{Line: 6, Column: 6, Username: "jack", Attribute: "email", Status: RowFailed, Reason: faultEmail.text, Code: "email", Err: faultEmail},
		{Line: 8, Column: 1, Attribute: "cognito:username", Status: RowFailed, Reason: faultRequired.text, Code: "required", Err: faultRequired},
		{Line: 10, Column: 24, Status: RowFailed, Reason: ErrFieldCount.Error(), Code: "field-count", Err: ErrFieldCount},
		{Line: 11, Status: RowFailed, Reason: ErrRowTooLong.Error(), Code: "row-too-long", Err: ErrRowTooLong},
		{Line: 12, Column: 1, Username: "Jack", Attribute: "cognito:username", Status: RowSkipped, Reason: ReasonExists, Code: "duplicate-username", Err: faultDuplicate, FirstLine: 7},
		{Line: 13, Column: 1, Username: "jack", Attribute: "cognito:username", Status: RowSkipped, Reason: ReasonExists, Code: "duplicate-username", Err: faultDuplicate, FirstLine: 7},
	}, findings)
	assert.Equal(t, CheckSummary{Rows: 12, Imported: 4, Skipped: 3, Failed: 5, Bytes: int64(len(file)), Status: StatusFailed, Message: MessageTooManyFailed}, *opts.Summary)

	pool := emailPool()
	pool.CaseInsensitive = false
	assert.Len(t, check(t, pool, file, opts), 6, "JOHN and Jack are others than john and jack")
}

func TestRequiredAttributeWithoutColumn(t *testing.T) {
	pool := emailPool()
	pool.Schema = ClassicSchema().Require("family_name")
	findings := check(t, pool, "cognito:username,email,email_verified\njohn,john@example.com,true\n",
		&CheckOptions{Assumptions: Assumptions{AllowMissingColumns: true}})
	assert.Equal(t, []Finding{{Line: 2, Username: "john", Status: RowFailed, Reason: faultRequired.text, Code: "required", Err: faultRequired}}, findings)
}

func TestVerifiedColumnMissing(t *testing.T) {
	findings := check(t, emailPool(), "cognito:username,email\njohn,john@example.com\n",
		&CheckOptions{Assumptions: Assumptions{AllowMissingColumns: true}})
	assert.Equal(t, []Finding{{Line: 2, Username: "john", Status: RowFailed, Reason: ReasonNotVerified, Code: "not-verified", Err: faultNotVerified}}, findings)
}

func TestCaseFoldingBeyondASCII(t *testing.T) {
	file := csvOf(emailPool().Header(), with(goodUser(), "cognito:username", "ÅSA例"), with(goodUser(), "cognito:username", "åsa例"))
	findings := check(t, emailPool(), file, nil)
	require.Len(t, findings, 1)
	assert.Equal(t, 2, findings[0].FirstLine)
	sensitive := emailPool()
	sensitive.CaseInsensitive = false
	assert.Empty(t, check(t, sensitive, file, nil))
}

func TestTooManyRowsIsFatal(t *testing.T) {
	header := "cognito:username,email,email_verified\n"
	rows := strings.Repeat("j\n", MaxRows+2) // too short, but rows
	sum, seen, last := CheckSummary{}, 0, Finding{}
	for f := range Check(t.Context(), emailPool(), strings.NewReader(header+rows), &CheckOptions{
		Assumptions: Assumptions{AllowMissingColumns: true}, Summary: &sum,
		OnRows: func(rows *CheckedRows) { seen += rows.Len() },
	}) {
		last = f
	}
	assert.Equal(t, MaxRows, seen)
	assert.Equal(t, []string{"FATAL line 500002: " + ErrTooManyRows.Error()}, forms([]Finding{last}))
	assert.Equal(t, StatusFailed, sum.Status)
}

func TestHeaderOnly(t *testing.T) {
	sum := CheckSummary{}
	assert.Empty(t, check(t, emailPool(), csvOf(emailPool().Header()), &CheckOptions{Summary: &sum}))
	assert.Equal(t, StatusSucceeded, sum.Status)
	assert.Zero(t, sum.Rows)
}

func TestCheckStopsOnBreak(t *testing.T) {
	file := csvOf(emailPool().Header(), with(goodUser(), "email", "x"), with(goodUser(), "email", "y"), goodUser())
	sum := CheckSummary{}
	for range Check(t.Context(), emailPool(), strings.NewReader(file), &CheckOptions{Summary: &sum}) {
		break
	}
	assert.Equal(t, [3]int64{1, 0, 1}, [3]int64{sum.Rows, sum.Imported, sum.Failed}, "the summary counts what was read")

	for range Check(t.Context(), emailPool(), strings.NewReader("x,y,z"), &CheckOptions{Summary: &sum}) {
		break // a fault of the header
	}
	assert.Equal(t, StatusFailed, sum.Status)
}

func TestCheckEndsWithContext(t *testing.T) {
	cause := errors.New("shutting down")
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	src := io.MultiReader(strings.NewReader(csvOf(emailPool().Header())), endless("a,b\n"))
	findings := 0
	var err error
	for _, e := range Check(ctx, emailPool(), src, nil) {
		require.NoError(t, err, "an error comes last")
		if findings++; findings == 10 {
			cancel(cause)
		}
		err = e
	}
	assert.Equal(t, cause, err)
	assert.Less(t, findings, 3000)

	var all []error
	for _, e := range Check(ctx, emailPool(), strings.NewReader(csvOf(emailPool().Header(), goodUser())), nil) {
		all = append(all, e)
	}
	assert.Equal(t, []error{cause}, all)
}

// endless gives out a text again and again.
type endless string

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for len(p)-n >= len(e) {
		n += copy(p[n:], e)
	}
	return n, nil
}

func TestCheckPassesOnErrorsOfTheReader(t *testing.T) {
	broken := errors.New("broken pipe")
	file := csvOf(emailPool().Header(), goodUser(), with(goodUser(), "email", "x"))
	for cut, want := range map[int][]string{
		0:             nil,
		10:            nil,
		len(file) - 1: nil,
		len(file):     {"line 3, column 10: email: " + faultEmail.text},
	} {
		sum := CheckSummary{}
		var findings []Finding
		var err error
		for f, e := range Check(t.Context(), emailPool(), io.MultiReader(strings.NewReader(file[:cut]), iotest.ErrReader(broken)), &CheckOptions{Summary: &sum}) {
			if err = e; e == nil {
				findings = append(findings, f)
			}
		}
		assert.Equal(t, broken, err, cut)
		assert.Equal(t, want, forms(findings), cut)
	}
}

func TestOnRows(t *testing.T) {
	pool := emailPool()
	file := csvOf(pool.Header(), goodUser(), with(goodUser(), "email", "x"), goodUser()) + "\r\n1,2\r\n"
	lines := strings.SplitAfter(file, "\n")
	var calls, told int
	opts := &CheckOptions{OnRows: func(rows *CheckedRows) {
		calls++
		assert.Zero(t, told, "before the findings")
		require.Equal(t, 4, rows.Len())
		assert.Equal(t, emailPool().Header(), rows.Columns)
		assert.Equal(t, []RowStatus{RowFailed, RowSkipped, RowFailed},
			[]RowStatus{rows.Findings[0].Status, rows.Findings[1].Status, rows.Findings[2].Status}, "Check has a copy of the pool")
		assert.Equal(t, CheckSummary{Rows: 4, Imported: 1, Skipped: 1, Failed: 2, Bytes: int64(len(file)),
			Status: StatusFailed, Message: MessageTooManyFailed}, rows.Summary)
		for i, bad := range []bool{false, true, true, true} {
			row := rows.Row(i)
			assert.Equal(t, bad, row.Bad)
			line := lines[row.Line-1]
			assert.Equal(t, strings.TrimSuffix(line, "\n"), file[row.Offset:row.Offset+int64(row.Size)])
		}
		assert.Equal(t, 6, rows.Row(3).Line)
		assert.Equal(t, emailPool().UsernameHash(strings.ToUpper(goodUser()["cognito:username"])), rows.Row(0).UsernameHash)
	}}
	findings := Check(t.Context(), pool, strings.NewReader(file), opts)
	for range findings {
		pool.AutoVerifiedAttributes[0] = "phone_number"
		told++
	}
	assert.Equal(t, []int{1, 3}, []int{calls, told})

	calls = 0
	for f := range Check(t.Context(), pool, strings.NewReader("x\n1\n"), opts) {
		assert.True(t, f.Fatal)
	}
	assert.Zero(t, calls, "no rows under a header with faults")
}

// The documentation of Finding.Code lists the code of each kind of finding, and no two kinds have the same code.
func TestFindingCodes(t *testing.T) {
	source, err := os.ReadFile("check_finding.go")
	require.NoError(t, err)
	doc, _, _ := strings.Cut(string(source), "	Code string")
	documented := map[string]bool{}
	for _, code := range regexp.MustCompile(`[a-z0-9]+(-[a-z0-9]+)*[,.( ]`).FindAllString(doc[strings.Index(doc, "About a file"):], -1) {
		documented[strings.TrimRight(code, ",.( ")] = true
	}
	for _, f := range []error{ErrEmptyFile, ErrBOM, faultCRLF, ErrDuplicateColumn, ErrUnknownColumn, ErrMissingColumn, ErrTooManyRows, ErrFileTooLarge,
		ErrFieldCount, ErrRowTooLong, faultDuplicate, faultNotVerified, faultRequired, ErrInvalidUTF8, ErrQuote, faultOver2048,
		faultTooShort, faultTooLong, faultTooSmall, faultTooLarge, faultEmail, faultPhone, faultBirthdate, faultBoolean, faultNumber,
		faultMFAOff, faultMFAOn, faultNeedsEmail, faultNeedsPhone, faultHash,
		faultUsername, faultUsernameAlias, faultUsernameEmail, faultUsernamePhone, faultUsernameBoth} {
		code := f.(*fault).code
		assert.True(t, documented[code], code)
		documented[code] = false
	}
}

// Planted faults, far apart, are found on their lines, and nothing else is.
func TestCheckFindsWhatIsPlanted(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	header := emailPool().Header()
	var file bytes.Buffer
	w := NewWriter(&file)
	require.NoError(t, w.Write(header))
	planted := map[int]string{} // reasons by line
	for line := 2; line <= 20_001; line++ {
		u := Record{"cognito:username": fmt.Sprint("User", line), "email": fmt.Sprintf("u%d@example.com", line), "email_verified": "true", "address": "1 High Street, Leeds"}
		switch k := rng.IntN(50); {
		case k == 0 && line > 10_000 && planted[line-9_999] == "":
			u["cognito:username"], planted[line] = fmt.Sprint("uSER", line-9_999), ReasonExists
		case k == 1:
			u["email_verified"], planted[line] = "", ReasonNotVerified
		case k == 2:
			u["phone_number"], planted[line] = "0123", faultPhone.text
		case k == 3:
			u["birthdate"], planted[line] = "1999-01-01", faultBirthdate.text
		}
		require.NoError(t, w.WriteRecord(u))
	}
	require.NoError(t, w.Flush())
	require.Greater(t, len(planted), 500)
	found := map[int]string{}
	for _, f := range check(t, emailPool(), file.String(), nil) {
		found[f.Line] = f.Reason
		if f.FirstLine != 0 {
			assert.Equal(t, f.Line-9_999, f.FirstLine)
		}
	}
	assert.Equal(t, planted, found)
}
