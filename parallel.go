package importjob

import (
	"io"
	"runtime"
	"sync"
)

// parallel is All with goroutines, of which this is one. Each reads a window and judges it, so that
// a window stays in the cache of one processor. This one merges the verdicts too, in the order of the
// file. None outlives the call.
func (j *Judge) parallel(yield func(*Judged, error) bool) {
	if _, err := j.Header(); err != nil || j.err != nil {
		if j.err != io.EOF {
			yield(nil, j.err)
		}
		return
	}
	c := newCrew(j)
	var others sync.WaitGroup
	for range j.opts.Workers - 1 {
		others.Go(func() {
			for v := range c.free {
				if !c.work(v) {
					return
				}
			}
		})
	}
	defer others.Wait()
	defer c.dismiss()
	var next *verdicts
	for more := true; ; {
		if next == nil && len(c.queue) > 0 {
			next = <-c.queue
		}
		switch {
		case next == nil && !more:
			j.err = c.end
			switch {
			case c.panicked != nil:
				panic(c.panicked)
			case c.end != io.EOF:
				yield(nil, c.end)
			}
			return
		case next != nil && (!more || len(c.free) == 0 || len(next.ready) > 0):
			<-next.ready
			if !yield(j.merge(next), nil) || j.err != nil {
				return
			}
			c.free <- next
			next = nil
		default:
			select {
			case v := <-c.free:
				more = c.work(v)
			default: // another one was faster
			}
		}
	}
}

// crew are the goroutines that judge one file.
type crew struct {
	judge *Judge
	free  chan *verdicts // on windows to be read; whoever merges puts them here
	queue chan *verdicts // on windows that have been read, in the order of the file

	reading chan struct{} // full while somebody reads. It guards the rest, and is no mutex since a
	// goroutine that waits for one keeps the time of a synctest bubble from passing.
	end      error // why there is no more to read
	panicked any   // what the source panicked with, for the goroutine that merges
}

func newCrew(j *Judge) *crew {
	windows := j.opts.Workers * 2
	c := &crew{judge: j, free: make(chan *verdicts, windows), queue: make(chan *verdicts, windows),
		reading: make(chan struct{}, 1)}
	for range windows {
		v := &verdicts{ready: make(chan struct{}, 1)}
		v.window.buf = make([]byte, windowBytes+blockSize)
		c.free <- v
	}
	return c
}

// work reads a window and judges it. It reports whether there was one.
func (c *crew) work(v *verdicts) bool {
	if !c.read(v) {
		return false
	}
	v.judge(c.judge.rules)
	v.ready <- struct{}{}
	return true
}

// read reads a window and puts it into the queue. It reports whether there was one.
func (c *crew) read(v *verdicts) bool {
	c.lock()
	defer func() { <-c.reading }()
	defer func() {
		if p := recover(); p != nil {
			c.end, c.panicked = errLeft, p
		}
	}()
	if c.end == nil && !c.judge.read(v) {
		c.end = v.window.err
	}
	if c.end != nil {
		return false
	}
	c.queue <- v
	return true
}

// lock waits for the turn to read. Mostly another one is copying from memory, which takes less time
// than to be put to sleep and woken.
func (c *crew) lock() {
	for range 300 {
		select {
		case c.reading <- struct{}{}:
			return
		default:
			runtime.Gosched()
		}
	}
	c.reading <- struct{}{}
}

// dismiss makes the others end.
func (c *crew) dismiss() {
	for {
		select {
		case <-c.free:
		default:
			close(c.free)
			return
		}
	}
}
