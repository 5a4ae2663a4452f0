package bulk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// damage is a change of a journal: first of its lines, then of its bytes.
type damage struct {
	op, from, to uint8  // what becomes of a line: it stays, is lost, repeated, moved, or the journal ends after it
	at, cut      uint16 // from at on, cut bytes are replaced by with, unless the journal has the text old
	old, with    string // the first old is replaced by with
	sums         bool   // the checksums are made anew, as if bulk had written the lines
}

// apply returns the damaged journal. The journal of an import that ended is not empty.
func (d damage) apply(journal string) string {
	lines := strings.SplitAfter(journal, "\n")
	lines = lines[:len(lines)-1]
	from, to := int(d.from)%len(lines), int(d.to)%len(lines)
	line := lines[from]
	without := append(append([]string{}, lines[:from]...), lines[from+1:]...)
	insert := func(lines []string) []string {
		return append(append(append([]string{}, lines[:to]...), line), lines[to:]...)
	}
	switch d.op % 6 {
	case 1:
		lines = without
	case 2:
		lines = insert(lines)
	case 3:
		to = min(to, len(without))
		lines = insert(without)
	case 4:
		lines = lines[:from+1]
	case 5:
		lines = lines[:from]
	}
	text := strings.Join(lines, "")
	at, cut := int(d.at)%(len(text)+1), int(d.cut)
	if found := strings.Index(text, d.old); d.old != "" && found >= 0 {
		at, cut = found, len(d.old)
	}
	text = text[:at] + d.with + text[min(len(text), at+cut):]
	if d.sums {
		text = bulk.WithSums(text)
	}
	return text
}

// damages are seeds for the targets in this file.
func damages() []damage {
	all := []damage{{}, {sums: true}, {cut: 1, with: "["}, {at: 9999, cut: 3}, {with: "\n"}, {with: "\x00\n"}, {at: 65000, with: "{"}}
	for op := range uint8(6) {
		for from := range uint8(8) {
			all = append(all, damage{op: op, from: from, to: from + 1, sums: from%2 == 0}, damage{op: op, from: from, to: 3 * from, sums: from%2 == 1})
		}
	}
	return all
}

// replacements are changes of the records of a journal that a bit flip or a careless editor makes.
var replacements = []struct{ old, with string }{
	{`"rows":2`, `"rows":-2`}, {`"rows":2`, `"rows":9999999999999`}, {`"rows":2`, `"rows":0`}, {`"rows":2`, `"rows":1`}, {`"rows":2`, `"rows":3`},
	{`"rows":5`, `"rows":4`}, {`"rejected":0`, `"rejected":1`}, {`"rejected":0`, `"rejected":-1`}, {`"bytes":`, `"bytes":-`}, {`"parts":[{`, `"parts":[],"x":[{`}, {`"parts":[{`, `"parts":null,"x":[{`},
	{`"version":2`, `"version":1`}, {`"version":2`, `"version":3`}, {`"part":1`, `"part":0`}, {`"part":1`, `"part":2`}, {`"part":1`, `"part":-1`}, {`"part":1`, `"part":4`},
	{`"job_id":"import-`, `"job_id":"`}, {`"job_id":"`, `"job_id":"","x":"`}, {`"job":{`, `"x":{`}, {`"close":{`, `"x":{`}, {`"imported":2`, `"imported":-2`}, {`"imported":2`, `"imported":3`}, {`"imported":2`, `"imported":0`},
	{`"event":"ended"`, `"event":"closed"`}, {`"event":"closed"`, `"event":"ended"`}, {`"event":"uploaded"`, `"event":"starting"`}, {`"event":"creating"`, `"event":"created"`},
	{`"close":{"imported"`, `"close":{"rest":{"rows":1,"bytes":1,"sha256":"x"},"imported"`}, {`"Status":"Succeeded"`, `"Status":"Stopped"`}, {`"Status":"Succeeded"`, `"Status":"what"`},
	{`"columns":["`, `"columns":["x","`}, {`"event":"created"`, `"event":"targeted"`}, {`"event":"created"`, `"event":"begun"`}, {`"event":"created"`, `"event":"planned"`}, {`"event":`, `"Event":`},
	{`"sha256":"`, `"sha256":"x`}, {`"kind":"users"`, `"kind":"cognito"`}, {`"kind":"users"`, `"kind":"users","name":"/x"`}, {`{"event":"planned"`, "{}\n" + `{"event":"planned"`},
}

// journalOf returns the journal of an import of five users in three parts, the second of which was stopped.
func journalOf(f *testing.F) string {
	dir := filepath.Join(f.TempDir(), "import")
	m := newCognito(f, memory.Options{RowsPerSecond: 10})
	opts := &bulk.Options{PartRows: 2, Target: bulk.Target{Backend: "aws", Region: "us-west-2"}, Wait: quick}
	opts.OnProgress = func(p bulk.Progress) {
		if p.Part == 2 && p.Job.ImportedUsers == 1 && p.Job.Status == importjob.StatusInProgress {
			_, err := m.Stop(f.Context(), p.Job.Ref())
			require.NoError(f, err)
		}
	}
	_, err := importQuickly(f.Context(), m, input(), sequence(good(5)...), dir, opts)
	var job *importjob.JobError
	require.ErrorAs(f, err, &job)
	opts.Resume = true
	s, err := importQuickly(f.Context(), m, input(), sequence(good(5)...), dir, opts)
	require.NoError(f, err)
	require.Equal(f, bulk.Counts{Imported: 5}, s.Counts)
	return readFile(f, filepath.Join(dir, "journal.jsonl"))
}

