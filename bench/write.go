package main

import (
	"bytes"
	"encoding/csv"
	"io"

	"github.com/cognito-import/importjob"
)

// writing is 2,000 rows of an input in memory, which are written 100 times.
type writing struct {
	header  []string
	records [][]string
	maps    []importjob.Record
	times   int
}

func newWriting(in input) *writing {
	r := importjob.NewReader(bytes.NewReader(in.data))
	header, err := r.Read()
	if err != nil {
		panic(err)
	}
	w := &writing{header: header, times: 100}
	for len(w.records) < 2000 {
		record, err := r.Read()
		if err != nil {
			panic(err)
		}
		user := importjob.Record{}
		for i, value := range record {
			if value != "" {
				user[header[i]] = value
			}
		}
		w.records, w.maps = append(w.records, record), append(w.maps, user)
	}
	return w
}

// plain is W: it writes the rows with encoding/csv.
func (w *writing) plain() {
	out := csv.NewWriter(io.Discard)
	for range w.times {
		for _, record := range w.records {
			if err := out.Write(record); err != nil {
				panic(err)
			}
		}
	}
	out.Flush()
}

func (w *writing) rows() {
	out := w.writer()
	for range w.times {
		for _, record := range w.records {
			if err := out.Write(record); err != nil {
				panic(err)
			}
		}
	}
	must(out.Flush())
}

func (w *writing) users() {
	out := w.writer()
	for range w.times {
		for _, user := range w.maps {
			if err := out.WriteRecord(user); err != nil {
				panic(err)
			}
		}
	}
	must(out.Flush())
}

func (w *writing) writer() *importjob.Writer {
	out := importjob.NewWriter(io.Discard)
	must(out.Write(w.header))
	return out
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
