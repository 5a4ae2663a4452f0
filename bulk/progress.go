package bulk

import "github.com/cognito-import/importjob"

// Phase is what an import is doing.
type Phase string

// The phases of an import, in their order. Waiting is one in between: for another job of the
// account.
const (
	PhasePlanning  Phase = "planning"
	PhaseImporting Phase = "importing"
	PhaseWaiting   Phase = "waiting"
	PhaseReporting Phase = "reporting"
)

// Progress says how far an import is.
type Progress struct {
	Phase Phase
	Rows  int64 // of the phase that are done: read, imported or not, reported
	Total int64 // rows of the phase; 0 when that is not known
	Part  int   // the part that is imported, from 1
	Parts int
	Job   importjob.UserImportJob // that is being looked at: the part's, or the one waited for
}

func (o *Options) tell(p Progress) {
	if o.OnProgress != nil {
		o.OnProgress(p)
	}
}
