package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/cognito-import/importjob"
)

// planner turns a source into the files of a plan. It reads the source once: a good row goes into
// the draft of a part, and its username to the duplicates. When those are known, the drafts that
// have some are written again without them.
type planner struct {
	dir        *directory
	opts       *Options
	source     rows
	header     []byte // of the parts
	checker    *importjob.RowChecker
	username   int // which value it is
	duplicates *duplicates

	part     *partWriter
	drafts   []draft
	rejected *rejectWriter
	rows     int64
}

// draft is a part of which duplicates may be taken out yet.
type draft struct {
	partFile
	last int // the line in the source of its last row
}

// newPlanner begins to read a source.
func (i *importer) newPlanner(pool importjob.Pool, source Source) (*planner, error) {
	rules := sourceRules{columns: pool.Header(), allowQuotes: !i.opts.Assumptions.RefuseQuotes}
	if i.in.PasswordHashingAlgorithm != "" && !slices.Contains(rules.columns, importjob.ColumnPasswordHash) {
		rules.columns = append(rules.columns, importjob.ColumnPasswordHash)
	}
	p := &planner{dir: i.dir, opts: i.opts}
	var err error
	if p.source, err = source.open(rules); err != nil {
		return nil, err
	}
	names := p.source.columns()
	p.checker, err = importjob.NewRowChecker(pool, names, &importjob.CheckOptions{
		PasswordHashingAlgorithm: i.in.PasswordHashingAlgorithm, Assumptions: i.opts.Assumptions})
	if err == nil {
		p.header, err = headerOf(names)
	}
	if err != nil {
		return nil, errors.Join(err, p.source.close())
	}
	p.username = slices.Index(names, importjob.ColumnUsername)
	p.duplicates = newDuplicates(pool, i.dir.name(scratchName), i.hooks)
	return p, nil
}

// plan writes the files.
func (p *planner) plan(ctx context.Context) (*inventory, error) {
	scratch := scratchName + "/" + rejectedName
	err := p.dir.write(scratch, func(w io.Writer) error {
		p.rejected = newRejectWriter(w, p.source.columns())
		if err := errors.Join(p.read(ctx), p.endPart()); err != nil {
			return err
		}
		return p.rejected.flush()
	})
	if err != nil {
		return nil, err
	}
	files := &inventory{Rows: p.rows, SHA256: p.source.digest(), Columns: p.source.columns()}
	reader, err := openRejects(p.dir.name(scratch))
	if err != nil {
		return nil, err
	}
	defer reader.close()
	err = p.dir.write(rejectedName, func(w io.Writer) error {
		s := finisher{p, reader, newRejectWriter(w, files.Columns), nil}
		if s.parts, err = s.finish(ctx); err != nil {
			return err
		}
		files.Parts, files.Rejected = s.parts, s.rejected.count
		return s.rejected.flush()
	})
	return files, err
}

// rowsPerLook is how many rows are planned between two looks at the context.
const rowsPerLook = 4096

// read drafts the parts. The last one is left open.
func (p *planner) read(ctx context.Context) error {
	for {
		if p.rows%rowsPerLook == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			p.opts.tell(Progress{Phase: PhasePlanning, Rows: p.rows})
		}
		row, err := p.source.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the input, after %d %s: %w", p.rows, plural(p.rows, "row", "rows"), err)
		}
		p.rows++
		if err := p.add(row); err != nil {
			return err
		}
	}
}

// add plans one row.
func (p *planner) add(s sourceRow) error {
	if s.row == nil {
		p.rejected.add(rejection{s.line, s.fault.Attribute, s.fault.Err.Error(), s.values})
		return nil
	}
	if f, bad := p.checker.Check(s.row); bad {
		p.rejected.add(rejection{s.line, f.Attribute, f.Reason, valuesOf(s.row)})
		return nil
	}
	text := s.row.Text()
	if p.part != nil && (p.part.Rows >= p.opts.PartRows || p.part.Bytes+int64(len(text))+1 > p.opts.PartBytes) {
		if err := p.endPart(); err != nil {
			return err
		}
	}
	if p.part == nil {
		var err error
		if p.part, err = p.dir.createPart(namesOf(scratchName, len(p.drafts)+1), p.header); err != nil {
			return err
		}
	}
	p.part.add(text, s.line)
	return p.duplicates.add(s.row.Field(p.username), s.line)
}

func (p *planner) endPart() error {
	if p.part == nil {
		return nil
	}
	err := p.part.close()
	p.drafts = append(p.drafts, draft{p.part.partFile, p.part.last})
	p.part = nil
	return err
}

// settlement takes the duplicates out of the drafts, and makes them parts.
type finisher struct {
	*planner
	before   *rejectReader // the rows that were rejected for themselves
	rejected *rejectWriter // those and the duplicates
	parts    []partFile
}

func (s *finisher) finish(ctx context.Context) ([]partFile, error) {
	twice := pullDuplicates(s.duplicates.all())
	defer twice.stop()
	for i, d := range s.drafts {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		names := namesOf(scratchName, i+1)
		if twice.err == nil && twice.head.line <= d.last {
			clean := namesOf(scratchName, len(s.drafts)+1)
			var err error
			if d.partFile, err = s.without(twice, names, clean); err != nil {
				return nil, err
			}
			names = clean
		}
		if twice.err != nil && twice.err != io.EOF {
			return nil, twice.err
		}
		if d.Rows == 0 { // none of them was the first with its username
			continue
		}
		s.parts = append(s.parts, d.partFile)
		part := namesOf(partsName, len(s.parts))
		if err := s.dir.rename(names.csv, part.csv); err != nil {
			return nil, err
		}
		if err := s.dir.rename(names.lines, part.lines); err != nil {
			return nil, err
		}
	}
	return s.parts, s.rejectBefore(math.MaxInt)
}

// without writes a draft again without its duplicates, which it rejects.
func (s *finisher) without(twice *duplicateCursor, from, to partNames) (partFile, error) {
	r, err := s.dir.openPart(from)
	if err != nil {
		return partFile{}, err
	}
	defer r.close()
	w, err := s.dir.createPart(to, s.header)
	if err != nil {
		return partFile{}, err
	}
	for {
		row, line, err := r.next()
		if err == io.EOF {
			err := w.close()
			return w.partFile, err
		}
		if err == nil && twice.err != nil && twice.err != io.EOF {
			err = twice.err
		}
		if err != nil {
			return partFile{}, errors.Join(err, w.close())
		}
		if twice.err != nil || twice.head.line != line {
			w.add(row.Text(), line)
			continue
		}
		if err := s.rejectBefore(line); err != nil {
			return partFile{}, errors.Join(err, w.close())
		}
		reason := fmt.Sprintf("%s The first is on line %d.", importjob.ReasonExists, twice.head.first)
		s.rejected.add(rejection{line, importjob.ColumnUsername, reason, valuesOf(row)})
		twice.advance()
	}
}

// rejectBefore copies the rejections of the rows before a line.
func (s *finisher) rejectBefore(line int) error {
	for ; s.before.err == nil && s.before.head.line < line; s.before.advance() {
		s.rejected.add(s.before.head)
	}
	if s.before.err == io.EOF {
		return nil
	}
	return s.before.err
}
