package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// bulkProgress shows how far an import is: as a bar on a terminal, otherwise in lines, which are few.
type bulkProgress struct {
	w    io.Writer
	bar  *progress // nil where there is no terminal
	last bulk.Progress

	printed  time.Time // when the last line was
	counting bulk.Phase
	began    time.Time // when that phase did
	from     int64     // rows that were done by then
}

func newBulkProgress(std *streams) *bulkProgress {
	p := &bulkProgress{w: std.err}
	if std.terminal {
		p.bar = &progress{w: std.err}
	}
	return p
}

// linesEvery is how often a line is printed when nothing changes but numbers.
const linesEvery = 10 * time.Second

// show is called with each progress.
func (p *bulkProgress) show(now bulk.Progress) {
	before := p.last
	p.last = now
	counting := now.Phase
	if counting == bulk.PhaseWaiting { // does not count rows
		counting = bulk.PhaseImporting
	}
	begins := counting != p.counting
	if begins {
		p.counting, p.began, p.from = counting, time.Now(), now.Rows
	}
	if p.bar != nil {
		p.draw(begins, now)
		return
	}
	changed := now.Phase != before.Phase || now.Part != before.Part || now.Job.Status != before.Job.Status
	if changed || time.Since(p.printed) >= linesEvery {
		p.printed = time.Now()
		_, _ = fmt.Fprintln(p.w, oneLine(p.line(now)))
	}
}

// end takes the bar away.
func (p *bulkProgress) end() {
	if p.bar != nil {
		p.bar.end()
	}
}

// draw draws the bar.
func (p *bulkProgress) draw(begins bool, now bulk.Progress) {
	if begins {
		p.bar.end()
		total := now.Total
		if total == 0 {
			total = -1
		}
		p.bar.bar = newBar(p.w, p.title(now), total, progressbar.OptionSetWidth(15), progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionShowTotalBytes(total > 0))
	}
	p.bar.bar.Describe(p.title(now))
	p.bar.set(now.Rows)
}

// title stands before the bar, which has the number of rows.
func (p *bulkProgress) title(now bulk.Progress) string {
	title := ""
	switch now.Phase {
	case bulk.PhasePlanning:
		title = "Planning"
	case bulk.PhaseWaiting:
		return fmt.Sprintf("Part %d of %d waits for %s", now.Part, now.Parts, p.awaited(now.Job))
	case bulk.PhaseImporting:
		title = fmt.Sprintf("Part %d of %d %s", now.Part, now.Parts, now.Job.Status)
	case bulk.PhaseReporting:
		title = "Reporting"
	}
	return title + p.pace(now)
}

// line is a line of its own.
func (p *bulkProgress) line(now bulk.Progress) string {
	switch now.Phase {
	case bulk.PhasePlanning:
		return fmt.Sprintf("planning: %d rows%s", now.Rows, p.pace(now))
	case bulk.PhaseWaiting:
		return fmt.Sprintf("waiting: part %d of %d waits for %s", now.Part, now.Parts, p.awaited(now.Job))
	case bulk.PhaseImporting:
		return fmt.Sprintf("importing: part %d of %d, job %s %s: %d of %d rows%s", now.Part, now.Parts, now.Job.JobID, now.Job.Status, now.Rows, now.Total, p.pace(now))
	}
	return fmt.Sprintf("%s: %d of %d rows%s", now.Phase, now.Rows, now.Total, p.pace(now))
}

// awaited is whose end is waited for. The part's own job is named as long as no other can be seen.
func (p *bulkProgress) awaited(job importjob.UserImportJob) string {
	if job.Status == importjob.StatusCreated {
		return "Cognito to start its job: another one of the account may be active"
	}
	return fmt.Sprintf("another job, %s %s", job.JobID, job.Status)
}

// pace is how many rows a second are done, and how long the rest of the phase will take at that.
func (p *bulkProgress) pace(now bulk.Progress) string {
	took, rows := time.Since(p.began), now.Rows-p.from
	if took < time.Second || rows <= 0 {
		return ""
	}
	text := fmt.Sprintf(", %.0f rows/s", float64(rows)/took.Seconds())
	if left := now.Total - now.Rows; left > 0 {
		text += fmt.Sprintf(", %v left", (time.Duration(float64(took) / float64(rows) * float64(left))).Round(time.Second))
	}
	return text
}
