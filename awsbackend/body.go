package awsbackend

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cognito-import/importjob"
)

// exactBody is the body of one PUT. It gives size bytes or fails, and it fails before it has
// given the last of them: a body that is too long is then an upload that breaks, of which S3
// keeps nothing.
//
// The HTTP client may still read when it has returned an answer. Close waits for such a Read and
// lets no later one through, so that the caller has the reader for itself again.
type exactBody struct {
	src io.Reader

	mu     sync.Mutex
	left   int64
	read   bool  // whether anything was asked of src
	fault  error // why the body cannot be given
	closed bool
}

var errBodyClosed = errors.New("the body is read after the request has ended")

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

// judge says why the body cannot be given after a Read that ended with err, or nil.
func (b *exactBody) judge(err error) error {
	switch {
	case err == io.EOF && b.left > 0:
		return &importjob.Error{Code: importjob.ErrS3IncompleteBody, Err: io.ErrUnexpectedEOF,
			Message: fmt.Sprintf("the body is %d bytes shorter than announced", b.left)}
	case err == io.EOF:
		return nil
	case err == nil && b.left == 0:
		return b.end()
	}
	return err
}

// end demands that nothing follows.
func (b *exactBody) end() error {
	n, err := b.fill(make([]byte, 1))
	switch {
	case n > 0:
		return &importjob.Error{Code: importjob.ErrS3IncompleteBody, Message: "the body is longer than announced"}
	case err == io.EOF:
		return nil
	}
	return err
}

// fill reads until there is a byte or an error.
func (b *exactBody) fill(p []byte) (int, error) {
	b.read = true
	for range 100 {
		if n, err := b.src.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// Close ends the reading.
func (b *exactBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

// checkEmpty demands that a body of no bytes has none.
func (b *exactBody) checkEmpty() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end()
}
