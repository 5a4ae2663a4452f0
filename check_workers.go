package importjob

import (
	"errors"
	"io"
	"sync"

	"github.com/cognito-import/importjob/internal/scan"
)

// checkConcurrently is checkRows with Workers goroutines, including the caller's. Each goroutine reads a
// chunk and checks it, so that the chunk stays in the cache of one processor. The caller's
// goroutine also calls f with the batches, in the order of the file. All other goroutines have ended
// when checkConcurrently returns.
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
	defer w.stop()
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
			default: // another goroutine took the batch
			}
		}
	}
}

// workers is the state that the goroutines of one check share.
type workers struct {
	checker *checker
	free    chan *batch // the batches to read into; only the caller's goroutine returns batches to it
	queue   chan *batch // the batches that have been read, in the order of the file

	// reading is a lock that guards the reader of the file and the fields below: it is full while a
	// goroutine holds it. It is not a mutex, because a goroutine that waits for a mutex stops
	// the clock of a testing/synctest bubble.
	reading  chan struct{}
	end      error // why reading has ended, io.EOF at the end of the file; nil before
	panicked any   // the value of a panic of the file's reader; the caller's goroutine panics with it
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

// work reads a batch and checks it. It returns false if there was nothing more to read.
func (w *workers) work(b *batch) bool {
	if !w.read(b) {
		return false
	}
	b.check(w.checker.rules)
	b.checked <- struct{}{}
	return true
}

var errPanicked = errors.New("the reader of this file panicked")

// read reads a batch and puts it into the queue. It returns false if there was nothing more to read.
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

// stop makes the other goroutines end after their current batch.
func (w *workers) stop() {
	for {
		select {
		case <-w.free:
		default:
			close(w.free)
			return
		}
	}
}
