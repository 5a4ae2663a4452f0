package bulk

import (
	"errors"
	"io"
	"os"
	"slices"
)

// disk makes the changes of the file system that a later import depends on. osDisk is the only one in a program. A
// test has one that records the changes in order, and computes what a disk could hold after a power failure.
type disk interface {
	OpenFile(name string, flag int, perm os.FileMode) (diskFile, error)
	Mkdir(name string, perm os.FileMode) error
	Rename(from, to string) error
	Remove(name string) error
	RemoveAll(name string) error
	SyncDir(name string) error
}

// diskFile is a file of a disk. *os.File is one.
type diskFile interface {
	io.ReadWriteSeeker
	io.Closer
	Name() string
	Stat() (os.FileInfo, error)
	Sync() error
	Truncate(size int64) error
}

// osDisk is the file system of the operating system.
type osDisk struct{}

func (osDisk) OpenFile(name string, flag int, perm os.FileMode) (diskFile, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err // not f: a nil *os.File is not a nil diskFile
	}
	return f, nil
}

func (osDisk) Mkdir(name string, perm os.FileMode) error { return os.Mkdir(name, perm) }
func (osDisk) Rename(from, to string) error              { return os.Rename(from, to) }
func (osDisk) Remove(name string) error                  { return os.Remove(name) }
func (osDisk) RemoveAll(name string) error               { return os.RemoveAll(name) }

// SyncDir writes the names in a directory to the disk.
func (osDisk) SyncDir(name string) error {
	f, err := os.Open(name)
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
