package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// tasks yields the lines of the table. It yields all lines of one input before it generates the next input,
// so that only one is in memory.
func tasks(only string) iter.Seq[task] {
	return func(yield func(task) bool) {
		for _, set := range []struct {
			generate                       func() input
			read, check, write, writeUsers float64 // targets
		}{
			{sparse, 3.7, 2.0, 2.9, 1.05},
			{dense, 3.4, 1.9, 2.5, 0.9},
			{hostile, 3.0, 1.4, 0, 0},
		} {
			in := set.generate()
			lines := []task{
				{name: "read rows and fields", beside: "R: encoding/csv", target: set.read, mallocs: 64,
					ref: func() { readPlain(in.data) }, ours: func() { readRows(in.data) }},
				{name: "check on one core", beside: "R: encoding/csv", target: set.check, mallocs: 64,
					ref: func() { readPlain(in.data) }, ours: func() { check(in.data, 1) }},
				{name: "check on two cores", beside: "check on one core", target: 1.8, mallocs: 96, cores: 2,
					ref: func() { check(in.data, 1) }, ours: func() { check(in.data, 2) }},
			}
			if in.name == "sparse" {
				lines = append(lines,
					task{name: "check on one core", beside: "R+: with plain rules", target: 7,
						ref: func() { checkPlain(in.data) }, ours: func() { check(in.data, 1) }},
					task{name: "check: peak heap, MiB", target: 12.25, atMost: true, // 0.25 of it is the window of the Reader
						figure: func() float64 { return peakHeap(func() { check(in.data, 1) }) / (1 << 20) }})
			}
			if set.write > 0 {
				w := newWriting(in)
				lines = append(lines,
					task{name: "write rows", beside: "W: encoding/csv", target: set.write, mallocs: 64, ref: w.plain, ours: w.rows},
					task{name: "write from map[string]string", beside: "W: encoding/csv", target: set.writeUsers, ref: w.plain, ours: w.users})
			}
			if in.name == "sparse" {
				lines = append(lines, memoryTasks(in)...)
				lines = append(lines, describeTasks(in)...)
				lines = append(lines, wireTasks(in)...)
				lines = append(lines, processTasks(in)...)
			}
			for _, t := range lines {
				t.input = in.name
				if t.selected(only) && !yield(t) {
					return
				}
			}
		}
		for _, t := range slices.Concat(jobTasks(), signInTasks(), ndjsonTasks()) {
			if t.selected(only) && !yield(t) {
				return
			}
		}
		for t := range planTasks(only) {
			if !yield(t) {
				return
			}
		}
	}
}

var sink int

// readPlain is R: a plain program that reads the file with encoding/csv. It sets only the options that the file
// needs, and ReuseRecord.
func readPlain(data []byte) { readCSV(bytes.NewReader(data)) }

func readCSV(src io.Reader) {
	r := csv.NewReader(src)
	r.ReuseRecord = true
	r.FieldsPerRecord = -1 // encoding/csv splits values at the escaped commas of the dialect
	n := 0
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		for _, field := range record {
			n += len(field)
		}
	}
	sink += n
}

// readRows reads the file with importjob.Reader.
func readRows(data []byte) {
	r := importjob.NewReader(bytes.NewReader(data))
	n := 0
	for {
		row, err := r.ReadRow()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		for _, field := range row.Fields() {
			n += len(field)
		}
	}
	sink += n
}

// check checks the file with importjob.Check.
func check(data []byte, workers int) {
	opts := &importjob.CheckOptions{Workers: workers}
	for f, err := range importjob.Check(context.Background(), pool, bytes.NewReader(data), opts) {
		panic(f.String() + err.Error())
	}
}

// checkPlain is R+: R with the rules of the pool in simple code, and a map that finds duplicate usernames.
func checkPlain(data []byte) {
	r := csv.NewReader(strings.NewReader(strings.ReplaceAll(string(data), `\,`, ";")))
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		panic(err)
	}
	rules := plainRules(header)
	seen := map[string]struct{}{}
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		if !rules.good(record) {
			panic("a row that is not good")
		}
		username := strings.ToLower(record[rules.username])
		if _, twice := seen[username]; twice {
			panic("a username that is there twice")
		}
		seen[username] = struct{}{}
	}
	sink += len(seen)
}
