package bulk

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/cognito-import/importjob"
)

// partWriter writes the file of a part, and a file with the line in the source of each row. That file holds the
// distance of each line from the line before, as a varint.
type partWriter struct {
	partFile
	csv   *file
	lines *file
	sum   hash.Hash
	first int // the line of the first row in the source
	last  int // the line of the last row in the source

	chunk    []byte // what csv and sum do not have yet
	distance [binary.MaxVarintLen64]byte
}

// chunkBytes is how much is hashed at a time.
const chunkBytes = 16 << 10

// headerOf returns the header of a file with these columns, without the line end.
func headerOf(columns []string) ([]byte, error) {
	var b bytes.Buffer
	w := importjob.NewWriter(&b)
	if err := w.Write(columns); err != nil {
		return nil, err
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

// createPart makes the files of a part.
func (d *directory) createPart(names partNames, header []byte) (*partWriter, error) {
	csv, err := d.create(names.csv)
	if err != nil {
		return nil, err
	}
	lines, err := d.create(names.lines)
	if err != nil {
		return nil, errors.Join(err, csv.discard())
	}
	w := &partWriter{csv: csv, lines: lines, sum: sha256.New()}
	w.write(header)
	return w, nil
}

// write writes a line. Errors stay until close.
func (w *partWriter) write(line []byte) {
	w.chunk = append(append(w.chunk, line...), '\n')
	w.Bytes += int64(len(line)) + 1
	if len(w.chunk) >= chunkBytes {
		w.flush()
	}
}

func (w *partWriter) flush() {
	_, _ = w.csv.Write(w.chunk)
	_, _ = w.sum.Write(w.chunk)
	w.chunk = w.chunk[:0]
}

// add adds a row.
func (w *partWriter) add(row []byte, sourceLine int) {
	w.write(row)
	_, _ = w.lines.Write(w.distance[:binary.PutUvarint(w.distance[:], uint64(sourceLine-w.last))])
	if w.Rows == 0 {
		w.first = sourceLine
	}
	w.last = sourceLine
	w.Rows++
}

// close ends the files, and sets SHA256.
func (w *partWriter) close() error {
	w.flush()
	w.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	return errors.Join(w.csv.close(), w.lines.close())
}

// discard closes files that are not complete.
func (w *partWriter) discard() error { return errors.Join(w.csv.discard(), w.lines.discard()) }

// partReader reads the rows of a part, and the line in the source of each row.
type partReader struct {
	files  []*os.File
	reader *importjob.Reader
	lines  *bufio.Reader
	last   int // the line of the last row in the source
}

// openPart opens the files of a part.
func (d *directory) openPart(names partNames) (*partReader, error) {
	csv, err := os.Open(d.name(names.csv))
	if err != nil {
		return nil, err
	}
	lines, err := os.Open(d.name(names.lines))
	if err != nil {
		return nil, errors.Join(err, csv.Close())
	}
	r := &partReader{files: []*os.File{csv, lines}, reader: importjob.NewReader(csv), lines: bufio.NewReader(lines)}
	r.reader.NoLimits = true // the plan may have had other limits
	return r, nil
}

// next returns the next row and its line in the source. The row is valid until the next call.
func (r *partReader) next() (*importjob.Row, int, error) {
	row, err := r.reader.ReadRow()
	if err != nil {
		return nil, 0, err
	}
	distance, err := binary.ReadUvarint(r.lines)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", r.files[1].Name(), io.ErrUnexpectedEOF)
	}
	r.last += int(distance)
	return row, r.last, nil
}

func (r *partReader) close() {
	for _, f := range r.files {
		_ = f.Close()
	}
}
