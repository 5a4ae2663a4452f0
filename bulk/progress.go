package bulk

import "github.com/cognito-import/importjob"

// Phase is a phase of an import.
type Phase string

// The phases of an import: planning, importing, reporting. Waiting can interrupt importing.
const (
	PhasePlanning  Phase = "planning"  // reading the source and writing the plan
	PhaseImporting Phase = "importing" // running the jobs
	PhaseWaiting   Phase = "waiting"   // for the end of another job of the account
	PhaseReporting Phase = "reporting" // writing the report
)

// Progress is the progress of an import.
type Progress struct {
	Phase Phase
	Rows  int64                   // rows that the phase has done: rows read, rows with an outcome, or rows reported
	Total int64                   // rows that the phase will do; 0 if that is not known
	Part  int                     // the part that is imported, from 1; 0 in the other phases
	Parts int                     // all parts; 0 while planning
	Job   importjob.UserImportJob // the job of the part, or while waiting the other job; zero in the other phases
}

func (o *Options) reportProgress(p Progress) {
	if o.OnProgress != nil {
		o.OnProgress(p)
	}
}
