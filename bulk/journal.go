package bulk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The versions of a journal. A new journal has journalVersion. A journal of version 1 has no checksums. It goes on as
// version 1, so that a program of that version can continue it as well. A journal of any other version is refused.
const (
	journalVersion = 2
	noSumsVersion  = 1
)

// A line of version 2 ends with its checksum, which is a field of the JSON object.
const (
	sumPrefix = `,"crc32c":"`
	sumSuffix = "\"}\n"
	sumLength = len(sumPrefix) + 8 + len(sumSuffix)
	sumFormat = "%s" + sumPrefix + "%08x" + sumSuffix
)

// crcTable is the polynomial of the checksums, CRC-32C.
var crcTable = crc32.MakeTable(crc32.Castagnoli)

// journal is the file that records the steps of an import, one record a line. Each record is on the disk
// before a step that depends on it. A last line without a line end was cut off by a crash, and is ignored.
//
// In version 2, each line ends with a checksum of this line and of all lines before it. So a journal in which a bit
// was flipped, or a line was lost or moved, is refused.
type journal struct {
	state
	version int
	sum     uint32 // of the lines so far
	dir     *directory
	f       diskFile
}

// openJournal reads the journal of a directory, or makes an empty one.
func openJournal(d *directory) (*journal, error) {
	f, err := d.disk.OpenFile(d.name(journalName), os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, err
	}
	j := &journal{dir: d, f: f}
	err = j.load()
	if err == nil {
		err = d.disk.SyncDir(d.path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// load reads the records, and cuts off a last line without a line end.
func (j *journal) load() error {
	text, err := io.ReadAll(j.f)
	if err != nil {
		return err
	}
	if err := j.read(text); err != nil {
		return err
	}
	if err := j.checkLost(); err != nil {
		return err
	}
	whole := int64(bytes.LastIndexByte(text, '\n') + 1)
	if whole < int64(len(text)) {
		if err := j.f.Truncate(whole); err != nil {
			return err
		}
	}
	_, err = j.f.Seek(whole, io.SeekStart)
	return err
}

// checkLost returns an error if the directory has files that are later than the last record of the journal.
func (j *journal) checkLost() error {
	if j.begun == nil && j.dir.stray || j.planned == nil && j.dir.ended {
		return fmt.Errorf("%s: %w: it has lost its records: the directory has files that are later than its last record", j.dir.path, ErrJournal)
	}
	return nil
}

// read applies the records in the text of a journal.
func (j *journal) read(text []byte) error {
	j.version = journalVersion
	number := 0
	var tail []byte
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte{'\n'}) {
			tail = line
			break
		}
		number++
		if err := j.readLine(line, number); err != nil {
			return err
		}
	}
	// A crash leaves the begin of a line. A whole line with another byte than its line end was changed.
	if n := len(tail); n > 0 && j.version == journalVersion {
		if _, ok := j.check(append(tail[:n-1:n-1], '\n')); ok {
			return wrongSum(number + 1)
		}
	}
	return nil
}

// readLine applies the record of a line.
func (j *journal) readLine(line []byte, number int) error {
	sum, hasSum := j.check(line)
	if number == 1 && !hasSum {
		j.version = noSumsVersion
	}
	if j.version == journalVersion {
		if !hasSum {
			return wrongSum(number)
		}
		j.sum = sum
	}
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("%w: line %d: %w", ErrJournal, number, err)
	}
	if (number == 1 || r.Plan != nil) && (r.Plan == nil || r.Plan.Version != j.version) {
		return fmt.Errorf("%w: line %d: its version is neither %d nor %d, or it was changed", ErrJournal, number, noSumsVersion, journalVersion)
	}
	if err := j.apply(r); err != nil {
		return fmt.Errorf("line %d: %w", number, err)
	}
	if r.Plan != nil && r.Plan.Source.Saved {
		path, err := filepath.Abs(j.dir.name(inputName))
		if err != nil {
			return err
		}
		r.Plan.Source.move(path)
	}
	return nil
}

func wrongSum(number int) error {
	return fmt.Errorf("%w: line %d was changed: its checksum is wrong", ErrJournal, number)
}

// check returns the checksum at the end of a line, and reports whether it is right.
func (j *journal) check(line []byte) (uint32, bool) {
	if len(line) < sumLength {
		return 0, false
	}
	body := line[:len(line)-sumLength]
	sum := crc32.Update(j.sum, crcTable, body)
	return sum, string(line) == fmt.Sprintf(sumFormat, body, sum)
}

// add writes a record to the disk and applies it.
func (j *journal) add(r record) error {
	r.Time = time.Now().UTC().Truncate(time.Millisecond)
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	sum := j.sum
	if j.version == journalVersion {
		body := line[:len(line)-len("}\n")]
		sum = crc32.Update(j.sum, crcTable, body)
		line = fmt.Appendf(nil, sumFormat, body, sum)
	}
	name := string(r.Event)
	if r.Part > 0 {
		name = fmt.Sprintf("%s %d", r.Event, r.Part)
	}
	if err := j.checkHeld(); err != nil {
		return err
	}
	if err := j.dir.step("journal " + name); err != nil {
		return err
	}
	if _, err := j.f.Write(line); err != nil {
		return err
	}
	if err := j.dir.step("journaled, not synced " + name); err != nil {
		return err
	}
	if err := j.f.Sync(); err != nil {
		return err
	}
	if err := j.dir.step("journaled " + name); err != nil {
		return err
	}
	j.sum = sum
	return j.apply(r)
}

// checkHeld returns an error if the lock file or the journal was removed or replaced. Then another import can be at
// work in the directory.
func (j *journal) checkHeld() error {
	if err := j.dir.checkLock(); err != nil {
		return err
	}
	open, err := j.f.Stat()
	if err != nil {
		return err
	}
	return j.dir.isStill(journalName, open, ErrJournal)
}

func (j *journal) close() error { return j.f.Close() }
