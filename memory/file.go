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

// file is an uploaded CSV file, checked. It stays for as long as users come from it: their values
// are read from its text when somebody asks.
type file struct {
	data    string
	columns []string
	forms   []form   // of the columns
	offsets []uint32 // where each row begins
	tags    []uint32 // of the username of each row, for the index of users; until the job starts
	lines   []int32  // the line of each row; nil when they follow one another from first on
	first   int32    // the line of the first row
	bad     []badRow
	failure string // the completion message when the file as a whole cannot be imported, or ""
	version int    // of the settings by which it was checked

	username int // the column
}

// Upload keeps the file and checks it while it arrives.
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
		in.kept.Grow(int(size)) // whatever was announced, the file is at most as large as a job takes
	}
	f, err := a.check(ctx, in, size, set, j.created.PasswordHashingAlgorithm)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil { // what check left unread
		return err
	}
	if in.left != 0 {
		return &importjob.Error{Code: importjob.ErrS3IncompleteBody, Err: io.ErrUnexpectedEOF,
			Message: fmt.Sprintf("the body is %d bytes shorter than announced", in.left)}
	}
	f.data = in.kept.String()

	a.mu.Lock()
	defer a.mu.Unlock()
	if j.run == nil && !j.starting { // otherwise the job has read its file already (A22)
		j.file = f
	}
	return nil
}

// uploadTo finds the job to upload to, as S3 would check its URL.
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

// uploadReader reads a body of a known size, and keeps what it reads.
type uploadReader struct {
	ctx  context.Context
	src  io.Reader
	left int64 // how much is to come
	keep bool
	kept strings.Builder
	idle int // how many Reads in a row gave nothing
}

func (in *uploadReader) Read(p []byte) (int, error) {
	if in.ctx.Err() != nil {
		return 0, context.Cause(in.ctx)
	}
	if int64(len(p))-1 > in.left {
		p = p[:in.left+1] // one more, to see whether it is there
	}
	n, err := in.src.Read(p)
	if in.left -= int64(n); in.left < 0 {
		return 0, &importjob.Error{Code: importjob.ErrS3IncompleteBody, Message: "the body is longer than announced"}
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

// check reads a file of a size and checks its rows. The error is one of r.
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

// workers is the number of goroutines that check a file of some size. More than a few
// would wait for the one that reads.
func workers(size int64) int {
	const large = 4 << 20
	if size < large {
		return 1
	}
	return min(runtime.GOMAXPROCS(0), 4)
}

// reserve makes room for the rows of a batch: for as many as the file will have if it goes on as it has
// begun. Room that grew bit by bit would take five times as much on its way.
func (f *file) reserve(rows *importjob.CheckedRows, size int64) {
	const telling = 64 << 10 // bytes that say how long rows are
	more, sofar := rows.Len(), rows.Summary
	if len(f.offsets)+more <= cap(f.offsets) || sofar.Bytes < telling {
		return
	}
	left := int(float64(sofar.Rows) * float64(size-sofar.Bytes) / float64(sofar.Bytes) * 1.02)
	more += min(max(left, 0), importjob.MaxRows)
	f.offsets, f.tags = slices.Grow(f.offsets, more), slices.Grow(f.tags, more)
}

// add notes where the rows of a batch are, and which of them are not imported.
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

// addLine notes the line of a row, unless it follows from that of the first.
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

// checkedBy returns a file as checked by these settings, which may have changed since the upload.
func (a *account) checkedBy(f *file, set settings, algorithm importjob.PasswordHashingAlgorithm) *file {
	if f.version == set.version || f.data == "" {
		return f
	}
	again, err := a.check(context.Background(), strings.NewReader(f.data), int64(len(f.data)), set, algorithm)
	if err != nil {
		return f // a string gives no errors
	}
	again.data = f.data
	return again
}

// line is the line number of a row.
func (f *file) line(row int) int {
	if f.lines != nil {
		return int(f.lines[row])
	}
	return int(f.first) + row
}

// text is a row as it stands in the file. It goes to where the next one begins, so that its end need
// not be looked for, unless there are empty lines between the two or it ends in a carriage return.
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

// value is a value of a row, column counted from 0.
func (f *file) value(row, column int) string {
	return scan.Value(f.text(row), column, len(f.columns))
}

// name is the username of a row.
func (f *file) name(row int) string { return f.value(row, f.username) }
