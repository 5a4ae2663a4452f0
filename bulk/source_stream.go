package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// Stream returns a stream as a source, such as standard input or the body of an object in S3. A stream can be read only once, and
// a resumed import reads its input again. So [Plan] and [Import] first save r to the file input in the directory. Then they call of with the
// absolute path of this file, and import the Source that it returns:
//
//	bulk.Stream(os.Stdin, bulk.CognitoCSV)
//	bulk.Stream(body, func(path string) bulk.Source { return bulk.Export([]string{path}, opts) })
//
// The file stays in the directory, like the files of the parts. A compressed stream is saved as it is. Messages name the file input.
//
// A resumed import does not read r if the whole stream was saved. If it was not, because the process ended before, the import needs the
// stream again from its first byte. [Load] tells: its Source is nil if the stream is needed again. The example of Load is a program that can be
// killed at any time and called again. Any other source can take the place of a stream that was not saved completely.
//
// The end of r must mean that the stream is complete. If r returns an error other than io.EOF, the import ends with it, and the stream is not
// saved. When the context ends, the import returns after the current Read of r.
func Stream(r io.Reader, of func(path string) Source) Source { return stream{r, of} }

type stream struct {
	r  io.Reader
	of func(path string) Source
}

// streamKind is the kind of the identity of a stream that was not saved completely.
const streamKind = "stream"

func (s stream) identity() (identity, error) { return identity{Kind: streamKind}, nil }

func (s stream) plannedIdentity(identity) (identity, error) { return s.identity() }

func (s stream) open(sourceRules) (rowReader, error) {
	return nil, errors.New("the stream was not saved") // does not happen: importer.plan opens what saved returns
}

// savedInput is the source of a stream that was saved.
type savedInput struct{ Source }

func (s savedInput) identity() (identity, error) {
	id, err := s.Source.identity()
	id.Saved = true
	return id, err
}

func (s savedInput) plannedIdentity(was identity) (identity, error) {
	id, err := s.Source.plannedIdentity(was)
	id.Saved = true
	return id, err
}

// move changes the path of an input that was saved, in a directory that was moved since.
func (i *identity) move(path string) {
	if !i.Saved {
		return
	}
	if i.Name != "" {
		i.Name = path
	}
	if e := i.Export; e != nil && len(e.Paths) == 1 && len(e.Files) > 0 {
		e.Paths[0], e.Files[0].Name = path, path
	}
}

// saved returns the source that a plan can read: for a stream, the source of the file that has it. It saves the stream unless the
// directory has it already.
func (i *importer) saved(ctx context.Context, source Source) (Source, error) {
	s, isStream := source.(stream)
	unsaved := i.begun != nil && i.begun.Source.Kind == streamKind
	switch {
	case !isStream && unsaved: // the source takes the place of a stream that was not saved completely
		return source, i.dir.removeInput()
	case !isStream:
		return source, nil
	case i.begun == nil || unsaved:
		id, _ := s.identity()
		if err := i.begin(id); err != nil {
			return nil, err
		}
		if err := i.save(ctx, s.r); err != nil {
			return nil, err
		}
	case !i.begun.Source.Saved:
		return nil, ErrSourceChanged
	}
	path, err := filepath.Abs(i.dir.name(inputName))
	if err != nil {
		return nil, err
	}
	return savedInput{s.of(path)}, nil
}

// save writes a stream to a file, which is complete if it has its name.
func (i *importer) save(ctx context.Context, r io.Reader) error {
	return i.dir.write(inputName, func(w io.Writer) error {
		done, reported, buffer := int64(0), int64(0), make([]byte, fileBuffer)
		for {
			if done == 0 || done-reported >= bytesPerReport {
				i.opts.reportProgress(Progress{Phase: PhaseSaving, Bytes: done})
				reported = done
			}
			n, err := r.Read(buffer)
			if _, writeErr := w.Write(buffer[:n]); writeErr != nil {
				return writeErr
			}
			done += int64(n)
			if ctx.Err() != nil { // also at the end of a stream, which what ended ctx may have ended too
				return context.Cause(ctx)
			}
			if err == io.EOF {
				i.opts.reportProgress(Progress{Phase: PhaseSaving, Bytes: done})
				return nil
			}
			if err != nil {
				return fmt.Errorf("saving the input, after %d %s: %w", done, plural(done, "byte", "bytes"), err)
			}
		}
	})
}

// removeInput removes an input that was saved in part.
func (d *directory) removeInput() error {
	for _, name := range []string{inputName + draftSuffix, inputName} {
		if err := d.disk.RemoveAll(d.name(name)); err != nil {
			return err
		}
	}
	return nil
}
