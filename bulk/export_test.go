package bulk

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/cognito-import/importjob"
)

// The tests implement and watch a Disk.
type (
	Disk     = disk
	DiskFile = diskFile
)

// OSDisk is the file system.
func OSDisk() Disk { return osDisk{} }

// Hooks are the hooks that the tests in package bulk_test set.
type Hooks struct {
	Step        func(name string) error
	Disk        Disk // nil means the file system
	SorterBytes int
	SorterRuns  int
}

func (h Hooks) hooks() hooks {
	return hooks{step: h.Step, disk: h.Disk, sorterBytes: h.SorterBytes, sorterRuns: h.SorterRuns}
}

// ImportWith is Import with hooks.
func ImportWith(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h Hooks) (Summary, error) {
	return importWith(ctx, c, in, source, dir, opts, h.hooks())
}

// PlanWith is Plan with hooks.
func PlanWith(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h Hooks) (Planned, error) {
	return planWith(ctx, c, in, source, dir, opts, h.hooks())
}

// WithSums returns the text of a journal with new checksums, for a test that has changed its records.
func WithSums(journal string) string {
	var out strings.Builder
	sum := uint32(0)
	for line := range strings.Lines(journal) {
		body, _, _ := strings.Cut(strings.TrimSuffix(line, "}\n"), sumPrefix)
		sum = crc32.Update(sum, crcTable, []byte(body))
		fmt.Fprintf(&out, sumFormat, body, sum)
	}
	return out.String()
}

// ReadJournal reads the text of a journal.
func ReadJournal(text []byte) error {
	j := &journal{dir: &directory{}}
	return j.read(text)
}

// JournalState is the state after the last record of a journal.
type JournalState = state

// StateOf reads the text of a journal, and returns the state after it.
func StateOf(text []byte) (JournalState, error) {
	j := &journal{dir: &directory{}}
	err := j.read(text)
	return j.state, err
}

// CheckState returns what no import can have in its state, or "".
func CheckState(s JournalState) string {
	if len(s.files) != len(s.parts) {
		return "it has not one file for each part"
	}
	for n, p := range s.parts {
		switch file := s.files[n]; {
		case file.Rows < 1 || file.Rows > importjob.MaxRows:
			return fmt.Sprintf("part %d has %d rows", n+1, file.Rows)
		case p.rest != 0 && (p.rest <= n+1 || p.rest > len(s.parts)):
			return fmt.Sprintf("the rest of part %d is part %d", n+1, p.rest)
		case p.result != nil && p.job == nil:
			return fmt.Sprintf("part %d is closed without a job", n+1)
		}
	}
	return ""
}

// LinesOf returns the lines in the source of the rows of a part.
func LinesOf(dir string, part int) (lines []int, err error) {
	r, err := (&directory{path: dir}).openPart(namesOf(partsName, part))
	if err != nil {
		return nil, err
	}
	defer r.close()
	if _, err := r.reader.Header(); err != nil {
		return nil, err
	}
	for {
		_, line, err := r.next()
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
}
