package memory

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/scan"
)

// file is an uploaded CSV file whose rows have been checked. A pool keeps the file as long as it has users from it,
// because it reads the attributes of these users from data.
type file struct {
	data    string
	columns []string
	forms   []form   // the form of each column's values
	offsets []uint32 // the offset of each row in data
	tags    []uint32 // the tag of each row's username, for the index of users; nil after the job has started
	lines   []int32  // the line of each row; nil if there is no gap between the lines, from first on
	first   int32    // the line of the first row
	bad     []badRow
	failure string // the completion message if the file as a whole cannot be imported, else ""
	version int    // the version of the settings by which the rows were checked

	username int // the index of the username column
}

// Upload checks the file while it reads it, and keeps it.
func (a *account) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	j, set, err := a.uploadTo(job)
	if err != nil {
		return err
	}
	most := a.opts.Assumptions.MaxFileBytes
	if most == 0 {
		most = importjob.MaxFileBytes
	}
	in := &uploadReader{ctx: ctx, src: body, left: size, keep: size <= most}
	if in.keep {
		in.kept.Grow(int(size)) // at most MaxFileBytes, so a wrong size cannot allocate too much
	}
	f, err := a.check(ctx, in, size, set, j.created.PasswordHashingAlgorithm)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil { // check stops early at a file that fails as a whole
		return err
	}
	if in.left != 0 {
		return &importjob.Error{Code: importjob.ErrS3IncompleteBody, Err: io.ErrUnexpectedEOF,
			Message: fmt.Sprintf("the body is %d bytes shorter than the size: pass the exact number of bytes", in.left)}
	}
	f.data = in.kept.String()

	a.mu.Lock()
	defer a.mu.Unlock()
	if j.run == nil && !j.starting { // otherwise the job has its file already (A22)
		j.file = f
	}
	return nil
}

// uploadTo returns the job to upload to and the settings of its pool. It checks the URL as S3 does.
func (a *account) uploadTo(job importjob.UserImportJob) (*job, settings, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	j, err := a.job(job.Ref())
	if err != nil {
		return nil, settings{}, err
	}
	if job.PreSignedURL != j.created.PreSignedURL {
		return nil, settings{}, &importjob.Error{Code: importjob.ErrS3SignatureDoesNotMatch, Message: "The request signature we calculated" +
			" does not match the signature you provided. Check your key and signing method."}
	}
	if j.urlExpired(a.now()) {
		return nil, settings{}, &importjob.Error{Code: importjob.ErrS3AccessDenied, Message: "Request has expired", Err: importjob.ErrURLExpired}
	}
	return j, j.pool.settings, nil
}

// uploadReader reads a body of a known size from src. If keep is set, it stores what it reads in kept.
type uploadReader struct {
	ctx  context.Context
	src  io.Reader
	left int64 // the number of bytes still to read
	keep bool
	kept strings.Builder
	idle int // the number of Reads in a row that returned no byte and no error
}

func (in *uploadReader) Read(p []byte) (int, error) {
	if in.ctx.Err() != nil {
		return 0, context.Cause(in.ctx)
	}
	if int64(len(p))-1 > in.left {
		p = p[:in.left+1] // one byte more, to notice a body that is too long
	}
	n, err := in.src.Read(p)
	if in.left -= int64(n); in.left < 0 {
		return 0, &importjob.Error{Code: importjob.ErrS3IncompleteBody, Message: "the body is longer than the size: pass the exact number of bytes"}
	}
	if in.keep {
		in.kept.Write(p[:n])
	}
	if in.idle++; n > 0 || err != nil {
		in.idle = 0
	}
	if in.idle > 100 {
		return 0, io.ErrNoProgress
	}
	return n, err
}

// check reads a file of size bytes from r and checks its rows. It returns an error of ctx or of r only.
func (a *account) check(ctx context.Context, r io.Reader, size int64, set settings, algorithm importjob.PasswordHashingAlgorithm) (*file, error) {
	f := &file{version: set.version}
	var sum importjob.CheckSummary
	opts := &importjob.CheckOptions{
		PasswordHashingAlgorithm: algorithm,
		Assumptions:              a.opts.Assumptions,
		Workers:                  workers(size),
		Summary:                  &sum,
		OnRows: func(rows *importjob.CheckedRows) {
			if f.columns == nil {
				f.columns = slices.Clone(rows.Columns)
				f.username = slices.Index(f.columns, importjob.ColumnUsername)
				f.forms = forms(f.columns, set, a.opts.ISOBirthdate)
			}
			f.reserve(rows, size)
			f.add(rows)
		},
	}
	fatal := false
	for finding, err := range importjob.Check(ctx, set.Pool.Pool, r, opts) {
		if err != nil {
			return nil, err
		}
		fatal = finding.Fatal
	}
	if fatal {
		return &file{version: f.version, failure: sum.Message}, nil
	}
	return f, nil
}

