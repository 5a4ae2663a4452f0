package memory

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/scan"
)

// ErrEntityTooLarge is the code of S3 for a file that is too large to be stored. [Cognito.Upload] returns it for a
// file that the fake does not keep: one of 2 GiB or more, or one with which the files of jobs that have not started
// would have more than Options.MaxUploadBytes in all. A file above Assumptions.MaxFileBytes is no such file: it is
// uploaded, and its job fails.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const ErrEntityTooLarge importjob.Code = "EntityTooLarge"

// maxKept is the largest size of a file that can be kept. Offsets and line numbers of rows have 32 bits, and an int
// can have 32 bits.
const maxKept = math.MaxInt32

// Upload checks the file while it reads it, and keeps it.
func (a *account) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	up := &upload{account: a, ctx: ctx, src: body, left: size}
	set, err := up.begin(job)
	if err != nil {
		return err
	}
	defer up.release()
	f, err := a.check(ctx, up, size, set, up.job.created.PasswordHashingAlgorithm)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, up); err != nil { // check stops early at a file that fails as a whole
		return err
	}
	if up.left != 0 {
		return &importjob.Error{Code: importjob.ErrS3IncompleteBody, Err: io.ErrUnexpectedEOF,
			Message: fmt.Sprintf("the body is %d bytes shorter than the size: pass the exact number of bytes", up.left)}
	}
	up.kept.flush()
	f.data, f.size, f.header = up.kept.text, int64(up.kept.text.size), up.header.line()
	up.end(f)
	return nil
}

// upload is an Upload in progress. It reads a body of a known size from src.
type upload struct {
	account *account
	job     *job
	ctx     context.Context
	src     io.Reader
	left    int64 // the number of bytes still to read
	idle    int   // the number of Reads in a row that returned no byte and no error

	keep    bool // what is read is written to kept
	kept    textWriter
	claimed int // the number of bytes of kept that account.uploads counts; account.mu guards it

	header headerWriter // of a file that is too large to be kept
}

// begin finds the job to upload to and returns the settings of its pool. It checks the URL and the size as S3 does.
func (up *upload) begin(job importjob.UserImportJob) (settings, error) {
	a := up.account
	a.mu.Lock()
	defer a.mu.Unlock()
	j, err := a.job(job.Ref())
	if err != nil {
		return settings{}, err
	}
	// Source of the texts: https://github.com/aws/aws-sdk-js/issues/4672 and
	// https://github.com/aws/aws-sdk-php/issues/1333
	if job.PreSignedURL != j.created.PreSignedURL {
		return settings{}, &importjob.Error{Code: importjob.ErrS3SignatureDoesNotMatch, Message: "The request signature we calculated" +
			" does not match the signature you provided. Check your key and signing method."}
	}
	if j.urlExpired(a.now()) {
		return settings{}, &importjob.Error{Code: importjob.ErrS3AccessDenied, Message: "Request has expired", Err: importjob.ErrURLExpired}
	}
	up.job = j
	up.keep = j.run == nil && up.left <= a.opts.Assumptions.MaxFileBytes
	up.kept.claim = up.claim
	up.header.left = a.opts.Assumptions.MaxFileBytes
	if up.keep && up.left > maxKept {
		return settings{}, &importjob.Error{Code: ErrEntityTooLarge, Message: fmt.Sprintf("the file has %d bytes, and this fake keeps"+
			" files of up to %d bytes: upload a smaller file, or set Assumptions.MaxFileBytes below its size, so that the job fails", up.left, maxKept)}
	}
	if up.keep {
		err = a.fit(j, up.left)
	}
	return j.pool.settings, err
}

// claim counts the size of a block that is to be allocated.
func (up *upload) claim(size int) error {
	up.account.mu.Lock()
	defer up.account.mu.Unlock()
	if err := up.account.fit(up.job, int64(size)); err != nil {
		return err
	}
	up.claimed += size
	up.account.uploads += int64(size)
	return nil
}

