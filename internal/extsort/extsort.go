// Package extsort sorts any number of records in limited memory, with the help of files.
package extsort

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
)

const (
	// DefaultBytes is the default of Sorter.MaxBytes.
	DefaultBytes = 16 << 20
	// DefaultRuns is the default of Sorter.FanIn.
	DefaultRuns = 64
	// MaxPayload is the length of the longest payload, in bytes.
	MaxPayload = 1<<16 - 1

	runBuffer = 64 << 10 // bytes of the buffer for one file
	fileMode  = 0o600    // the files have personal data
)

// Sorter sorts any number of records in limited memory. It writes the records that do not fit to files, each a
// sorted run, and merges the runs at the end. A record is a key and a payload of at most MaxPayload bytes. Records
// are in the order of their keys, then of their payloads. The caller removes the files.
type Sorter struct {
	Dir      string // for the runs
	Name     string // the names of the runs begin with it
	MaxBytes int    // of records in memory; 0 means DefaultBytes
	FanIn    int    // runs that are merged at a time; 0 means DefaultRuns

	arena    []byte // the payloads in memory
	refs     []ref  // the records in memory
	runs     []string
	runCount int // runs so far, for their names
}

// ref is a record in memory.
type ref struct {
	key    uint64
	offset uint32 // of the payload in the arena
	size   uint32 // of the payload
}

// Record is a record that is read.
type Record struct {
	Key     uint64
	Payload []byte // valid until the next record
}

// refSize is the size of a ref in bytes.
const refSize = 16

// Add adds a record. A payload of more than MaxPayload bytes is an error. It allocates all memory at the first call. The system does not provide memory that is
// not used, and slices that grow would need twice as much.
func (s *Sorter) Add(key uint64, payload []byte) error {
	if len(payload) > MaxPayload {
		return errors.New("extsort: the payload is too long")
	}
	if s.arena == nil {
		maxBytes := cmp.Or(s.MaxBytes, DefaultBytes)
		s.arena = make([]byte, 0, maxBytes*2/3)
		s.refs = make([]ref, 0, maxBytes/3/refSize)
	}
	if len(s.refs) > 0 && (len(s.arena)+len(payload) > cap(s.arena) || len(s.refs) == cap(s.refs)) {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.refs = append(s.refs, ref{key: key, offset: uint32(len(s.arena)), size: uint32(len(payload))})
	s.arena = append(s.arena, payload...)
	return nil
}

func (s *Sorter) payload(r ref) []byte { return s.arena[r.offset : r.offset+r.size] }

// sort sorts the records in memory. Hashes are spread evenly, so most of the work is done by their first bits.
func (s *Sorter) sort() {
	for _, bucket := range byFirstBits(s.refs) {
		s.sortBucket(bucket)
	}
}

const (
	firstBits = 11
	fewRefs   = 4096 // are sorted at once
)

// byFirstBits moves the records, in place, to buckets in the order of the first bits of their keys.
func byFirstBits(refs []ref) [][]ref {
	if len(refs) < fewRefs {
		return [][]ref{refs}
	}
	const buckets, shift = 1 << firstBits, 64 - firstBits
	var starts, ends [buckets]int
	for _, r := range refs {
		ends[r.key>>shift]++
	}
	at := 0
	all := make([][]ref, 0, buckets)
	for b, n := range ends {
		starts[b], ends[b] = at, at+n
		all = append(all, refs[at:at+n])
		at += n
	}
	for b := range starts {
		for starts[b] < ends[b] {
			r := refs[starts[b]]
			for own := r.key >> shift; own != uint64(b); own = r.key >> shift { // put it where it belongs, and take what was there
				refs[starts[own]], r = r, refs[starts[own]]
				starts[own]++
			}
			refs[starts[b]] = r
			starts[b]++
		}
	}
	return all
}

func (s *Sorter) sortBucket(refs []ref) {
	slices.SortFunc(refs, func(a, b ref) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return bytes.Compare(s.payload(a), s.payload(b))
	})
}

