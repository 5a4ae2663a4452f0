package awsbackend_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
)

// Bodies that do not give the 10 bytes announced.
func TestUploadOfABodyThatIsNotAsAnnounced(t *testing.T) {
	disk := errors.New("the disk is broken")
	for name, c := range map[string]struct {
		body  func() io.Reader
		cause error
	}{
		"short":          {func() io.Reader { return text("123456789") }, io.ErrUnexpectedEOF},
		"short, seeker":  {func() io.Reader { return strings.NewReader("123456789") }, io.ErrUnexpectedEOF},
		"empty":          {func() io.Reader { return text("") }, io.ErrUnexpectedEOF},
		"long":           {func() io.Reader { return text("12345678901") }, nil},
		"long, bytewise": {func() io.Reader { return iotest.OneByteReader(text("12345678901")) }, nil},
		"broken":         {func() io.Reader { return io.MultiReader(text("123"), iotest.ErrReader(disk)) }, disk},
		"broken at once": {func() io.Reader { return iotest.ErrReader(disk) }, disk},
		"broken at end":  {func() io.Reader { return io.MultiReader(text("1234567890"), iotest.ErrReader(disk)) }, disk},
		"stuck":          {func() io.Reader { return testkit.Stuck{} }, io.ErrNoProgress},
	} {
		t.Run(name, func(t *testing.T) {
			var puts, kept atomic.Int32
			s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				puts.Add(1)
				if _, err := io.ReadAll(r.Body); err == nil {
					kept.Add(1)
				}
			})
			err := uploader(nil).Upload(t.Context(), jobAt(s.URL), c.body(), 10)
			require.IsType(t, &importjob.Error{}, err)
			if c.cause != nil {
				assert.ErrorIs(t, err, c.cause)
			}
			var rewind *awsbackend.RewindError
			assert.NotErrorAs(t, err, &rewind, "to rewind does not help")
			s.Close() // waits for what is under way
			assert.Zero(t, kept.Load(), "a whole file arrived")
			assert.LessOrEqual(t, puts.Load(), int32(1), "it was sent again")
		})
	}
}

func TestUploadOfNothingWantsNothing(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	assert.ErrorContains(t, uploader(nil).Upload(t.Context(), jobAt(s.URL), text("x"), 0), "longer")
}

func TestUploadTakesBodiesThatReadOddly(t *testing.T) {
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"a byte at a time": iotest.OneByteReader, "halves": iotest.HalfReader, "data with EOF": iotest.DataErrReader,
	} {
		var body []byte
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) { body, _ = io.ReadAll(r.Body) })
		assert.NoError(t, uploader(nil).Upload(t.Context(), jobAt(s.URL), wrap(text("1234567890")), 10), name)
		assert.Equal(t, "1234567890", string(body), name)
	}
}

// The HTTP client goes on to read a body after an early answer. Upload has to wait for that,
// since its caller rewinds the body. The race detector sees it if not.
func TestNobodyReadsTheBodyAfterUpload(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) })
	file := strings.NewReader(strings.Repeat("x", 900_000))
	for range 20 {
		assert.Error(t, uploader(nil).Upload(t.Context(), jobAt(s.URL), file, 900_000))
		_, err := file.Seek(0, io.SeekStart)
		require.NoError(t, err)
	}
}
