package bulk

import (
	"cmp"
	"errors"
	"slices"

	"github.com/cognito-import/importjob"
)

// This file keeps the drafts of the parts. A job has one password hashing algorithm, so each algorithm has drafts of
// its own.

// series is the drafts of one password hashing algorithm. All rows of a draft are before the rows of the next one.
type series struct {
	index     int
	algorithm importjob.PasswordHashingAlgorithm // "" if the rows have no hash, or the jobs ignore it
	checker   *importjob.RowChecker
	drafts    []*draft
	part      *partWriter // the last of drafts while it is written; nil between two drafts
}

// draft is a part that is not final. It can have rows whose username is on an earlier line of the source, and take
// rows of another draft.
type draft struct {
	partFile
	names       partNames
	first, last int // the lines of its first and its last row in the source
}

// seriesOf returns the series of an algorithm.
func (p *planner) seriesOf(algorithm importjob.PasswordHashingAlgorithm) (*series, error) {
	for _, s := range p.series {
		if s.algorithm == algorithm {
			return s, nil
		}
	}
	in := p.in
	in.PasswordHashingAlgorithm = algorithm
	if err := in.Validate(); err != nil { // so there are only as many series as the service has algorithms
		return nil, err
	}
	checker, err := importjob.NewRowChecker(p.pool, p.source.columns(),
		&importjob.CheckOptions{PasswordHashingAlgorithm: algorithm, Assumptions: p.opts.Assumptions})
	if err != nil {
		return nil, err
	}
	s := &series{index: len(p.series), algorithm: algorithm, checker: checker}
	p.series = append(p.series, s)
	return s, nil
}

// write writes a row to the last draft of a series, or to another one if that draft is full.
func (p *planner) write(s *series, line int, text []byte) error {
	if s.part != nil && (s.part.Rows >= p.opts.PartRows || s.part.Bytes+int64(len(text))+1 > p.opts.PartBytes) {
		if err := s.endDraft(); err != nil {
			return err
		}
	}
	if s.part == nil {
		part, names, err := p.createDraft()
		if err != nil {
			return err
		}
		s.part = part
		s.drafts = append(s.drafts, &draft{names: names})
		p.drafts = append(p.drafts, s.drafts[len(s.drafts)-1])
	}
	s.part.add(text, line)
	return nil
}

// createDraft makes the files of a draft.
func (p *planner) createDraft() (*partWriter, partNames, error) {
	p.files++
	names := namesOf(scratchName, p.files)
	w, err := p.dir.createPart(names, p.header)
	return w, names, err
}

// endDraft ends the draft that is being written, if there is one.
func (s *series) endDraft() error {
	if s.part == nil {
		return nil
	}
	err := s.part.close()
	last := s.drafts[len(s.drafts)-1]
	last.partFile, last.first, last.last = s.part.partFile, s.part.first, s.part.last
	s.part = nil
	return err
}

// endDrafts ends all drafts that are being written.
func (p *planner) endDrafts() error {
	var errs []error
	for _, s := range p.series {
		errs = append(errs, s.endDraft())
	}
	return errors.Join(errs...)
}

// replaceFiles removes the files of a draft. The draft has others, which a writer has written.
func (p *planner) replaceFiles(d *draft, w *partWriter, names partNames) error {
	old := d.names
	d.partFile, d.names, d.first, d.last = w.partFile, names, w.first, w.last
	return errors.Join(p.dir.disk.Remove(p.dir.name(old.csv)), p.dir.disk.Remove(p.dir.name(old.lines)))
}

// makeParts moves the files of the drafts to the parts, in the order of their first lines.
func (p *planner) makeParts() ([]partFile, error) {
	for _, s := range p.series {
		for _, d := range s.drafts {
			if s.algorithm != p.in.PasswordHashingAlgorithm {
				d.Algorithm = s.algorithm
			}
		}
	}
	drafts := slices.DeleteFunc(p.drafts, func(d *draft) bool { return d.Rows == 0 }) // other drafts have its rows, or all were duplicates
	slices.SortFunc(drafts, func(a, b *draft) int { return cmp.Compare(a.first, b.first) })
	var parts []partFile
	for _, draft := range drafts {
		parts = append(parts, draft.partFile)
		names := namesOf(partsName, len(parts))
		if err := p.dir.rename(draft.names.csv, names.csv); err != nil {
			return nil, err
		}
		if err := p.dir.rename(draft.names.lines, names.lines); err != nil {
			return nil, err
		}
	}
	return parts, nil
}
