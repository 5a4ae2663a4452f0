package memory

import (
	"io"
	"math/bits"
	"strings"

	"github.com/cognito-import/importjob/internal/scan"
)

// text is the text of a file, in blocks. The first block has firstBlock bytes, and each further block has as many
// bytes as all blocks before it. The last one can be shorter. A text that grows is never copied, and takes at most
// twice the memory of the bytes that have come.
type text struct {
	blocks []string
	size   int
}

// firstBlock is larger than a row, so a row is in one block or in two.
const firstBlock = 64 << 10

var _ [firstBlock - scan.MaxLineBytes - 1]struct{}

// blockSize returns the size of block i, which is also its offset unless i is 0.
func blockSize(i int) int { return firstBlock << max(0, i-1) }

// row returns the text between two offsets. If it is not in one block, row returns only as much as the longest row
// has.
func (t *text) row(from, to int) string {
	i := bits.Len(uint(from) / firstBlock)
	if i > 0 {
		from, to = from-blockSize(i), to-blockSize(i)
	}
	block := t.blocks[i]
	if to <= len(block) {
		return block[from:to]
	}
	more := min(to-len(block), scan.MaxLineBytes+1)
	return block[from:] + t.blocks[i+1][:more]
}

// reader returns a reader of the text.
func (t *text) reader() io.Reader {
	var readers []io.Reader
	for _, block := range t.blocks {
		readers = append(readers, strings.NewReader(block))
	}
	return io.MultiReader(readers...)
}

// textWriter writes a text.
type textWriter struct {
	text  text
	block strings.Builder // the last block, as far as it is written
	room  int             // the number of bytes that this block can still take

	// claim is called before a block is allocated, with its size. If it returns an error, write returns the error.
	claim func(size int) error
}

// write appends p to the text. left is the number of bytes that will follow p.
func (w *textWriter) write(p []byte, left int64) error {
	for len(p) > 0 {
		if w.room == 0 {
			if err := w.next(int64(len(p)) + left); err != nil {
				return err
			}
		}
		n := min(len(p), w.room)
		w.block.Write(p[:n])
		w.room -= n
		p = p[n:]
	}
	return nil
}

// next begins a block. left is the number of bytes that are still to be written.
func (w *textWriter) next(left int64) error {
	w.flush()
	size := int(min(int64(blockSize(len(w.text.blocks))), left))
	if err := w.claim(size); err != nil {
		return err
	}
	w.block.Grow(size)
	w.room = size
	return nil
}

// flush moves the block to the text.
func (w *textWriter) flush() {
	if w.block.Len() > 0 {
		w.text.blocks = append(w.text.blocks, w.block.String())
		w.text.size += w.block.Len()
		w.block.Reset()
	}
}
