package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// openFile opens a file that can be read as a stream: anything but a directory.
func openFile(name string) (*os.File, fs.FileInfo, error) {
	if name == "" {
		return nil, nil, errors.New("the name of the file is empty")
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s: is a directory", name)
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

// openInput opens a file that is read once; "-" is the standard input.
func openInput(name string, std *streams) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(std.in), nil
	}
	file, _, err := openFile(name)
	if err != nil {
		return nil, err // not a nil file, which would be no nil interface
	}
	return file, nil
}

// shown is how messages name a file.
func shown(name string) string {
	if name == "-" {
		return "<stdin>"
	}
	return name
}

// openUpload opens a file that can be uploaded: its size must be known beforehand, and it is read again
// afterwards, to tell which users failed.
func openUpload(name string) (*os.File, int64, error) {
	if name == "-" {
		return nil, 0, errors.New("the standard input cannot be uploaded: an upload needs the size beforehand")
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

// probe says why a file cannot be uploaded.
func probe(file *os.File, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file: an upload needs the size beforehand")
	}
	n, err := file.ReadAt(make([]byte, 1), 0)
	var pathErr *fs.PathError
	switch {
	case err != nil && err != io.EOF:
		if errors.As(err, &pathErr) {
			err = pathErr.Err // the name is said once
		}
		return fmt.Errorf("cannot be read: %w", err)
	case info.Size() == 0 && n > 0:
		return errors.New("not a file on disk: an upload needs the size beforehand")
	}
	return nil
}