// journals returns real journals: one of this version, and two of version 1.
func journals(f *testing.F) []string {
	all := []string{journalOf(f)}
	for _, stage := range []string{"file/23-all-closed", "users/5-all-closed"} {
		all = append(all, readFile(f, filepath.Join(v1Path, stage, "import", "journal.jsonl")))
	}
	return all
}

// FuzzJournal reads damaged journals. The error is ErrJournal. Without new checksums, a journal of this version is read
// only if its lines are the first lines of the real one.
func FuzzJournal(f *testing.F) {
	all := journals(f)
	add := func(which uint8, d damage) { f.Add(which, d.op, d.from, d.to, d.at, d.cut, d.old, d.with, d.sums) }
	for _, d := range damages() {
		add(0, d)
	}
	for which := range all {
		for _, r := range replacements {
			add(uint8(which), damage{old: r.old, with: r.with, sums: true})
		}
	}
	states := map[string]bulk.JournalState{}
	lines := ""
	for line := range strings.Lines(all[0]) {
		lines += line
		state, err := bulk.StateOf([]byte(lines))
		require.NoError(f, err)
		require.Empty(f, bulk.CheckState(state))
		states[lines] = state
	}
	f.Fuzz(func(t *testing.T, which, op, from, to uint8, at, cut uint16, old, with string, sums bool) {
		if len(old)+len(with) > 300 {
			return
		}
		journal := all[int(which)%len(all)]
		text := damage{op, from, to, at, cut, old, with, sums}.apply(journal)
		state, err := bulk.StateOf([]byte(text))
		if err != nil {
			if !errors.Is(err, bulk.ErrJournal) {
				t.Fatalf("%v\n%s", err, text)
			}
			return
		}
		if fault := bulk.CheckState(state); fault != "" {
			t.Fatalf("%s:\n%s", fault, text)
		}
		whole := text[:strings.LastIndexByte(text, '\n')+1]
		if want, isPrefix := states[whole]; isPrefix {
			require.Equal(t, want, state)
		} else if whole != "" && !sums && journal == all[0] && !strings.Contains(text, `"version":1`) {
			t.Fatalf("read, although it was changed:\n%s", text)
		}
	})
}

var errKilled = errors.New("killed")

// FuzzResume kills an import after one of its records, damages the journal, and resumes. If that is possible, each user
// is in the pool, and one job has imported it.
func FuzzResume(f *testing.F) {
	add := func(at uint8, d damage) { f.Add(at, d.op, d.from, d.to, d.at, d.cut, d.old, d.with, d.sums) }
	base := f.TempDir()
	for at := range uint8(18) {
		add(at, damage{})
		add(at, damage{op: 4, from: at})
		add(at, damage{at: uint16(at) * 100, with: "x"})
	}
	for i, r := range replacements {
		add(uint8(i)%18, damage{old: r.old, with: r.with, sums: true})
		add(100, damage{old: r.old, with: r.with, sums: true})
	}
	f.Fuzz(func(t *testing.T, kill, op, from, to uint8, at, cut uint16, old, with string, sums bool) {
		if len(old)+len(with) > 300 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			dir, err := os.MkdirTemp(base, "")
			require.NoError(t, err)
			defer os.RemoveAll(dir)
			dir = filepath.Join(dir, "import")
			m := newCognito(t, memory.Options{})
			journal := killed(t, dir, m, int(kill))
			d := damage{op, from, to, at, cut, old, with, sums}
			text := d.apply(journal)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "journal.jsonl"), []byte(text), 0o600))
			s, err := bulk.ImportWith(t.Context(), m, input(), sequence(good(5)...), dir,
				&bulk.Options{Resume: true, PartRows: 2, BusyPatience: time.Minute}, bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}, SorterBytes: 4096})
			trusted := !sums && !strings.Contains(text, `"version":1`) // nobody has forged the journal
			if err != nil {
				if trusted && !errors.Is(err, bulk.ErrJournal) {
					t.Fatalf("%v\n%s", err, text)
				}
				return
			}
			requireAllImported(t, m, s, trusted, text)
		})
	})
}

// killed plans and runs an import of five users in three parts. It ends when a number of records after the plan has been
// written. It returns the journal.
func killed(t testing.TB, dir string, m *memory.Cognito, records int) string {
	written := 0
	hooks := bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}, SorterBytes: 4096, Step: func(name string) error {
		if strings.HasPrefix(name, "journaled ") {
			if written++; written > 2+records {
				return errKilled
			}
		}
		return nil
	}}
	_, err := bulk.ImportWith(t.Context(), m, input(), sequence(good(5)...), dir, &bulk.Options{PartRows: 2, Wait: quick}, hooks)
	if err != nil {
		require.ErrorIs(t, err, errKilled)
	}
	return readFile(t, filepath.Join(dir, "journal.jsonl"))
}

// requireAllImported demands that an import has no user left out, and that no two jobs have imported one.
func requireAllImported(t *testing.T, m *memory.Cognito, s bulk.Summary, trusted bool, text string) {
	imported := int64(0)
	for job, err := range importjob.Jobs(t.Context(), m, poolID) {
		require.NoError(t, err)
		imported += job.ImportedUsers
	}
	users := int64(len(usernames(t, m)))
	require.Equal(t, users, imported, text)
	require.EqualValues(t, s.Rows, s.Imported+s.Skipped+s.Failed+s.Unknown+s.Rejected, text)
	if trusted && (users != 5 || s.Imported+s.Skipped != 5) {
		t.Fatalf("%d users, %+v\n%s", users, s, text)
	}
}
