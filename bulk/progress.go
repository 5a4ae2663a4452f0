package bulk

import "github.com/cognito-import/importjob"

// Phase is a phase of an import.
type Phase string

// The phases of an import, in this order. Importing and waiting can alternate.
const (
	PhaseSaving    Phase = "saving"    // saving a [Stream] to the directory
	PhasePlanning  Phase = "planning"  // reading the source and writing the plan
	PhaseImporting Phase = "importing" // running the jobs
	PhaseWaiting   Phase = "waiting"   // waiting until another job of the account has ended
	PhaseReporting Phase = "reporting" // writing the report
)

// Progress is the progress of an import. Options.OnProgress is called
//
//   - while saving, at the beginning, after each MiB and at the end
//   - while planning, at the beginning and about every 4,096 rows; for an [Export] with a second file also while the two are joined,
//     with Rows 0
//   - while importing and waiting, after each Describe of a job, so every second at first and every 30 seconds later: see Options.Wait
//   - while reporting, about every 4,096 rows
//
// The last call of a phase need not have all rows: Rows can be less than Total, and Bytes less than Size.
type Progress struct {
	Phase Phase
	Rows  int64 // rows read while planning, rows that jobs have processed, or rows written to the report
	Total int64 // rows that the phase will read, process or write in all; 0 while saving and planning
	Bytes int64 // while saving, bytes saved; while planning, bytes read, before decompression; otherwise 0
	Size  int64 // while planning, bytes to read in all; 0 if the source is not a file (then Bytes is 0, too), and in other phases. If two files are joined, each byte counts more than once
	Part  int   // the current part, from 1; 0 while saving, planning and reporting
	Parts int   // the number of parts; 0 while saving and planning

	// Job is the job of the part while importing, without its URL. While waiting, it is the other job if that is in the
	// same pool, and otherwise the job of the part, which waits for its start. It is zero while saving,
	// planning and reporting.
	Job importjob.UserImportJob
}

func (o *Options) reportProgress(p Progress) {
	if o.OnProgress != nil {
		p.Job.PreSignedURL = "" // a credential, which a log of the progress must not have
		o.OnProgress(p)
	}
}
