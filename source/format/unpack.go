package format

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	maxLayers     = 4        // of compression in compression
	maxZstdWindow = 64 << 20 // bytes that a zstd stream may want to keep in memory
)

// unpacked is a stream without its compression.
type unpacked struct {
	head   *head
	layers []string // "gzip" or "zstd", from the outside
	closes []func() // frees the decoders
}

func (u *unpacked) close() {
	for _, c := range u.closes {
		c()
	}
	u.closes = nil
}

// unpack removes gzip and zstd, which it recognizes by their first bytes.
func unpack(r io.Reader) (*unpacked, error) {
	u := &unpacked{head: readHead(r)}
	for {
		name := compression(u.head.bytes)
		if name == "" {
			return u, nil
		}
		if len(u.layers) == maxLayers {
			u.close()
			return nil, &UnsupportedError{What: fmt.Sprintf("compressed more than %d times", maxLayers), Advice: "decompress it first"}
		}
		if err := u.remove(name); err != nil {
			u.close()
			return nil, err
		}
	}
}

func compression(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "gzip"
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return "zstd"
	default:
		return ""
	}
}

// remove puts a decoder in front of the stream.
func (u *unpacked) remove(name string) error {
	var decoder io.Reader
	switch name {
	case "gzip":
		z, err := gzip.NewReader(u.head)
		if err != nil {
			return packedError(name, err)
		}
		decoder = z
	case "zstd":
		// With a concurrency of 1, the decoder has no goroutines.
		z, err := zstd.NewReader(u.head, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return packedError(name, err)
		}
		u.closes = append(u.closes, z.Close)
		decoder = z
	}
	u.layers = append(u.layers, name)
	u.head = readHead(&packed{name: name, r: decoder})
	return nil
}

// packed names the compression in the errors of a decoder.
type packed struct {
	name string
	r    io.Reader
}

func (p *packed) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if err != nil && err != io.EOF {
		err = packedError(p.name, err)
	}
	return n, err
}

func packedError(name string, err error) error {
	var unsupported *UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("%s: %w", name, ErrTruncated)
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return &UnsupportedError{What: fmt.Sprintf("zstd with a window of more than %d MiB", maxZstdWindow>>20), Advice: "decompress it first, with zstd -d --long=31"}
	default:
		return fmt.Errorf("%s: %w", name, err)
	}
}

// limited fails, and keeps failing, once more than limit bytes have been read. A limit of 0 means no limit.
type limited struct {
	r     io.Reader
	limit int64
	read  int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.limit <= 0 {
		return l.r.Read(p)
	}
	if l.read > l.limit {
		return 0, &SizeError{Limit: l.limit}
	}
	n, err := l.r.Read(p)
	if l.read += int64(n); l.read > l.limit {
		return n - int(l.read-l.limit), &SizeError{Limit: l.limit}
	}
	return n, err
}
