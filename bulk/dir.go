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

// The names in a directory, and the permissions. The files hold personal data, so only the owner may read
// them.
const (
	journalName  = "journal.jsonl"
	lockName     = "lock"
	rejectedName = "rejected.csv"
	reportName   = "report.csv"
	summaryName  = "summary.json"
	htmlName     = "report.html"
	partsName    = "parts"
	scratchName  = "scratch" // a directory for the files that a plan needs while it is made
	fileMode     = 0o600
	dirMode      = 0o700
)

// The errors about a directory that cannot be used.
var (
	// ErrDirInUse reports a directory that cannot be used for this import. Without Options.Resume, the
	// directory is not empty. With it, the directory holds an import with another user pool, job name or
	// password hashing algorithm. Use another directory, or resume the import in this one.
	ErrDirInUse = errors.New("the directory cannot be used for this import")

	// ErrLocked reports a directory that another Import, Plan or [Retry] has open, in this process or in
	// another one. Try again when it has ended.
	ErrLocked = errors.New("another import has the directory open: try again when it has ended")
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
	// A process that ends before it makes the journal leaves only the lock.
	hasOthers := slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() != lockName })
	switch {
	case hasOthers && !resume:
		return fmt.Errorf("%s: %w: it is not empty; resume the import in it, or use another directory", d.path, ErrDirInUse)
	case hasOthers && !hasJournal: // bulk did not write these files, and must not remove them
		return fmt.Errorf("%s: the directory has files that are not an import: use another directory", d.path)
	}
	d.new = !hasOthers
	return nil
}

// close unlocks the directory.
func (d *directory) close() error { return d.lock.Close() }

// name returns the path of a file in the directory.
func (d *directory) name(elem ...string) string {
	return filepath.Join(append([]string{d.path}, elem...)...)
}

// partNames are the names of the files of one part.
type partNames struct {
	csv      string // the file that is uploaded
	lines    string // the line in the source of each row
	outcomes string // the outcomes of the rows that were not imported
}

// namesOf returns the names of the files of a part, or of a draft, in dir.
func namesOf(dir string, part int) partNames {
	base := filepath.Join(dir, fmt.Sprintf("%04d", part))
	return partNames{csv: base + ".csv", lines: base + ".lines", outcomes: base + ".outcomes.csv"}
}

// resetPlan removes the files of a half-made plan, and makes the directories for the next one.
func (d *directory) resetPlan() error {
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

// removeScratch removes the files that a finished plan does not need.
func (d *directory) removeScratch() error { return os.RemoveAll(d.name(scratchName)) }

// removeAll removes the import, and the directory if openDirectory made it.
func (d *directory) removeAll() error {
	for _, name := range []string{scratchName, partsName, rejectedName, rejectedName + ".new", journalName, lockName} {
		if err := os.RemoveAll(d.name(name)); err != nil {
			return err
		}
	}
	if d.made {
		_ = os.Remove(d.path) // the directory may hold other files by now
	}
	return nil
}

// file is a file that is being written. Write errors stay until close.
type file struct {
	*bufio.Writer
	f *os.File
}

const fileBuffer = 256 << 10 // bytes

// create makes a file, or empties it.
func (d *directory) create(name string) (*file, error) {
	f, err := os.OpenFile(d.name(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return nil, err
	}
	return &file{Writer: bufio.NewWriterSize(f, fileBuffer), f: f}, nil
}

// close writes the rest of the file to the disk and closes it.
func (f *file) close() error {
	err := f.Flush()
	if err == nil {
		err = f.f.Sync()
	}
	return errors.Join(err, f.f.Close())
}

// discard closes the file without writing what is in the buffer.
func (f *file) discard() error { return f.f.Close() }

// rename renames a file. After a crash the file has one of the two names.
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

// write writes a file. After a crash the file is complete or does not exist.
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

// syncDir writes the names in a directory to the disk.
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

// unsyncable are the errors of a system that cannot sync a directory, such as Windows.
var unsyncable = []error{errors.ErrUnsupported, os.ErrPermission, os.ErrInvalid}
