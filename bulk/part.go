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

// partWriter writes the file of a part, and beside it which lines of the source its rows come from:
// the distance of each from the one before, as a varint.
type partWriter struct {
	partFile
	csv   *file
	lines *file
	sum   hash.Hash
	last  int // line in the source
}

// headerOf returns the header of a file with these columns, without the end of the line.
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
	for _, b := range [][]byte{line, {'\n'}} {
		_, _ = w.csv.Write(b)
		_, _ = w.sum.Write(b)
		w.Bytes += int64(len(b))
	}
}

// add adds a row.
func (w *partWriter) add(row []byte, sourceLine int) {
	w.write(row)
	var buf [binary.MaxVarintLen64]byte
	_, _ = w.lines.Write(buf[:binary.PutUvarint(buf[:], uint64(sourceLine-w.last))])
	w.last = sourceLine
	w.Rows++
}

func (w *partWriter) close() error {
	w.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	return errors.Join(w.csv.close(), w.lines.close())
}

// partReader reads the rows of a part, each with its line in the source.
type partReader struct {
	files  []*os.File
	reader *importjob.Reader
	lines  *bufio.Reader
	last   int
}

func (d *directory) openPart(names partNames) (*partReader, error) {
	csv, err := os.Open(d.name(names.csv))
	if err != nil {
		return nil, err
	}
	lines, err := os.Open(d.name(names.lines))
	if err != nil {
		return nil, errors.Join(err, csv.Close())
	}
	r := &partReader{[]*os.File{csv, lines}, importjob.NewReader(csv), bufio.NewReader(lines), 0}
	r.reader.NoLimits = true // those of the plan may be others
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
