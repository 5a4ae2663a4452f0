package bulk

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
	sorterBytes = 16 << 20 // of records that a sorter keeps in memory
	sorterRuns  = 64       // files that it merges at a time
	runBuffer   = 64 << 10 // for reading one of them
)

// sorter sorts any number of records in bounded memory: what does not fit is written to files in
// sorted runs, which are merged in the end. A record is a key and some bytes of less than 64 KiB;
// records are in the order of their keys, then of their bytes.
type sorter struct {
	dir    string // where the runs are
	name   string // what their names begin with
	most   int    // bytes in memory
	width  int    // runs that are merged at a time
	arena  []byte // the records
	places []place
	runs   []string
	made   int // runs so far
}

// place is where a record in memory is.
type place struct {
	key  uint64
	at   uint32
	size uint32
}

type sorted struct {
	key     uint64
	payload []byte
}

// placeSize is what a place weighs beside its record.
const placeSize = 16

// add adds a record. All memory is taken at once: what is not used of it costs nothing, and what
// grew would take twice as much.
func (s *sorter) add(key uint64, payload []byte) error {
	if s.arena == nil {
		s.arena = make([]byte, 0, s.most*2/3)
		s.places = make([]place, 0, s.most/3/placeSize)
	}
	if len(s.places) > 0 && (len(s.arena)+len(payload) > cap(s.arena) || len(s.places) == cap(s.places)) {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.places = append(s.places, place{key, uint32(len(s.arena)), uint32(len(payload))})
	s.arena = append(s.arena, payload...)
	return nil
}

func (s *sorter) payload(p place) []byte { return s.arena[p.at : p.at+p.size] }

func (s *sorter) sort() {
	slices.SortFunc(s.places, func(a, b place) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return bytes.Compare(s.payload(a), s.payload(b))
	})
}

// spill writes what is in memory to a run.
func (s *sorter) spill() error {
	s.sort()
	err := s.write(func(yield func(sorted, error) bool) {
		for _, p := range s.places {
			if !yield(sorted{p.key, s.payload(p)}, nil) {
				return
			}
		}
	})
	s.arena, s.places = s.arena[:0], s.places[:0]
	if err == nil && len(s.runs) == s.width {
		err = s.shrink()
	}
	return err
}

// shrink makes one run of all.
func (s *sorter) shrink() error {
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

// write writes a run. It need not outlive a crash: the sorting would begin anew.
func (s *sorter) write(records iter.Seq2[sorted, error]) (err error) {
	s.made++
	f, err := os.OpenFile(filepath.Join(s.dir, fmt.Sprintf("%s-%d", s.name, s.made)), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
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
		binary.LittleEndian.PutUint64(head[:], r.key)
		binary.LittleEndian.PutUint16(head[8:], uint16(len(r.payload)))
		_, _ = w.Write(head[:]) // the error stays until Flush
		_, _ = w.Write(r.payload)
	}
	return w.Flush()
}

// all iterates over all records in their order. Each is valid until the next. Nothing can be added
// any more.
func (s *sorter) all() iter.Seq2[sorted, error] {
	if len(s.runs) == 0 {
		s.sort()
		return func(yield func(sorted, error) bool) {
			for _, p := range s.places {
				if !yield(sorted{p.key, s.payload(p)}, nil) {
					return
				}
			}
		}
	}
	if err := s.spill(); err != nil {
		return func(yield func(sorted, error) bool) { yield(sorted{}, err) }
	}
	s.arena, s.places = nil, nil
	return mergeRuns(s.runs)
}

// mergeRuns iterates over the records of several runs in order.
func mergeRuns(names []string) iter.Seq2[sorted, error] {
	return func(yield func(sorted, error) bool) {
		var runs runHeap
		defer func() {
			for _, r := range runs {
				_ = r.file.Close()
			}
		}()
		for _, name := range names {
			f, err := os.Open(name)
			if err != nil {
				yield(sorted{}, err)
				return
			}
			r := &run{file: f, in: bufio.NewReaderSize(f, runBuffer)}
			runs = append(runs, r)
			if err := r.next(); err != nil { // no run is empty
				yield(sorted{}, err)
				return
			}
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
				yield(sorted{}, err)
				return
			default:
				heap.Fix(&runs, 0)
			}
		}
	}
}

// run is a sorted file that is being read.
type run struct {
	file *os.File
	in   *bufio.Reader
	head sorted
}

// next reads the next record into head.
func (r *run) next() error {
	var head [10]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return err
	}
	size := int(binary.LittleEndian.Uint16(head[8:]))
	r.head.key = binary.LittleEndian.Uint64(head[:])
	r.head.payload = slices.Grow(r.head.payload[:0], size)[:size]
	if _, err := io.ReadFull(r.in, r.head.payload); err != nil {
		return fmt.Errorf("%s: %w", r.file.Name(), io.ErrUnexpectedEOF)
	}
	return nil
}

// runHeap is a heap of runs by their next records.
type runHeap []*run

func (h runHeap) Len() int      { return len(h) }
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h runHeap) Less(i, j int) bool {
	a, b := h[i].head, h[j].head
	return a.key < b.key || a.key == b.key && bytes.Compare(a.payload, b.payload) < 0
}
func (h *runHeap) Push(x any) { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	*h = (*h)[:last]
	return r
}
