package format

import (
	"bytes"
	"compress/gzip"

	"github.com/klauspost/compress/zstd"
)

func gzipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text)) // a bytes.Buffer has no errors
	_ = z.Close()
	return b.Bytes()
}

func zstded(text string) []byte {
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		panic(err)
	}
	_, _ = z.Write([]byte(text)) // a bytes.Buffer has no errors
	_ = z.Close()
	return b.Bytes()
}