// workers returns the number of goroutines that check a file. One goroutine at a time reads the file, so more than
// four would mostly wait.
func workers(size int64) int {
	const large = 4 << 20
	if size < large {
		return 1
	}
	return min(runtime.GOMAXPROCS(0), 4)
}

// reserve grows offsets and tags to the number of rows that the whole file will have. It estimates the number from
// the mean length of the rows so far. Growing with append would allocate five times as much in total.
func (f *file) reserve(rows *importjob.CheckedRows, size int64) {
	const sample = 64 << 10 // the number of bytes that give a good mean
	more, sofar := rows.Len(), rows.Summary
	if len(f.offsets)+more <= cap(f.offsets) || sofar.Bytes < sample {
		return
	}
	left := int(float64(sofar.Rows) * float64(size-sofar.Bytes) / float64(sofar.Bytes) * 1.02)
	more += min(max(left, 0), importjob.MaxRows)
	f.offsets, f.tags = slices.Grow(f.offsets, more), slices.Grow(f.tags, more)
}

// add stores the offsets, lines and tags of a batch of rows, and which of the rows are bad.
func (f *file) add(rows *importjob.CheckedRows) {
	findings := rows.Findings
	from := len(f.offsets)
	for i := range rows.Len() {
		row := rows.Row(i)
		if row.Bad {
			f.bad = appendBad(f.bad, from+i, findings[0].Status, findings[0].Reason)
			findings = findings[1:]
		}
		f.addLine(from+i, row.Line)
		f.offsets = append(f.offsets, uint32(row.Offset))
		f.tags = append(f.tags, uint32(row.UsernameHash))
	}
}

// addLine stores the line of a row. It allocates lines only at the first gap, such as an empty line.
func (f *file) addLine(row, line int) {
	if row == 0 {
		f.first = int32(line)
	}
	if f.lines == nil {
		if line == int(f.first)+row {
			return
		}
		for i := range row {
			f.lines = append(f.lines, f.first+int32(i))
		}
	}
	f.lines = append(f.lines, int32(line))
}

// appendBad appends a row that is not imported, and counts the skipped rows so far.
func appendBad(bad []badRow, row int, outcome importjob.RowStatus, reason string) []badRow {
	b := badRow{row: int32(row), outcome: outcome, reason: reason}
	if len(bad) > 0 {
		b.skipped = bad[len(bad)-1].skipped
	}
	if outcome == importjob.RowSkipped {
		b.skipped++
	}
	return append(bad, b)
}

// checkedBy returns the file as checked by the settings set. It checks the file again if the settings have changed
// since the upload.
func (a *account) checkedBy(f *file, set settings, algorithm importjob.PasswordHashingAlgorithm) *file {
	if f.version == set.version || f.data == "" {
		return f
	}
	again, err := a.check(context.Background(), strings.NewReader(f.data), int64(len(f.data)), set, algorithm)
	if err != nil {
		return f // cannot happen: reading a string does not fail
	}
	again.data = f.data
	return again
}

// line returns the line number of a row.
func (f *file) line(row int) int {
	if f.lines != nil {
		return int(f.lines[row])
	}
	return int(f.first) + row
}

// text returns the text of a row without the "\n" at its end. To be fast it cuts the text at the offset of the next
// row. It searches for the "\n" only if empty lines follow the row, or if the row ends in a carriage return.
func (f *file) text(row int) string {
	end := len(f.data)
	if row+1 < len(f.offsets) {
		end = int(f.offsets[row+1])
	}
	text := strings.TrimSuffix(f.data[f.offsets[row]:end], "\n")
	if strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\r") {
		text, _, _ = strings.Cut(text, "\n")
	}
	return text
}

// value returns the value of a row in a column, counted from 0.
func (f *file) value(row, column int) string {
	return scan.Value(f.text(row), column, len(f.columns))
}

// name returns the username of a row.
func (f *file) name(row int) string { return f.value(row, f.username) }
