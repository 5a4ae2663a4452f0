package bulk

import "time"

// timeline is the jobs on one time axis.
type timeline struct {
	Jobs   []timelineJob
	Left   int // jobs after the first htmlJobs
	NotRun []partRange
	Ticks  []tick
}

// timelineJob is one job on the time axis.
type timelineJob struct {
	Run
	Began time.Time // zero if the service gives no time
	Took  time.Duration
	Start float64 // of the bar, in percent of the axis
	Width float64 // of the bar, in percent of the axis
}

// Lasted returns how long the job ran, as text.
func (j timelineJob) Lasted() string {
	if j.Took < time.Second {
		return "under 1s"
	}
	return "for " + j.Took.Round(time.Second).String()
}

// partRange is consecutive parts.
type partRange struct {
	First, Last int
	Rows        int64
}

// tick is a mark on the axis.
type tick struct {
	At    float64 // in percent
	Label string
}

// Timeline returns the jobs on one time axis.
func (h *htmlReport) Timeline() timeline {
	var t timeline
	for _, r := range h.Summary.Runs {
		switch {
		case r.JobID == "":
			t.notRun(r)
		case len(t.Jobs) == htmlJobs:
			t.Left++
		default:
			t.Jobs = append(t.Jobs, newTimelineJob(r))
		}
	}
	from, to := t.bounds()
	for i := range t.Jobs {
		if j := &t.Jobs[i]; !j.Began.IsZero() {
			j.Start = percent(int64(j.Began.Sub(from)), int64(to.Sub(from)))
			j.Width = percent(int64(j.Took), int64(to.Sub(from)))
		}
	}
	t.Ticks = ticks(from, to)
	return t
}

func newTimelineJob(r Run) timelineJob {
	began := r.Started
	if began.IsZero() {
		began = r.Created
	}
	return timelineJob{Run: r, Began: began, Took: max(0, r.Completed.Sub(began))}
}

// bounds returns the ends of the axis.
func (t *timeline) bounds() (from, to time.Time) {
	for _, j := range t.Jobs {
		if j.Began.IsZero() {
			continue
		}
		if from.IsZero() || j.Began.Before(from) {
			from = j.Began
		}
		if ended := j.Began.Add(j.Took); ended.After(to) {
			to = ended
		}
	}
	return from, to
}

// notRun adds a part that was not run. It extends the last range if the part comes after it.
func (t *timeline) notRun(r Run) {
	if n := len(t.NotRun); n > 0 && t.NotRun[n-1].Last == r.Part-1 {
		t.NotRun[n-1].Last = r.Part
		t.NotRun[n-1].Rows += int64(r.Rows)
		return
	}
	t.NotRun = append(t.NotRun, partRange{r.Part, r.Part, int64(r.Rows)})
}

const (
	day = 24 * time.Hour

	maxTicks = 5
	lastTick = 80 // in percent: the label after the last tick needs room
)

var tickSteps = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day}

// ticks returns marks for an axis at round times in UTC.
func ticks(from, to time.Time) []tick {
	span := to.Sub(from)
	step := tickSteps[0]
	for i := 0; span/step > maxTicks; i++ {
		if step = 2 * step; i+1 < len(tickSteps) {
			step = tickSteps[i+1]
		}
	}
	var marks []tick
	for at := from.Add(step - 1).Truncate(step); at.Before(to); at = at.Add(step) {
		if p := percent(int64(at.Sub(from)), int64(span)); p <= lastTick {
			marks = append(marks, tick{p, label(at.UTC(), step)})
		}
	}
	return marks
}

// label returns the text of a mark. Midnight has the date, and seconds are left out if the step is a minute or
// more.
func label(at time.Time, step time.Duration) string {
	switch {
	case at.Equal(at.Truncate(day)):
		return at.Format("2 Jan")
	case step >= time.Minute:
		return at.Format("15:04")
	}
	return at.Format(time.TimeOnly)
}
