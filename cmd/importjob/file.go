package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// openFile opens a file, a pipe or a device, but not a directory.
func openFile(name string) (*os.File, fs.FileInfo, error) {
	if name == "" {
		return nil, nil, errors.New("the name of the file is empty; give a CSV file")
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s: is a directory; give a CSV file", name)
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

// openInput opens a file that is read once. "-" is the standard input.
func openInput(name string, std *streams) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(std.in), nil
	}
	file, _, err := openFile(name)
	if err != nil {
		return nil, err // file would be a non-nil interface with a nil pointer
	}
	return file, nil
}

// shown returns the name of a file in messages.
func shown(name string) string {
	if name == "-" {
		return "<stdin>"
	}
	return name
}

// openUpload opens a file for an upload and returns its size. It must be a regular file, since an upload needs the
// size first, and since the command reads the file again to find the usernames of the rows that failed.
func openUpload(name string) (*os.File, int64, error) {
	if name == "-" {
		return nil, 0, errors.New("the standard input cannot be uploaded, since an upload needs the size first; save it to a file")
	}
	file, info, err := openFile(name)
	if err != nil {
		return nil, 0, err
	}
	if err := probe(file, info); err != nil {
		file.Close()
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	return file, info.Size(), nil
}

// probe returns the reason why a file cannot be uploaded, or nil.
func probe(file *os.File, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file, and an upload needs the size first; copy it to a regular file")
	}
	n, err := file.ReadAt(make([]byte, 1), 0)
	var pathErr *fs.PathError
	switch {
	case err != nil && err != io.EOF:
		if errors.As(err, &pathErr) {
			err = pathErr.Err // the caller adds the name of the file
		}
		return fmt.Errorf("cannot be read: %w", err)
	case info.Size() == 0 && n > 0:
		return errors.New("its size is not known, and an upload needs the size first; copy it to a regular file")
	}
	return nil
}
