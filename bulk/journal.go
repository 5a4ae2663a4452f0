package bulk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/cognito-import/importjob"
)

// journalVersion is that of the records below. A journal of another one is refused.
const journalVersion = 1

// ErrJournal reports a journal that cannot be read, or was written by another version.
var ErrJournal = errors.New("the journal of the import cannot be read")

// event says what a record of the journal is about. What is about to happen is told before, where
// it must not happen twice; what has happened, after.
type event string

const (
	begun    event = "begun"    // a plan
	planned  event = "planned"  // all parts are there
	creating event = "creating" // a job for a part may exist from here on
	created  event = "created"
	uploaded event = "uploaded"
	starting event = "starting" // this job, and no other, may import the part from here on
	ended    event = "ended"    // the job
	closed   event = "closed"   // the part: its outcomes are there
)

// record is one line of the journal.
type record struct {
	Event event     `json:"event"`
	Time  time.Time `json:"time"`

	Plan  *beginning               `json:"plan,omitempty"`  // of begun
	Files *inventory               `json:"files,omitempty"` // of planned
	Part  int                      `json:"part,omitempty"`  // of all others
	JobID string                   `json:"job_id,omitempty"`
	Job   *importjob.UserImportJob `json:"job,omitempty"`   // of ended, without its URL
	Close *closing                 `json:"close,omitempty"` // of closed
}

// beginning is what an import must have in common with the one that is resumed.
type beginning struct {
	Version    int                                `json:"version"`
	Name       string                             `json:"name"` // what the names of its jobs begin with
	JobName    string                             `json:"job_name"`
	UserPoolID string                             `json:"user_pool_id"`
	Algorithm  importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
	Source     identity                           `json:"source"`
}

// inventory is what a plan has come to.
type inventory struct {
	Rows     int64      `json:"rows"`
	Rejected int64      `json:"rejected"`
	SHA256   string     `json:"sha256,omitempty"` // of the input, where that is a file
	Columns  []string   `json:"columns"`
	Parts    []partFile `json:"parts"`
}

// partFile describes the file of a part.
type partFile struct {
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// closing is what has become of the rows of a part.
type closing struct {
	Counts
	NotToldApart int64  `json:"not_told_apart,omitempty"` // rows that Counts has, but nobody knows which they are
	Note         string `json:"note,omitempty"`           // why there are rows unknown or not told apart
}

// state is what the journal comes to.
type state struct {
	begun   *beginning
	planned *inventory
	parts   []partState // of the plan
}

// partState is how far a part is.
type partState struct {
	creating bool                     // there may be a job that nobody knows of
	jobID    string                   // of the newest job
	uploaded bool                     // to that job
	starting bool                     // that job
	job      *importjob.UserImportJob // as it ended
	closing  *closing
}

// apply makes the state what it is after a record.
func (s *state) apply(r record) error {
	switch r.Event {
	case begun:
		if r.Plan == nil || s.planned != nil {
			return fmt.Errorf("%w: it begins anew", ErrJournal)
		}
		*s = state{begun: r.Plan}
		return nil
	case planned:
		if r.Files == nil || !slices.Contains(r.Files.Columns, importjob.ColumnUsername) {
			return fmt.Errorf("%w: it has a plan without files", ErrJournal)
		}
		s.planned, s.parts = r.Files, make([]partState, len(r.Files.Parts))
		return nil
	}
	if r.Part < 1 || r.Part > len(s.parts) {
		return fmt.Errorf("%w: there is no part %d", ErrJournal, r.Part)
	}
	p := &s.parts[r.Part-1]
	switch r.Event {
	case creating:
		p.creating = true
	case created:
		*p = partState{creating: true, jobID: r.JobID}
	case uploaded:
		p.uploaded = true
	case starting:
		*p = partState{creating: true, jobID: r.JobID, uploaded: true, starting: true}
	case ended:
		p.job = r.Job
	case closed:
		if p.job == nil || r.Close == nil {
			return fmt.Errorf("%w: part %d is closed without a job", ErrJournal, r.Part)
		}
		p.closing = r.Close
	default:
		return fmt.Errorf("%w: it has a record %q", ErrJournal, r.Event)
	}
	return nil
}

// journal tells what has been done, one record a line, each on the disk before anything that
// builds on it. A line without an end was never written as a whole, and does not count.
type journal struct {
	state
	dir *directory
	f   *os.File
}

// openJournal reads the journal of a directory, or begins one.
func openJournal(d *directory) (*journal, error) {
	f, err := os.OpenFile(d.name(journalName), os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, err
	}
	j := &journal{dir: d, f: f}
	err = j.load()
	if err == nil {
		err = syncDir(d.path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

func (j *journal) load() error {
	text, err := os.ReadFile(j.f.Name())
	if err != nil {
		return err
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	number := 0
	for line := range bytes.Lines(whole) {
		number++
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrJournal, number, err)
		}
		if number == 1 && (r.Plan == nil || r.Plan.Version != journalVersion) {
			return fmt.Errorf("%w: it is not of version %d", ErrJournal, journalVersion)
		}
		if err := j.apply(r); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := j.f.Truncate(int64(len(whole))); err != nil {
		return err
	}
	_, err = j.f.Seek(0, io.SeekEnd)
	return err
}

// add writes a record.
func (j *journal) add(r record) error {
	r.Time = time.Now().UTC().Truncate(time.Millisecond)
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	name := string(r.Event)
	if r.Part > 0 {
		name = fmt.Sprintf("%s %d", r.Event, r.Part)
	}
	if err := j.dir.step("journal " + name); err != nil {
		return err
	}
	if _, err := j.f.Write(append(line, '\n')); err != nil {
		return err
	}
	if err := j.dir.step("journaled, not synced " + name); err != nil {
		return err
	}
	if err := j.f.Sync(); err != nil {
		return err
	}
	if err := j.dir.step("journaled " + name); err != nil {
		return err
	}
	return j.apply(r)
}

func (j *journal) close() error { return j.f.Close() }