// spill writes the records in memory to a run.
func (s *Sorter) spill() error {
	s.sort()
	err := s.write(s.inMemory)
	s.arena, s.refs = s.arena[:0], s.refs[:0]
	if err == nil && len(s.runs) == cmp.Or(s.FanIn, DefaultRuns) {
		err = s.mergeAll()
	}
	return err
}

// inMemory iterates over the records in memory.
func (s *Sorter) inMemory(yield func(Record, error) bool) {
	for _, r := range s.refs {
		if !yield(Record{r.key, s.payload(r)}, nil) {
			return
		}
	}
}

// mergeAll merges all runs into one.
func (s *Sorter) mergeAll() error {
	runs := s.runs
	s.runs = nil
	if err := s.write(mergeRuns(runs)); err != nil {
		return err
	}
	for _, name := range runs {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// write writes a run. After a crash the sorting begins anew, so the run need not be on the disk.
func (s *Sorter) write(records iter.Seq2[Record, error]) (err error) {
	s.runCount++
	f, err := os.OpenFile(filepath.Join(s.Dir, fmt.Sprintf("%s-%d", s.Name, s.runCount)), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	s.runs = append(s.runs, f.Name())
	w := bufio.NewWriterSize(f, runBuffer)
	var head [10]byte
	for r, err := range records {
		if err != nil {
			return err
		}
		binary.LittleEndian.PutUint64(head[:], r.Key)
		binary.LittleEndian.PutUint16(head[8:], uint16(len(r.Payload)))
		_, _ = w.Write(head[:]) // the error stays until Flush
		_, _ = w.Write(r.Payload)
	}
	return w.Flush()
}

// All iterates over all records in order, once. After All, no record can be added.
func (s *Sorter) All() iter.Seq2[Record, error] {
	if len(s.runs) == 0 {
		s.sort()
		return s.inMemory
	}
	if err := s.spill(); err != nil {
		return func(yield func(Record, error) bool) { yield(Record{}, err) }
	}
	s.arena, s.refs = nil, nil
	return mergeRuns(s.runs)
}

// mergeRuns iterates over the records of several runs in order.
func mergeRuns(names []string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		var runs runHeap
		defer func() {
			for _, r := range runs {
				_ = r.file.Close()
			}
		}()
		for _, name := range names {
			r, err := openRun(name)
			if err != nil {
				yield(Record{}, err)
				return
			}
			runs = append(runs, r)
		}
		heap.Init(&runs)
		for len(runs) > 0 {
			r := runs[0]
			if !yield(r.head, nil) {
				return
			}
			err := r.next()
			switch {
			case err == io.EOF:
				_ = r.file.Close()
				heap.Pop(&runs)
			case err != nil:
				yield(Record{}, err)
				return
			default:
				heap.Fix(&runs, 0)
			}
		}
	}
}

// runReader reads a run.
type runReader struct {
	file *os.File
	in   *bufio.Reader
	head Record // the next record
}

// openRun opens a run and reads its first record. No run is empty.
func openRun(name string) (*runReader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r := &runReader{file: f, in: bufio.NewReaderSize(f, runBuffer)}
	err = r.next()
	if err == io.EOF {
		err = fmt.Errorf("%s: %w", name, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// next reads the next record into head. The error is io.EOF at the end.
func (r *runReader) next() error {
	var head [10]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return err
	}
	size := int(binary.LittleEndian.Uint16(head[8:]))
	r.head.Key = binary.LittleEndian.Uint64(head[:])
	r.head.Payload = slices.Grow(r.head.Payload[:0], size)[:size]
	if _, err := io.ReadFull(r.in, r.head.Payload); err != nil {
		return fmt.Errorf("%s: %w", r.file.Name(), io.ErrUnexpectedEOF)
	}
	return nil
}

// runHeap is a heap of runs by their next records.
type runHeap []*runReader

func (h runHeap) Len() int      { return len(h) }
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h runHeap) Less(i, j int) bool {
	a, b := h[i].head, h[j].head
	return a.Key < b.Key || a.Key == b.Key && bytes.Compare(a.Payload, b.Payload) < 0
}
func (h *runHeap) Push(x any) { *h = append(*h, x.(*runReader)) }
func (h *runHeap) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	*h = (*h)[:last]
	return r
}
