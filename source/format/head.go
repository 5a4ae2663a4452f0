package format

import "io"

// headSize is how much of a file recognition looks at.
const headSize = 64 << 10

// head is a stream whose first bytes have been read in advance.
type head struct {
	bytes []byte // those that Read has yet to return
	err   error  // the error after bytes, if the stream ended there
	rest  io.Reader
}

// readHead reads the first headSize bytes of the stream.
func readHead(r io.Reader) *head {
	h := &head{bytes: make([]byte, 0, headSize), rest: r}
	for len(h.bytes) < headSize && h.err == nil {
		h.bytes, h.err = readMore(h.bytes, r)
	}
	return h
}

// readMore reads into the free capacity of buf, which must not be 0. Unlike io.ReadFull, it keeps apart the errors of the stream.
func readMore(buf []byte, r io.Reader) ([]byte, error) {
	for range 100 {
		n, err := r.Read(buf[len(buf):cap(buf)])
		if n > 0 || err != nil {
			return buf[:len(buf)+n], err
		}
	}
	return buf, io.ErrNoProgress
}

// complete reports whether bytes is the whole stream.
func (h *head) complete() bool { return h.err != nil }

func (h *head) Read(p []byte) (int, error) {
	if len(h.bytes) > 0 {
		n := copy(p, h.bytes)
		h.bytes = h.bytes[n:]
		return n, nil
	}
	if h.err != nil {
		return 0, h.err
	}
	return h.rest.Read(p)
}
