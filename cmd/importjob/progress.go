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

// progress shows a bar for the current phase of a command. The zero value shows nothing.
type progress struct {
	w   io.Writer // nil if there is no terminal
	bar *progressbar.ProgressBar
}

// begin replaces the bar with the bar of a new phase. No bar is shown if total is 0.
func (p *progress) begin(title string, total int64, options ...progressbar.Option) {
	p.end()
	if p.w != nil && total > 0 {
		p.bar = newBar(p.w, title, total, options...)
	}
}

// newBar draws a bar. With a total of -1, it is a spinner.
func newBar(w io.Writer, title string, total int64, options ...progressbar.Option) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total, append([]progressbar.Option{
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(title),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionThrottle(50 * time.Millisecond),
		progressbar.OptionUseANSICodes(true), // clears the whole line, also after a ^C
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetSpinnerChangeInterval(0), // any other interval starts a goroutine that outlives the bar
	}, options...)...)
}

func (p *progress) set(n int64) {
	if p.bar != nil {
		_ = p.bar.Set64(n) // an import must not fail because of its bar
	}
}

// end clears the bar from the terminal.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}

// upload is the body of an upload, which shows its progress.
type upload struct {
	ctx     context.Context // Read fails when it has ended
	file    *os.File
	bar     *progress
	sent    int64
	lines   int64 // line ends in the bytes sent
	sentAll bool  // the job has been started
	err     error // the last error from reading the file
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

// Seek makes it possible to repeat the upload.
func (u *upload) Seek(offset int64, whence int) (int64, error) {
	at, err := u.file.Seek(offset, whence)
	if at == 0 {
		u.sent, u.lines = 0, 0
	}
	return at, err
}

// follow shows the progress of the job, as Describe returned it. It takes each line except the header for a row.
func (u *upload) follow(job importjob.UserImportJob) {
	if !u.sentAll {
		u.sentAll = true
		u.bar.begin("Importing", u.lines-1)
	}
	u.bar.set(job.ImportedUsers + job.SkippedUsers + job.FailedUsers)
}
