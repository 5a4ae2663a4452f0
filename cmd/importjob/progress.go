package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/cognito-import/importjob"
)

// progress shows how far a job is: first the upload, then the rows. The zero value shows nothing.
type progress struct {
	w   io.Writer // nil when nobody looks
	bar *progressbar.ProgressBar
}

// begin starts the bar of a phase that goes up to total.
func (p *progress) begin(title string, total int64, options ...progressbar.Option) {
	p.end()
	if p.w != nil && total > 0 {
		p.bar = newBar(p.w, title, total, options...)
	}
}

// newBar draws a bar. That of a total of -1 has no end.
func newBar(w io.Writer, title string, total int64, options ...progressbar.Option) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total, append([]progressbar.Option{
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(title),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionThrottle(50 * time.Millisecond),
		progressbar.OptionUseANSICodes(true), // clears the whole line, with a ^C in it
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetSpinnerChangeInterval(0), // another one has a goroutine that outlives the bar
	}, options...)...)
}

func (p *progress) set(n int64) {
	if p.bar != nil {
		_ = p.bar.Set64(n) // a bar that cannot be drawn stops no import
	}
}

// end clears the bar from the terminal.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}

// upload is a file on its way to the service.
type upload struct {
	ctx     context.Context // reading ends with it
	file    *os.File
	bar     *progress
	sent    int64
	lines   int64 // line ends so far
	sentAll bool  // the job has been started
	err     error // why the file could not be read
}

func (u *upload) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	n, err := u.file.Read(p)
	u.sent += int64(n)
	u.lines += int64(bytes.Count(p[:n], []byte("\n")))
	u.bar.set(u.sent)
	if err != nil && err != io.EOF {
		u.err = err
	}
	return n, err
}

// Seek lets the upload be sent again.
func (u *upload) Seek(offset int64, whence int) (int64, error) {
	at, err := u.file.Seek(offset, whence)
	if at == 0 {
		u.sent, u.lines = 0, 0
	}
	return at, err
}

// follow is called with each look at the job. Every line but the header is taken for a row.
func (u *upload) follow(job importjob.UserImportJob) {
	if !u.sentAll {
		u.sentAll = true
		u.bar.begin("Importing", u.lines-1)
	}
	u.bar.set(job.ImportedUsers + job.SkippedUsers + job.FailedUsers)
}
