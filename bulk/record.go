package bulk

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cognito-import/importjob"
)

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
	eventTargeted event = "targeted" // from now on, the jobs run at this target, with this role
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

	Plan   *planInfo                `json:"plan,omitempty"`     // of begun
	Files  *planFiles               `json:"files,omitempty"`    // of planned
	Target *Target                  `json:"target,omitempty"`   // of targeted
	Role   string                   `json:"role_arn,omitempty"` // of targeted
	Part   int                      `json:"part,omitempty"`     // of all others, from 1
	JobID  string                   `json:"job_id,omitempty"`
	Job    *importjob.UserImportJob `json:"job,omitempty"`   // of ended, without its URL
	Close  *partResult              `json:"close,omitempty"` // of closed
}

// planInfo is what a resumed import must have in common with the import in the directory, and what a caller needs who
// resumes it and knows only the directory. Target, Role and Args are not in a journal of version 1.
type planInfo struct {
	Version    int                                `json:"version"`
	Name       string                             `json:"name"` // the names of the jobs begin with it
	JobName    string                             `json:"job_name"`
	UserPoolID string                             `json:"user_pool_id"`
	Algorithm  importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
	Source     identity                           `json:"source"`
	Target     Target                             `json:"target,omitzero"` // zero if the caller named none
	Role       string                             `json:"role_arn,omitempty"`
	Args       []string                           `json:"args,omitempty"` // Options.Args
}

// planFiles describes the files of a plan.
type planFiles struct {
	Rows     int64      `json:"rows"`
	Rejected int64      `json:"rejected"`
	SHA256   string     `json:"sha256,omitempty"` // of the input; "" if the input is not a file
	Columns  []string   `json:"columns"`
	Parts    []partFile `json:"parts"`
	Mapping  string     `json:"mapping,omitempty"` // of an export: the mapping file that was used, for people

	// Algorithms is set if the source said which algorithm the password hash of each row has. Then the lines of one
	// part can be between the lines of another.
	Algorithms bool `json:"algorithms,omitempty"`
}

// addUp reports whether each part has a number of rows that a job can have, and the rows of the parts and the rejected
// ones are all rows. The numbers are the size of what is read later.
func (p *planFiles) addUp() bool {
	sum := p.Rejected
	for _, part := range p.Parts {
		if !part.isPossible() {
			return false
		}
		sum += int64(part.Rows)
	}
	return p.Rejected >= 0 && p.Rejected <= p.Rows && sum == p.Rows
}

// partFile describes the file of a part.
type partFile struct {
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`

	// Algorithm is the password hashing algorithm of the job. "" means the one of the plan.
	Algorithm importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
}

// isPossible reports whether a job can have so many rows.
func (p partFile) isPossible() bool { return p.Rows >= 1 && p.Rows <= importjob.MaxRows && p.Bytes > 0 }

// partResult is the result of a part.
type partResult struct {
	Counts
	NotToldApart int64  `json:"not_told_apart,omitempty"` // rows in Counts whose own outcome is not known
	Note         string `json:"note,omitempty"`           // why rows are unknown or not told apart

	// Rest is the file of one more part, with the rows that the stopped job of this part did not read. Counts does
	// not include them.
	Rest *partFile `json:"rest,omitempty"`
}

// addsUp reports whether each row of the part has one outcome or is in the file with the rest.
func (r *partResult) addsUp(file partFile) bool {
	sum := int64(0)
	for _, n := range []int64{r.Imported, r.Skipped, r.Failed, r.Unknown} {
		if n < 0 || n > int64(file.Rows) {
			return false
		}
		sum += n
	}
	if r.Rest != nil {
		if !r.Rest.isPossible() {
			return false
		}
		sum += int64(r.Rest.Rows)
	}
	return sum == int64(file.Rows) && r.NotToldApart >= 0 && r.NotToldApart <= sum
}

// state is the state of an import after the last record of the journal.
type state struct {
	begun   *planInfo   // nil before the first record
	planned *planFiles  // nil until the plan is complete
	files   []partFile  // of the parts: first the parts of the plan, then the parts with the rest of a stopped part
	parts   []partState // one for each of files
	target  Target      // zero if no caller has named one
	role    string      // of the jobs; "" in a journal of version 1
}

// partState is the state of a part.
type partState struct {
	creating bool                     // the account may have a job that the journal does not name
	jobID    string                   // of the newest job
	uploaded bool                     // the newest job has the file
	starting bool                     // the newest job may have been started
	job      *importjob.UserImportJob // the job after its end; nil before
	result   *partResult              // nil until the part is closed
	rest     int                      // the number of the part with the rows that the stopped job did not read, or 0
}

// apply changes the state by a record.
func (s *state) apply(r record) error {
	switch r.Event {
	case eventBegun:
		if r.Plan == nil || s.planned != nil {
			return fmt.Errorf("%w: it begins a second plan", ErrJournal)
		}
		*s = state{begun: r.Plan, target: r.Plan.Target, role: r.Plan.Role}
		return nil
	case eventPlanned:
		if r.Files == nil || !slices.Contains(r.Files.Columns, importjob.ColumnUsername) {
			return fmt.Errorf("%w: its plan has no files, or no column for the username", ErrJournal)
		}
		if !r.Files.addUp() {
			return fmt.Errorf("%w: the rows of its plan do not add up", ErrJournal)
		}
		s.planned, s.files, s.parts = r.Files, slices.Clone(r.Files.Parts), make([]partState, len(r.Files.Parts))
		return nil
	case eventTargeted:
		if r.Target == nil || s.planned == nil {
			return fmt.Errorf("%w: it names a target before the plan is complete", ErrJournal)
		}
		s.target, s.role = *r.Target, r.Role
		return nil
	}
	if r.Part < 1 || r.Part > len(s.parts) {
		return fmt.Errorf("%w: it names part %d, which is not in the plan", ErrJournal, r.Part)
	}
	if err := s.parts[r.Part-1].apply(r); err != nil {
		return err
	}
	if r.Event == eventClosed && !r.Close.addsUp(s.files[r.Part-1]) {
		return fmt.Errorf("%w: the outcomes of part %d do not add up to its rows", ErrJournal, r.Part)
	}
	if r.Event == eventClosed && r.Close.Rest != nil {
		s.files, s.parts = append(s.files, *r.Close.Rest), append(s.parts, partState{})
		s.parts[r.Part-1].rest = len(s.parts)
	}
	return nil
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
		if p.job == nil || r.Close == nil || p.result != nil {
			return fmt.Errorf("%w: it closes part %d, whose job has not ended, or closes it twice", ErrJournal, r.Part)
		}
		p.result = r.Close
	default:
		return fmt.Errorf("%w: it has an unknown record %q", ErrJournal, r.Event)
	}
	return nil
}
