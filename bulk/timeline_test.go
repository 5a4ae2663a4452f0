package bulk

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func timelineOf(runs ...Run) timeline { return newHTMLReport(Summary{Runs: runs}).Timeline() }

func TestTimeline(t *testing.T) {
	neverStarted := ranJob(3, 0, 0)
	neverStarted.Created, neverStarted.Started, neverStarted.Completed = noon().Add(30*time.Minute), time.Time{}, time.Time{}
	timeless := Run{Part: 4, JobID: "import-4"}
	backwards := ranJob(5, 50*time.Minute, -time.Hour)
	line := timelineOf(ranJob(1, 0, 15*time.Minute), ranJob(2, 20*time.Minute, 40*time.Minute), neverStarted, timeless, backwards)
	type bar struct{ start, width float64 }
	var bars []bar
	for _, j := range line.Jobs {
		bars = append(bars, bar{j.Start, j.Width})
	}
	assert.Equal(t, []bar{{0, 25}, {33.33, 66.67}, {50, 0}, {0, 0}, {83.33, 0}}, bars)
	assert.Equal(t, []tick{{0, "12:00"}, {25, "12:15"}, {50, "12:30"}, {75, "12:45"}}, line.Ticks)
	assert.Equal(t, "for 15m0s", line.Jobs[0].Lasted())
	assert.Equal(t, "under 1s", line.Jobs[2].Lasted())
	assert.True(t, line.Jobs[3].Began.IsZero())
}

func TestTimelineOfManyParts(t *testing.T) {
	var runs []Run
	for n := range 5_000 {
		runs = append(runs, ranJob(n+1, time.Duration(n)*time.Minute, time.Minute))
	}
	for n := 600; n < 5_000; n++ {
		runs[n] = Run{Part: n + 1, Rows: 10}
	}
	line := timelineOf(runs...)
	assert.Len(t, line.Jobs, 500)
	assert.Equal(t, 100, line.Left)
	assert.Equal(t, []partRange{{601, 5_000, 44_000}}, line.NotRun)
	assert.Contains(t, pageOf(t, Summary{Runs: runs}), "summary.json has 100 more jobs.")
}

// TestTicks looks at axes of all lengths.
func TestTicks(t *testing.T) {
	from := noon().Add(17*time.Minute + 3*time.Second + 7*time.Millisecond)
	assert.Empty(t, ticks(from, from))
	assert.Empty(t, ticks(time.Time{}, time.Time{}))
	for span := 3 * time.Second; span < 40_000*day; span += span * 2 / 3 {
		marks := ticks(from, from.Add(span))
		require.NotEmpty(t, marks, span)
		require.LessOrEqual(t, len(marks), maxTicks+1, span)
		for i, m := range marks {
			require.True(t, m.At >= 0 && m.At <= lastTick, fmt.Sprint(span, m))
			require.True(t, i == 0 || m.At > marks[i-1].At)
			require.True(t, i == 0 || m.Label != marks[i-1].Label, fmt.Sprint(span, marks))
		}
	}
	days := ticks(noon().Add(time.Hour), noon().Add(50*time.Hour))
	assert.Equal(t, []tick{{22.45, "31 Jul"}, {46.94, "12:00"}, {71.43, "1 Aug"}}, days)
}
