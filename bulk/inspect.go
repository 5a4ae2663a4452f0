package bulk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// inspect refuses a directory that cannot be used, and sets d.new, d.stray and d.ended. A directory that does not
// exist can be used.
func (d *directory) inspect(resume bool) error {
	entries, err := os.ReadDir(d.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	hasJournal, hasOthers := false, false
	d.stray, d.ended = false, false
	for _, e := range entries {
		switch strings.TrimSuffix(e.Name(), draftSuffix) {
		case lockName: // a process that ends before it makes the journal leaves only the lock
			continue
		case journalName:
			hasJournal = true
		case reportName, summaryName, htmlName:
			d.stray, d.ended = true, true
		case partsName, scratchName, rejectedName, inputName:
			d.stray = true
		}
		hasOthers = true
	}
	switch {
	case hasOthers && !resume:
		return fmt.Errorf("%s: %w: it is not empty; resume the import in it, or use another directory", d.path, ErrDirInUse)
	case hasOthers && !hasJournal: // bulk did not write these files, and must not remove them
		return fmt.Errorf("%s: the directory has files that are not an import: use another directory", d.path)
	}
	d.new = !hasOthers
	if err := d.checkMode(); err != nil {
		return err
	}
	if err := d.checkTypes("", entries); err != nil {
		return err
	}
	return d.inspectParts()
}

// inspectParts checks the files of the parts.
func (d *directory) inspectParts() error {
	entries, err := os.ReadDir(d.name(partsName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		d.ended = d.ended || strings.HasSuffix(strings.TrimSuffix(e.Name(), draftSuffix), outcomesSuffix)
	}
	return d.checkTypes(partsName, entries)
}

// othersMode are the permissions of everybody but the owner.
const othersMode = 0o077

// checkMode returns an error if other users can read or change the import in the directory. A directory without an
// import gets the permissions that an import needs.
func (d *directory) checkMode() error {
	info, err := os.Stat(d.path)
	if errors.Is(err, os.ErrNotExist) || runtime.GOOS == "windows" { // Windows has no such permissions
		return nil
	}
	if err == nil && info.Mode().Perm()&othersMode != 0 && d.new {
		if err := os.Chmod(d.path, dirMode); err != nil {
			return fmt.Errorf("other users can read the directory: %w", err)
		}
		info, err = os.Stat(d.path)
	}
	if err == nil && info.Mode().Perm()&othersMode != 0 {
		err = fmt.Errorf("%s: %w: other users can read or change it (mode %04o): check its files, and run: chmod %o %s", d.path, ErrDirUnsafe, info.Mode().Perm(), dirMode, d.path)
	}
	return err
}

// checkTypes returns an error if a name that bulk uses is not the name of a regular file, or of a directory. A
// symbolic link would lead outside of the directory.
func (d *directory) checkTypes(dir string, entries []os.DirEntry) error {
	for _, e := range entries {
		isDir := false
		switch name := strings.TrimSuffix(e.Name(), draftSuffix); {
		case dir == partsName:
		case name == partsName, name == scratchName:
			isDir = true
		case name == lockName, name == journalName, name == inputName, name == rejectedName, name == reportName, name == summaryName, name == htmlName:
		default: // bulk does not use it
			continue
		}
		if isDir && !e.IsDir() || !isDir && !e.Type().IsRegular() {
			kind := "a regular file"
			if isDir {
				kind = "a directory"
			}
			return fmt.Errorf("%s: %w: it is not %s", d.name(filepath.Join(dir, e.Name())), ErrDirUnsafe, kind)
		}
	}
	return nil
}
