package importjob

import (
	"errors"
	"io"
	"sync"

	"github.com/cognito-import/importjob/internal/scan"
)

// checkConcurrently is checkRows with several goroutines, of which this is one. Each reads a chunk and
// checks it, so that the chunk stays in the cache of one processor. This one merges the batches too, in
// the order of the file. None outlives the call.
func (c *checker) checkConcurrently(f func(*batch) bool) error {
	w := newWorkers(c)
	var others sync.WaitGroup
	for range c.opts.Workers - 1 {
		others.Go(func() {
			for b := range w.free {
				if !w.work(b) {
					return
				}
			}
		})
	}
	defer others.Wait()
	defer w.dismiss()
	var next *batch
	for more := true; ; {
		if next == nil && len(w.queue) > 0 {
			next = <-w.queue
		}
		switch {
		case next == nil && !more:
			if w.panicked != nil {
				panic(w.panicked)
			}
			return endOf(w.end)
		case next != nil && (!more || len(w.free) == 0 || len(next.checked) > 0):
			<-next.checked
			if !f(next) {
				return nil
			}
			w.free <- next
			next = nil
		default:
			select {
			case b := <-w.free:
				more = w.work(b)
			default: // another one was faster
			}
		}
	}
}

// workers are the goroutines that check one file.
type workers struct {
	checker *checker
	free    chan *batch // to be read into; the goroutine that merges puts them here
	queue   chan *batch // that have been read, in the order of the file

	reading chan struct{} // full while a goroutine reads. It guards the rest, and is no mutex since a
	// goroutine that waits for one keeps the time of a synctest bubble from passing.
	end      error // why there is no more to read
	panicked any   // what the source panicked with, for the goroutine that merges
}

func newWorkers(c *checker) *workers {
	batches := c.opts.Workers * 2
	w := &workers{checker: c, free: make(chan *batch, batches), queue: make(chan *batch, batches),
		reading: make(chan struct{}, 1)}
	for range batches {
		w.free <- &batch{chunk: *scan.Grown(), checked: make(chan struct{}, 1)}
	}
	return w
}

// work reads a batch and checks it. It reports whether there was one.
func (w *workers) work(b *batch) bool {
	if !w.read(b) {
		return false
	}
	b.check(w.checker.rules)
	b.checked <- struct{}{}
	return true
}

var errPanicked = errors.New("the reader of this file panicked")

// read reads a batch and puts it into the queue. It reports whether there was one.
func (w *workers) read(b *batch) bool {
	w.reading <- struct{}{}
	defer func() { <-w.reading }()
	defer func() {
		if p := recover(); p != nil {
			w.end, w.panicked = errPanicked, p
		}
	}()
	if w.end == nil && !w.checker.read(b) {
		w.end = b.chunk.Err()
		if w.end == nil {
			w.end = io.ErrNoProgress
		}
	}
	if w.end != nil {
		return false
	}
	w.queue <- b
	return true
}

// dismiss makes the others end.
func (w *workers) dismiss() {
	for {
		select {
		case <-w.free:
		default:
			close(w.free)
			return
		}
	}
}
