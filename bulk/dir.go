package bulk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"
)

// What stands in a directory. Everything in it is personal data, so nobody else may look.
const (
	journalName  = "journal.jsonl"
	lockName     = "lock"
	rejectedName = "rejected.csv"
	reportName   = "report.csv"
	summaryName  = "summary.json"
	htmlName     = "report.html"
	partsName    = "parts"
	scratchName  = "scratch" // what an unfinished plan leaves behind
	fileMode     = 0o600
	dirMode      = 0o700
)

// Why a directory is refused.
var (
	ErrDirInUse = errors.New("the directory is not empty: resume the import that it holds, or take another")
	ErrLocked   = errors.New("another process works in the directory")
)

// directory is the directory of one import. One process at a time has it locked.
type directory struct {
	path string
	made bool // openDirectory made the directory
	new  bool // the directory held no import when it was locked
	lock *flock.Flock
	step func(name string) error // hooks.step
}

// openDirectory opens and locks a directory. It makes the directory if there is none. Unless resume is
// set, the directory must be empty.
func openDirectory(path string, resume bool, step func(name string) error) (*directory, error) {
	_, statErr := os.Stat(path)
	d := &directory{
		path: path,
		made: errors.Is(statErr, os.ErrNotExist),
		lock: flock.New(filepath.Join(path, lockName), flock.SetPermissions(fileMode)),
		step: step,
	}
	if err := d.inspect(resume); err != nil { // before anything is written
		return nil, err
	}
	if err := os.MkdirAll(path, dirMode); err != nil {
		return nil, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil { // the directory itself must survive a crash
		return nil, err
	}
	if err := d.step("lock"); err != nil {
		return nil, err
	}
	switch locked, err := d.lock.TryLock(); {
	case err != nil:
		return nil, err
	case !locked:
		return nil, fmt.Errorf("%s: %w", path, ErrLocked)
	}
	if err := d.inspect(resume); err != nil { // another process may have begun an import meanwhile
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// inspect refuses a directory that cannot be used, and sets d.new. A directory that does not exist can be
// used.
func (d *directory) inspect(resume bool) error {
	entries, err := os.ReadDir(d.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	hasJournal := slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == journalName })
	// A process that ends between the lock and the journal leaves the lock alone.
	hasOthers := slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() != lockName })
	switch {
	case hasOthers && !resume:
		return fmt.Errorf("%s: %w", d.path, ErrDirInUse)
	case hasOthers && !hasJournal: // the files of somebody must not be taken for those of a half-made plan
		return fmt.Errorf("%s: the directory holds something else than an import: take another", d.path)
	}
	d.new = !hasOthers
	return nil
}

// close gives the directory free.
func (d *directory) close() error { return d.lock.Close() }

// name returns the path of a file.
func (d *directory) name(elem ...string) string {
	return filepath.Join(append([]string{d.path}, elem...)...)
}

// partNames are the names of the files of one part.
type partNames struct {
	csv      string // what is uploaded
	lines    string // which lines of the source its rows come from
	outcomes string // what became of the rows that were not imported
}

func namesOf(dir string, part int) partNames {
	base := filepath.Join(dir, fmt.Sprintf("%04d", part))
	return partNames{base + ".csv", base + ".lines", base + ".outcomes.csv"}
}

// clear removes what an unfinished plan has left, and makes room for the next.
func (d *directory) clear() error {
	for _, name := range []string{scratchName, partsName, rejectedName} {
		if err := d.step("remove " + name); err != nil {
			return err
		}
		if err := os.RemoveAll(d.name(name)); err != nil {
			return err
		}
	}
	for _, name := range []string{scratchName, partsName} {
		if err := os.Mkdir(d.name(name), dirMode); err != nil {
			return err
		}
	}
	return syncDir(d.path)
}

// removeScratch removes what a plan needs no more.
func (d *directory) removeScratch() error { return os.RemoveAll(d.name(scratchName)) }

// removeAll removes the state of an import, and the directory if it was made for it.
func (d *directory) removeAll() error {
	for _, name := range []string{scratchName, partsName, rejectedName, rejectedName + ".new", journalName, lockName} {
		if err := os.RemoveAll(d.name(name)); err != nil {
			return err
		}
	}
	if d.made {
		_ = os.Remove(d.path) // something else may be in it
	}
	return nil
}

// file is one that is being written.
type file struct {
	*bufio.Writer
	f *os.File
}

const fileBuffer = 256 << 10

// create begins a file.
func (d *directory) create(name string) (*file, error) {
	f, err := os.OpenFile(d.name(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return nil, err
	}
	return &file{bufio.NewWriterSize(f, fileBuffer), f}, nil
}

// close ends the file, once all of it is on the disk.
func (f *file) close() error {
	err := f.Flush()
	if err == nil {
		err = f.f.Sync()
	}
	return errors.Join(err, f.f.Close())
}

// discard closes the file without what is in the buffer.
func (f *file) discard() error { return f.f.Close() }

// rename gives a file another name. After a crash it has the one or the other.
func (d *directory) rename(from, to string) error {
	if err := d.step("rename to " + to); err != nil {
		return err
	}
	if err := os.Rename(d.name(from), d.name(to)); err != nil {
		return err
	}
	if err := d.step("renamed to " + to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(d.name(to)))
}

// write writes a file. After a crash it is there as a whole, or not at all.
func (d *directory) write(name string, write func(io.Writer) error) error {
	draft := name + ".new"
	f, err := d.create(draft)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.discard(), os.Remove(d.name(draft)))
	}
	if err := f.close(); err != nil {
		return errors.Join(err, os.Remove(d.name(draft)))
	}
	return d.rename(draft, name)
}

// syncDir makes the names in a directory outlive a crash.
func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if slices.ContainsFunc(unsyncable, func(e error) bool { return errors.Is(err, e) }) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// unsyncable are the errors of systems that cannot sync a directory, such as Windows.
var unsyncable = []error{errors.ErrUnsupported, os.ErrPermission, os.ErrInvalid}
