package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// bulkProgress shows the progress of an import: a bar on a terminal, and otherwise a line when something changes and
// every ten seconds.
type bulkProgress struct {
	w    io.Writer
	bar  *progress // nil if there is no terminal
	last bulk.Progress

	simulation bool   // the pool is in memory, and each line says so
	recognized string // what the input is, to be said when planning begins; "" if that is said elsewhere

	printed  time.Time  // the time of the last line
	counting bulk.Phase // the phase whose rows are counted
	began    time.Time  // the begin of that phase in this process
	from     int64      // the rows at that time
	fromByte int64      // the bytes of the input at that time
}

func newBulkProgress(std *streams) *bulkProgress {
	p := &bulkProgress{w: std.err}
	if std.terminal {
		p.bar = &progress{w: std.err}
	}
	return p
}

// linesEvery is the time between two lines that differ only in their numbers.
const linesEvery = 10 * time.Second

// show shows a progress. It is bulk.Options.OnProgress.
func (p *bulkProgress) show(now bulk.Progress) {
	before := p.last
	p.last = now
	counting := now.Phase
	if counting == bulk.PhaseWaiting { // part of importing, and counts no rows
		counting = bulk.PhaseImporting
	}
	if now.Phase == bulk.PhasePlanning && p.recognized != "" {
		p.end()
		_, _ = fmt.Fprintln(p.w, oneLine(p.recognized))
		p.recognized = ""
	}
	begins := counting != p.counting
	if begins {
		p.counting, p.began, p.from, p.fromByte = counting, time.Now(), now.Rows, now.Bytes
	}
	if p.bar != nil {
		p.draw(begins, now)
		return
	}
	changed := now.Phase != before.Phase || now.Part != before.Part || now.Job.Status != before.Job.Status
	if changed || time.Since(p.printed) >= linesEvery {
		p.printed = time.Now()
		_, _ = fmt.Fprintln(p.w, oneLine(p.prefix()+p.line(now)))
	}
}

// end clears the bar.
func (p *bulkProgress) end() {
	if p.bar != nil {
		p.bar.end()
	}
}

// draw draws the bar, a new one if a phase begins.
func (p *bulkProgress) draw(begins bool, now bulk.Progress) {
	if begins {
		p.bar.end()
		total := now.Total
		if total == 0 {
			total = -1
		}
		p.bar.bar = newBar(p.w, p.prefix()+p.title(now), total, progressbar.OptionSetWidth(15), progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionShowTotalBytes(total > 0), progressbar.OptionShowBytes(now.Phase == bulk.PhaseSaving))
	}
	p.bar.bar.Describe(p.prefix() + p.title(now))
	if now.Phase == bulk.PhaseSaving {
		p.bar.set(now.Bytes)
		return
	}
	p.bar.set(now.Rows)
}

// prefix returns the text before a line or a title.
func (p *bulkProgress) prefix() string {
	if p.simulation {
		return "SIMULATION: "
	}
	return ""
}

// title returns the text before the bar. The bar itself shows the number of rows.
func (p *bulkProgress) title(now bulk.Progress) string {
	title := ""
	switch now.Phase {
	case bulk.PhaseSaving:
		return "Saving the standard input"
	case bulk.PhasePlanning:
		title = "Planning" + p.percent(now)
	case bulk.PhaseWaiting:
		return fmt.Sprintf("Part %d of %d waits for %s", now.Part, now.Parts, p.awaited(now.Job))
	case bulk.PhaseImporting:
		title = fmt.Sprintf("Part %d of %d %s", now.Part, now.Parts, now.Job.Status)
	case bulk.PhaseReporting:
		title = "Reporting"
	}
	return title + p.rate(now)
}

// line returns the line for output that is not a terminal.
func (p *bulkProgress) line(now bulk.Progress) string {
	switch now.Phase {
	case bulk.PhaseSaving:
		return "saving the standard input: " + byteSize(now.Bytes)
	case bulk.PhasePlanning:
		return fmt.Sprintf("planning: %s%s%s", counted(now.Rows, "row"), p.percent(now), p.rate(now))
	case bulk.PhaseWaiting:
		return fmt.Sprintf("waiting: part %d of %d waits for %s", now.Part, now.Parts, p.awaited(now.Job))
	case bulk.PhaseImporting:
		return fmt.Sprintf("importing: part %d of %d, job %s %s: %d of %s%s", now.Part, now.Parts, now.Job.JobID, now.Job.Status, now.Rows, counted(now.Total, "row"), p.rate(now))
	}
	return fmt.Sprintf("%s: %d of %s%s", now.Phase, now.Rows, counted(now.Total, "row"), p.rate(now))
}

// percent returns how much of the input was read, or "" if that is not known or planning begins.
func (p *bulkProgress) percent(now bulk.Progress) string {
	if now.Size == 0 || now.Rows == 0 && now.Bytes == p.fromByte {
		return ""
	}
	return fmt.Sprintf(", %d %%", now.Bytes*100/now.Size)
}

// byteSize returns a number of bytes, in a unit that suits it.
func byteSize(n int64) string {
	size, units := float64(n), []string{"kB", "MB", "GB", "TB"}
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	unit := ""
	for _, unit = range units {
		if size /= 1000; size < 1000 {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}

// awaited returns the job that the part waits for. If no other job of the pool is active, now.Job is the job of the
// part, and Cognito has refused to start it.
func (p *bulkProgress) awaited(job importjob.UserImportJob) string {
	if job.Status == importjob.StatusCreated {
		return "Cognito to start its job: another job of the account may be active"
	}
	return fmt.Sprintf("another job, %s %s", job.JobID, job.Status)
}

// rate returns the rows per second of this process, and the time for the rest of the phase at this rate. It returns
// "" in the first second.
func (p *bulkProgress) rate(now bulk.Progress) string {
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
