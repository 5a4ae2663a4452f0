package importjob

import (
	"io"
	"runtime"
	"sync"
)

// parallel is All with goroutines. This one reads windows ahead, hands them out, and merges the
// verdicts in the order of the file. None outlives the call.
func (j *Judge) parallel(yield func(*Judged, error) bool) {
	if _, err := j.Header(); err != nil || j.err != nil {
		if j.err != io.EOF {
			yield(nil, j.err)
		}
		return
	}
	todo := make(chan *verdicts, j.opts.Workers*2)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(todo)
	for range j.opts.Workers {
		workers.Go(func() {
			for v := range todo {
				v.judge(j.rules)
				v.ready <- struct{}{}
				runtime.Gosched() // to the one that reads, lest the work run out
			}
		})
	}
	free, queue := make(chan *verdicts, cap(todo)), make(chan *verdicts, cap(todo))
	for range cap(todo) {
		v := &verdicts{ready: make(chan struct{}, 1)}
		v.window.buf = make([]byte, windowBytes+blockSize)
		free <- v
	}
	var end error
	for {
		for end == nil && len(free) > 0 {
			v := <-free
			if !j.read(v) {
				end = v.window.err
				break
			}
			queue <- v
			todo <- v
		}
		if len(queue) == 0 {
			if j.err = end; end != io.EOF {
				yield(nil, end)
			}
			return
		}
		v := <-queue
		<-v.ready
		if !yield(j.merge(v), nil) || j.err != nil {
			return
		}
		free <- v
	}
}
