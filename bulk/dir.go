package bulk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

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
	inputName    = "input" // of a stream
	partsName    = "parts"
	scratchName  = "scratch" // a directory for the files that a plan needs while it is made
	draftSuffix  = ".new"    // of a file that is not complete
	fileMode     = 0o600
	dirMode      = 0o700
)

// The errors about a directory that cannot be used.
var (
	// ErrDirInUse reports a directory that cannot be used for this import. Without Options.Resume, the
	// directory is not empty. With it, the directory holds an import with another user pool, job name,
	// password hashing algorithm or [Target]. Use another directory, or resume the import in this one.
	ErrDirInUse = errors.New("the directory cannot be used for this import")

	// ErrLocked reports a directory that another Import, Plan or [Retry] has open, in this process or in
	// another one. Try again when it has ended. An Import whose lock file was removed or replaced returns
	// ErrLocked as well.
	ErrLocked = errors.New("another import has the directory open: try again when it has ended")

	// ErrDirUnsafe reports a directory of an import that other users can read or change, or in which a
	// symbolic link is in the place of a file. Other users may have changed what is imported.
	ErrDirUnsafe = errors.New("the directory is not safe")
)

// directory is the directory of one import. One process at a time has it locked.
type directory struct {
	path  string
	made  bool // openDirectory made the directory
	new   bool // the directory held no import when it was locked
	stray bool // it held files that only an import with a plan has
	ended bool // it held files that only an import with a job has
	lock  *flock.Flock
	disk  disk
	step  func(name string) error // hooks.step
}

// openDirectory opens and locks a directory. It makes the directory if there is none. Unless resume is
// set, the directory must be empty.
func openDirectory(path string, resume bool, h hooks) (*directory, error) {
	_, statErr := os.Stat(path)
	d := &directory{
		path: path,
		made: errors.Is(statErr, os.ErrNotExist),
		lock: flock.New(filepath.Join(path, lockName), flock.SetPermissions(fileMode)),
		disk: h.disk,
		step: h.step,
	}
	if err := d.inspect(resume); err != nil { // before anything is written
		return nil, err
	}
	if err := d.makeAll(path); err != nil {
		return nil, err
	}
	if err := d.disk.SyncDir(filepath.Dir(path)); err != nil { // an earlier process may have made it just before a crash
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
	err := d.inspect(resume) // another process may have begun an import meanwhile
	if err == nil {
		err = d.checkLock()
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// makeAll makes a directory and its missing parents. Each of them survives a power failure.
func (d *directory) makeAll(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(path)
	if err := d.makeAll(parent); err != nil {
		return err
	}
	if err := d.disk.Mkdir(path, dirMode); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return d.disk.SyncDir(parent)
}

// checkLock returns an error if the lock file is not the file that this import has locked. Then another import
// can have locked the other file.
func (d *directory) checkLock() error {
	held, err := d.lock.Stat()
	if err != nil {
		return err
	}
	return d.isStill(lockName, held, ErrLocked)
}

// isStill returns an error if a name in the directory is not the name of an open file any more.
func (d *directory) isStill(name string, open os.FileInfo, changed error) error {
	now, err := os.Lstat(d.name(name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err != nil || !os.SameFile(open, now) {
		return fmt.Errorf("%s was removed or replaced while it was open: %w", d.name(name), changed)
	}
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

const outcomesSuffix = ".outcomes.csv"

// namesOf returns the names of the files of a part, or of a draft, in dir.
func namesOf(dir string, part int) partNames {
	base := filepath.Join(dir, fmt.Sprintf("%04d", part))
	return partNames{csv: base + ".csv", lines: base + ".lines", outcomes: base + outcomesSuffix}
}

// resetPlan removes the files of a half-made plan, and makes the directories for the next one.
func (d *directory) resetPlan() error {
	for _, name := range []string{scratchName, partsName, rejectedName, rejectedName + draftSuffix} {
		if err := d.step("remove " + name); err != nil {
			return err
		}
		if err := d.disk.RemoveAll(d.name(name)); err != nil {
			return err
		}
	}
	for _, name := range []string{scratchName, partsName} {
		if err := d.disk.Mkdir(d.name(name), dirMode); err != nil {
			return err
		}
	}
	return d.disk.SyncDir(d.path)
}

// removeScratch removes the files that a finished plan does not need.
func (d *directory) removeScratch() error { return d.disk.RemoveAll(d.name(scratchName)) }

// removeAll removes the import, and the directory if openDirectory made it. The journal is the last file of the
// import, since without it the others are not an import.
func (d *directory) removeAll() error {
	for _, name := range []string{scratchName, partsName, rejectedName, rejectedName + draftSuffix, inputName, inputName + draftSuffix, journalName, lockName} {
		if err := d.disk.RemoveAll(d.name(name)); err != nil {
			return err
		}
	}
	if d.made {
		_ = d.disk.Remove(d.path) // the directory may hold other files by now
	}
	return nil
}

// file is a file that is being written. Write errors stay until close.
type file struct {
	*bufio.Writer
	f diskFile
}

const fileBuffer = 64 << 10 // bytes

// create makes a file, or empties it.
func (d *directory) create(name string) (*file, error) {
	f, err := d.disk.OpenFile(d.name(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
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
	if err := d.disk.Rename(d.name(from), d.name(to)); err != nil {
		return err
	}
	if err := d.step("renamed to " + to); err != nil {
		return err
	}
	return d.disk.SyncDir(filepath.Dir(d.name(to)))
}

// write writes a file. After a crash the file is complete or does not exist.
func (d *directory) write(name string, write func(io.Writer) error) error {
	draft := name + draftSuffix
	f, err := d.create(draft)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.discard(), d.disk.Remove(d.name(draft)))
	}
	if err := f.close(); err != nil {
		return errors.Join(err, d.disk.Remove(d.name(draft)))
	}
	return d.rename(draft, name)
}
