package awsbackend

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cognito-import/importjob"
)

// exactBody is the body of one PUT. It gives exactly size bytes, or it fails. If the source is too
// short or too long, it fails before it gives the last byte. The upload is then incomplete, and S3
// keeps nothing of it.
//
// The HTTP client may read the body after it has returned a response. Close waits for such a Read, and
// later Reads fail. So after Close only the caller reads the source.
type exactBody struct {
	src    io.Reader
	onRead func() error // called after each Read of src, whose bytes do not count if it returns an error; may be nil

	mu     sync.Mutex
	left   int64
	read   bool  // whether src was read
	fault  error // why the body failed
	closed bool
}

var errBodyClosed = errors.New("the body was read after the request ended")

func newExactBody(src io.Reader, size int64) *exactBody {
	return &exactBody{src: src, left: size}
}

func (b *exactBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return 0, errBodyClosed
	case b.fault != nil:
		return 0, b.fault
	case b.left == 0:
		return 0, io.EOF
	case len(p) == 0:
		return 0, nil
	}
	n, err := b.fill(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if b.fault = b.judge(err); b.fault != nil {
		return 0, b.fault
	}
	return n, nil
}

// judge returns the error of the body after a Read of the source that returned err.
func (b *exactBody) judge(err error) error {
	switch {
	case err == io.EOF && b.left > 0:
		return &importjob.Error{Code: importjob.ErrS3IncompleteBody, Err: io.ErrUnexpectedEOF,
			Message: fmt.Sprintf("the body is %d bytes shorter than the given size: pass its exact number of bytes", b.left)}
	case err == io.EOF:
		return nil
	case err == nil && b.left == 0:
		return b.end()
	}
	return err
}

// end returns an error if the source has more bytes.
func (b *exactBody) end() error {
	n, err := b.fill(make([]byte, 1))
	switch {
	case n > 0:
		return &importjob.Error{Code: importjob.ErrS3IncompleteBody, Message: "the body is longer than the given size: pass its exact number of bytes"}
	case err == io.EOF:
		return nil
	}
	return err
}

// fill reads from the source until it gets a byte or an error.
func (b *exactBody) fill(p []byte) (int, error) {
	b.read = true
	for range 100 {
		n, err := b.src.Read(p)
		if b.onRead != nil {
			if err := b.onRead(); err != nil {
				return 0, err
			}
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// Close makes later Reads fail. It waits for a Read in another goroutine.
func (b *exactBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

// checkEmpty returns an error if a body of size 0 has bytes.
func (b *exactBody) checkEmpty() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end()
}