// end gives the file to the job, unless the job cannot be started any more. (A22, A56)
func (up *upload) end(f *file) {
	a, j := up.account, up.job
	a.mu.Lock()
	defer a.mu.Unlock()
	up.uncount()
	exists := a.pools[j.created.UserPoolID] == j.pool
	if exists && j.run == nil && !j.starting && j.at(a.now(), &a.opts).Status == importjob.StatusCreated {
		j.setFile(f)
	}
}

// release ends an upload that may have failed.
func (up *upload) release() {
	up.account.mu.Lock()
	defer up.account.mu.Unlock()
	up.uncount()
}

// uncount takes back what claim has counted. The caller holds account.mu.
func (up *upload) uncount() {
	up.account.uploads -= int64(up.claimed)
	up.claimed = 0
}

func (up *upload) Read(p []byte) (int, error) {
	if up.ctx.Err() != nil {
		return 0, context.Cause(up.ctx)
	}
	if int64(len(p))-1 > up.left {
		p = p[:up.left+1] // one byte more, to notice a body that is too long
	}
	n, err := up.src.Read(p)
	if up.left -= int64(n); up.left < 0 {
		return 0, &importjob.Error{Code: importjob.ErrS3IncompleteBody, Message: "the body is longer than the size: pass the exact number of bytes"}
	}
	if up.keep {
		if err := up.kept.write(p[:n], up.left); err != nil {
			return 0, err
		}
	} else {
		up.header.write(p[:n])
	}
	if up.idle++; n > 0 || err != nil {
		up.idle = 0
	}
	if up.idle > 100 {
		return 0, io.ErrNoProgress
	}
	return n, err
}

// headerWriter keeps the first line of a file that is not empty, with its "\n". It keeps nothing of a line that is
// longer than any header, or that ends behind the first left bytes.
type headerWriter struct {
	left  int64
	text  strings.Builder
	ended bool
}

func (w *headerWriter) write(p []byte) {
	p = p[:min(int64(len(p)), w.left)]
	w.left -= int64(len(p))
	if w.text.Len() == 0 {
		p = bytes.TrimLeft(p, "\r\n")
	}
	if w.ended {
		return
	}
	if end := bytes.IndexByte(p, '\n'); end >= 0 {
		p, w.ended = p[:end+1], true
	}
	if w.text.Len()+len(p) > scan.MaxLineBytes+1 {
		p, w.ended = nil, true
		w.text.Reset()
	}
	w.text.Write(p)
}

// line returns the line.
func (w *headerWriter) line() string {
	if !w.ended {
		return ""
	}
	return w.text.String()
}

// fit returns an error if the account cannot keep size more bytes of a file for a job. The old file of the job does
// not count, since the new one replaces it. The caller holds account.mu.
func (a *account) fit(j *job, size int64) error {
	most := a.opts.MaxUploadBytes
	full := func() bool { return most >= 0 && size > most-(a.uploads-j.file.bytes()) }
	if !full() {
		return nil
	}
	now := a.now()
	for _, p := range a.order {
		for _, other := range p.jobs {
			other.at(now, &a.opts) // lets the file go if the job has expired
		}
	}
	if !full() {
		return nil
	}
	return &importjob.Error{Code: ErrEntityTooLarge, Message: fmt.Sprintf("the files of the jobs that have not started would have more than"+
		" %d bytes in all: start some of these jobs, delete their pools, or raise MaxUploadBytes in memory.Options", most)}
}

// bytes returns the number of bytes of the uploaded text; nil has none. The run of a job that imports nobody drops the
// text, but not the number.
func (f *file) bytes() int64 {
	if f == nil {
		return 0
	}
	return f.size
}

// setFile replaces the file of a job, and counts its bytes. nil lets the old file go. The caller holds account.mu.
func (j *job) setFile(f *file) {
	*j.pool.uploads += f.bytes() - j.file.bytes()
	j.file = f
}
