package bulk

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
)

// Saved is what the directory of an import has about it. A program can resume the import with it. If Source is nil, the program must make the
// source again, as in the first call:
//
//	saved, err := bulk.Load(dir)
//	...
//	summary, err := bulk.Import(ctx, client, saved.Input, saved.Source, dir, &bulk.Options{Resume: true, Target: saved.Target})
type Saved struct {
	Input    importjob.CreateInput // of the last call; without the role in a directory of version 1
	Source   Source                // nil if it is not in the directory: [Records], [Rows], [Retry] with an Edit, a [Stream] not saved completely
	IsExport bool                  // Source is an [Export], also one of a saved [Stream]; its OnOpen and OnRead are not in the directory
	IsStream bool                  // the input is a [Stream], saved completely or not
	Target   Target                // zero if no call named one
	Args     []string              // Options.Args of the call that planned the import
}

// Load reads what the directory of an import has about it. It changes nothing, and does not lock the directory. The error is or wraps
// fs.ErrNotExist if the directory holds no import, [ErrJournal], [ErrDirUnsafe], or another error of the disk.
func Load(dir string) (Saved, error) {
	saved, err := load(dir)
	if err != nil {
		err = fmt.Errorf("bulk: %w", err)
	}
	return saved, err
}

func load(dir string) (Saved, error) {
	j, err := peek(dir)
	if err != nil {
		return Saved{}, err
	}
	return Saved{
		Input: importjob.CreateInput{
			JobName:                  j.begun.JobName,
			UserPoolID:               j.begun.UserPoolID,
			CloudWatchLogsRoleARN:    j.role,
			PasswordHashingAlgorithm: j.begun.Algorithm,
		},
		Source:   j.begun.Source.source(),
		IsExport: j.begun.Source.Export != nil,
		IsStream: j.begun.Source.Saved || j.begun.Source.Kind == streamKind,
		Target:   j.target,
		Args:     j.begun.Args,
	}, nil
}

// peek reads the journal of a directory that another process can have locked. It changes nothing.
func peek(dir string) (*journal, error) {
	text, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		return nil, fmt.Errorf("%s: the directory holds no import: %w", dir, err)
	}
	j := &journal{dir: &directory{path: dir}}
	if err := j.read(text); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := j.dir.inspect(true); err != nil {
		return nil, err
	}
	if err := j.checkLost(); err != nil {
		return nil, err
	}
	if j.begun == nil { // a process ended before it wrote the first record
		return nil, fmt.Errorf("%s: the directory holds no import: %w", dir, os.ErrNotExist)
	}
	return j, nil
}

// source returns the source with this identity, or nil if the identity does not say enough.
func (i identity) source() Source {
	if i.Saved {
		i.Saved = false
		if s := i.source(); s != nil {
			return savedInput{s}
		}
		return nil
	}
	kind := normalKind(i.Kind)
	comma, isCSV := strings.CutPrefix(kind, csvKind+" ")
	outcomes, _, isRetry := strings.Cut(kind, "] of ")
	switch {
	case i.Export != nil:
		return i.Export.source()
	case i.Name == "", isRowsKind(kind):
		return nil
	case kind == dialectKind:
		return CognitoCSV(i.Name)
	case kind == csvKind || isCSV:
		opts := &CSVOptions{Columns: i.Columns, Ignore: i.Ignored}
		if isCSV {
			opts.Comma, _ = utf8.DecodeRuneInString(comma)
		}
		return CSV(i.Name, opts)
	case isRetry:
		opts := &RetryOptions{}
		for _, o := range strings.Fields(strings.TrimPrefix(outcomes, "[")) {
			opts.Outcomes = append(opts.Outcomes, Outcome(o))
		}
		return Retry(i.Name, opts)
	}
	return nil
}
