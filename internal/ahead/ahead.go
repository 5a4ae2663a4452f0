// Package ahead does work in a goroutine of its own, ahead of the one that needs it, so that both use a processor.
package ahead

// Batches are values that a goroutine fills ahead of their reader. A value is used again, so its memory is.
type Batches[B any] struct {
	full, empty chan *B
	stop, ended chan struct{}
	now         *B // what the reader has
}

// Fill starts a goroutine that calls fill for one value after the other, until it returns false. At most count values are in use at a
// time. The caller must call Close.
func Fill[B any](count int, fill func(*B) (more bool)) *Batches[B] {
	b := &Batches[B]{full: make(chan *B, count), empty: make(chan *B, count), stop: make(chan struct{}), ended: make(chan struct{})}
	for range count {
		b.empty <- new(B)
	}
	go func() {
		defer close(b.ended)
		defer close(b.full)
		for {
			select {
			case <-b.stop:
				return
			case value := <-b.empty:
				more := fill(value)
				b.full <- value // has room for all
				if !more {
					return
				}
			}
		}
	}()
	return b
}

// Next waits for the next value, which is valid until the next call. It returns nil after the last one.
func (b *Batches[B]) Next() *B {
	if b.now != nil {
		b.empty <- b.now // has room for all
	}
	b.now = <-b.full
	return b.now
}

// Close ends the goroutine, and waits for it. Call it once, and Next no more.
func (b *Batches[B]) Close() {
	close(b.stop)
	<-b.ended
}
