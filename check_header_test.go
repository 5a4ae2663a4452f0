package importjob

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func forms(findings []Finding) (all []string) {
	for _, f := range findings {
		form := f.String()
		if f.Fatal {
			form = "FATAL " + form
		}
		all = append(all, form)
	}
	return all
}

func TestHeaderFaults(t *testing.T) {
	header := emailPool().Header()
	plain := strings.Join(header, ",")
	end := fmt.Sprint(len(plain) + 2) // where one more column begins
	without := func(name string) string {
		return strings.TrimPrefix(strings.ReplaceAll(","+plain, ","+name, ""), ",")
	}
	crlf := csvOf(header, goodUser())
	crlf = strings.ReplaceAll(crlf, "\n", "\r\n")
	for name, tt := range map[string]struct {
		file   string
		assume Assumptions
		want   []string
	}{
		"good":              {file: plain},
		"other order":       {file: "cognito:username,cognito:mfa_enabled," + strings.TrimSuffix(plain, ",cognito:mfa_enabled,cognito:username")},
		"empty":             {file: "", want: []string{"FATAL line 1: " + ErrEmptyFile.Error()}},
		"too long":          {file: strings.Repeat("x", 16001), want: []string{"FATAL line 1: " + ErrRowTooLong.Error()}},
		"BOM":               {file: "\uFEFF" + plain, want: []string{"FATAL line 1, column 1: " + ErrBOM.Error()}},
		"BOM allowed":       {file: "\uFEFF" + plain, assume: Assumptions{AllowBOM: true}},
		"CRLF":              {file: crlf},
		"CRLF refused":      {file: crlf, assume: Assumptions{RefuseCRLF: true}, want: []string{"FATAL line 1: " + faultCRLF.text}},
		"unknown":           {file: plain + ",shoe_size", want: []string{"FATAL line 1, column " + end + ": " + ErrUnknownColumn.Error()}},
		"case matters":      {file: strings.Replace(plain, "gender", "Gender", 1), want: []string{fmt.Sprintf("FATAL line 1, column %d: ", strings.Index(plain, "gender")+1) + ErrUnknownColumn.Error(), "FATAL line 1: gender: " + ErrMissingColumn.Error()}},
		"sub":               {file: "sub," + plain, want: []string{"FATAL line 1, column 1: " + ErrUnknownColumn.Error()}},
		"password_hash":     {file: plain + ",password_hash", want: []string{"FATAL line 1, column " + end + ": " + ErrUnknownColumn.Error()}},
		"duplicate":         {file: "name," + plain, want: []string{"FATAL line 1, column 6: " + ErrDuplicateColumn.Error()}},
		"three times":       {file: "name,name," + plain, want: []string{"FATAL line 1, column 6: " + ErrDuplicateColumn.Error(), "FATAL line 1, column 11: " + ErrDuplicateColumn.Error()}},
		"unknown twice":     {file: "x,x," + plain, want: []string{"FATAL line 1, column 1: " + ErrUnknownColumn.Error(), "FATAL line 1, column 3: " + ErrDuplicateColumn.Error()}},
		"missing":           {file: without("gender"), want: []string{"FATAL line 1: gender: " + ErrMissingColumn.Error()}},
		"missing allowed":   {file: without("gender"), assume: Assumptions{AllowMissingColumns: true}},
		"no username":       {file: without("cognito:username"), assume: Assumptions{AllowMissingColumns: true}, want: []string{"FATAL line 1: cognito:username: " + ErrMissingColumn.Error()}},
		"empty name":        {file: "," + plain, want: []string{"FATAL line 1, column 1: " + ErrUnknownColumn.Error()}},
		"after blank lines": {file: "\n\r\n" + "x," + plain, want: []string{"FATAL line 3, column 1: " + ErrUnknownColumn.Error()}},
		"semicolons":        {file: "a;b", assume: Assumptions{AllowMissingColumns: true}, want: []string{"FATAL line 1, column 1: " + ErrUnknownColumn.Error(), "FATAL line 1: cognito:username: " + ErrMissingColumn.Error()}},
		"all at once, in order": {file: "\uFEFFx,name," + without("address") + "\r\n", assume: Assumptions{RefuseCRLF: true}, want: []string{
			"FATAL line 1, column 1: " + ErrBOM.Error(),
			"FATAL line 1: " + faultCRLF.text,
			"FATAL line 1, column 4: " + ErrUnknownColumn.Error(),
			"FATAL line 1, column 11: " + ErrDuplicateColumn.Error(),
			"FATAL line 1: address: " + ErrMissingColumn.Error()}},
	} {
		t.Run(name, func(t *testing.T) {
			var sum CheckSummary
			findings := check(t, emailPool(), tt.file, &CheckOptions{Assumptions: tt.assume, Summary: &sum})
			assert.Equal(t, tt.want, forms(findings))
			if tt.want != nil {
				assert.Equal(t, StatusFailed, sum.Status)
				assert.Zero(t, sum.Rows)
				assert.Contains(t, sum.Message, findings[0].Reason, "the first fault is the job's message")
			}
		})
	}
}

func TestHashColumn(t *testing.T) {
	opts := &CheckOptions{PasswordHashingAlgorithm: HashBCRYPT}
	pool := emailPool()
	plain := strings.Join(pool.Header(), ",")
	missing := []string{"FATAL line 1: password_hash: " + ErrMissingColumn.Error()}
	assert.Equal(t, missing, forms(check(t, pool, plain, opts)))
	assert.Empty(t, check(t, pool, plain+",password_hash", opts), "the job says that there are hashes")
	pool.PasswordHashes = true
	assert.Empty(t, check(t, pool, plain, nil), "no algorithm, no hashes")
	assert.Equal(t, missing, forms(check(t, pool, plain, opts)))
	opts.Assumptions.AllowMissingColumns = true
	assert.Equal(t, missing, forms(check(t, pool, plain, opts)), "this column is needed all the same")
}

// The column that a job's algorithm needs is named, whether or not the pool knows it.
func TestMissingPasswordHashIsNamed(t *testing.T) {
	sum := CheckSummary{}
	check(t, emailPool(), csvOf(emailPool().Header(), goodUser()), &CheckOptions{PasswordHashingAlgorithm: HashBCRYPT, Summary: &sum})
	assert.Contains(t, sum.Message, "password_hash: "+ErrMissingColumn.Error())
}

// In a file without a header, what stands in its place is somebody's data.
func TestHeaderlessFileStaysUnnamed(t *testing.T) {
	for _, file := range []string{"Ann Smith,ann@example.org\n", "ann@example.org,ann@example.org,Ann Smith\n"} {
		_, err := NewReader(strings.NewReader(file)).Header()
		sum := CheckSummary{}
		texts := fmt.Sprint(err)
		for _, f := range check(t, emailPool(), file, &CheckOptions{Summary: &sum}) {
			texts += f.String()
		}
		texts += sum.Message
		assert.NotContains(t, strings.ToLower(texts), "ann")
	}
}
