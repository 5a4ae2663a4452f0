package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"path/filepath"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// importOrResume begins the import of a stream, or continues the one in dir, whatever state it is in.
func importOrResume(ctx context.Context, client importjob.Client, open func() io.Reader, dir string, onProgress func(bulk.Progress)) (bulk.Summary, error) {
	saved, err := bulk.Load(dir)
	if errors.Is(err, fs.ErrNotExist) {
		saved = bulk.Saved{Input: exampleInput} // the first call
	} else if err != nil {
		return bulk.Summary{}, err
	}
	if saved.Source == nil { // the stream was not saved completely: it is read from its first byte
		saved.Source = bulk.Stream(open(), func(path string) bulk.Source { return bulk.Export([]string{path}, nil) })
	}
	return bulk.Import(ctx, client, saved.Input, saved.Source, dir, &bulk.Options{Resume: true, Target: saved.Target, OnProgress: onProgress})
}

// This example is interrupted while its first job runs. The second call needs the directory only.
func ExampleLoad() {
	ctx := context.Background()
	cognito := newExamplePool(ctx)
	dir, remove := tempDir()
	defer remove()
	state := filepath.Join(dir, "import")
	open := func() io.Reader {
		fmt.Println("reading the stream")
		return strings.NewReader("username,email,email_verified\nann,ann@example.com,yes\nbob,bob@example.com,yes\n")
	}

	interrupted, interrupt := context.WithCancel(ctx)
	_, err := importOrResume(interrupted, cognito, open, state, func(p bulk.Progress) {
		if p.Phase == bulk.PhaseImporting {
			interrupt()
		}
	})
	fmt.Println(errors.Is(err, context.Canceled))

	summary, err := importOrResume(ctx, cognito, open, state, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(summary.Imported, "imported by", summary.Jobs, "job")
	// Output:
	// reading the stream
	// true
	// 2 imported by 1 job
}
