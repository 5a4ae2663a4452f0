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

// journalVersion is the version of the records below. A journal of another version is refused.
const journalVersion = 1

// ErrJournal reports that journal.jsonl is damaged, that another version of this package wrote it, or that it does
// not match the other files in the directory. Restore the directory from a copy. Without a copy, import the source
// into another directory: the service skips the users that it has already.
var ErrJournal = errors.New("the journal does not describe an import that can continue")

// event is what a record of the journal reports. The record of a step that must not happen twice is written
// before the step; the other records are written after it.
type event string

const (
	eventBegun    event = "begun"    // a plan was begun
	eventPlanned  event = "planned"  // the plan is complete
	eventCreating event = "creating" // from now on, the account may have a job for the part
	eventCreated  event = "created"  // the job was created
	eventUploaded event = "uploaded" // the file of the part was uploaded to the job
	eventStarting event = "starting" // from now on, only this job may import the part
	eventEnded    event = "ended"    // the job ended
	eventClosed   event = "closed"   // the outcomes of the part are on the disk
)

// record is one line of the journal.
type record struct {
	Event event     `json:"event"`
	Time  time.Time `json:"time"`

	Plan  *planInfo                `json:"plan,omitempty"`  // of begun
	Files *planFiles               `json:"files,omitempty"` // of planned
	Part  int                      `json:"part,omitempty"`  // of all others, from 1
	JobID string                   `json:"job_id,omitempty"`
	Job   *importjob.UserImportJob `json:"job,omitempty"`   // of ended, without its URL
	Close *partResult              `json:"close,omitempty"` // of closed
}

// planInfo is what a resumed import must have in common with the import in the directory.
type planInfo struct {
	Version    int                                `json:"version"`
	Name       string                             `json:"name"` // the names of the jobs begin with it
	JobName    string                             `json:"job_name"`
	UserPoolID string                             `json:"user_pool_id"`
	Algorithm  importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
	Source     identity                           `json:"source"`
}

// planFiles describes the files of a plan.
type planFiles struct {
	Rows     int64      `json:"rows"`
	Rejected int64      `json:"rejected"`
	SHA256   string     `json:"sha256,omitempty"` // of the input; "" if the input is not a file
	Columns  []string   `json:"columns"`
	Parts    []partFile `json:"parts"`
}

// partFile describes the file of a part.
type partFile struct {
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// partResult is the result of a part.
type partResult struct {
	Counts
	NotToldApart int64  `json:"not_told_apart,omitempty"` // rows in Counts whose own outcome is not known
	Note         string `json:"note,omitempty"`           // why rows are unknown or not told apart
}

// state is the state of an import after the last record of the journal.
type state struct {
	begun   *planInfo   // nil before the first record
	planned *planFiles  // nil until the plan is complete
	parts   []partState // of the plan
}

// partState is the state of a part.
type partState struct {
	creating bool                     // the account may have a job that the journal does not name
	jobID    string                   // of the newest job
	uploaded bool                     // the newest job has the file
	starting bool                     // the newest job may have been started
	job      *importjob.UserImportJob // the job after its end; nil before
	result   *partResult              // nil until the part is closed
}

// apply changes the state by a record.
func (s *state) apply(r record) error {
	switch r.Event {
	case eventBegun:
		if r.Plan == nil || s.planned != nil {
			return fmt.Errorf("%w: it begins a second plan", ErrJournal)
		}
		*s = state{begun: r.Plan}
		return nil
	case eventPlanned:
		if r.Files == nil || !slices.Contains(r.Files.Columns, importjob.ColumnUsername) {
			return fmt.Errorf("%w: its plan has no files, or no column for the username", ErrJournal)
		}
		s.planned, s.parts = r.Files, make([]partState, len(r.Files.Parts))
		return nil
	}
	if r.Part < 1 || r.Part > len(s.parts) {
		return fmt.Errorf("%w: it names part %d, which is not in the plan", ErrJournal, r.Part)
	}
	return s.parts[r.Part-1].apply(r)
}

// apply changes the state of the part by a record about it.
func (p *partState) apply(r record) error {
	switch r.Event {
	case eventCreating:
		p.creating = true
	case eventCreated:
		*p = partState{creating: true, jobID: r.JobID}
	case eventUploaded:
		p.uploaded = true
	case eventStarting:
		*p = partState{creating: true, jobID: r.JobID, uploaded: true, starting: true}
	case eventEnded:
		p.job = r.Job
	case eventClosed:
		if p.job == nil || r.Close == nil {
			return fmt.Errorf("%w: it closes part %d, whose job has not ended", ErrJournal, r.Part)
		}
		p.result = r.Close
	default:
		return fmt.Errorf("%w: it has an unknown record %q", ErrJournal, r.Event)
	}
	return nil
}

// journal is the file that records the steps of an import, one record a line. Each record is on the disk
// before a step that depends on it. A last line without a line end was cut off by a crash, and is ignored.
type journal struct {
	state
	dir *directory
	f   *os.File
}

// openJournal reads the journal of a directory, or makes an empty one.
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

// load reads the records, and cuts off a last line without a line end.
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
			return fmt.Errorf("%w: its version is not %d", ErrJournal, journalVersion)
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

// add writes a record to the disk and applies it.
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
