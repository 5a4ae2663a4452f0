package importjob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/scan"
)

// checked is all that Check says about a file.
type checked struct {
	findings []Finding
	sum      CheckSummary
	err      error
}

// checkPlainly is Check in the slow and obvious way: row after row, with a map of usernames. The
// header must be without faults.
func checkPlainly(pool Pool, src io.Reader, opts CheckOptions) (c checked) {
	r := NewReader(src)
	if most := opts.Assumptions.MaxFileBytes; most > 0 {
		r.maxBytes = most
	}
	names, err := r.Header()
	if names == nil {
		return checked{err: err}
	}
	rules, seen, fatal := compileRules(pool, names, opts), map[string]int{}, false
	for !fatal {
		row, err := r.ReadRow()
		var fault *CSVError
		if isFault := errors.As(err, &fault); err != nil && !isFault {
			if c.err = err; err == io.EOF {
				c.err = nil
			}
			break
		}
		var f Finding
		if fault != nil {
			fatal = row == nil || fault.Err == ErrFieldCount && opts.Assumptions.FieldCountFailsJob
			f = findingOf(fault)
			f.Fatal = fatal
		} else {
			f = judgePlainly(pool, rules, names, row, seen)
		}
		c.add(f)
	}
	c.sum.Bytes = r.chunk.Read()
	if c.sum.Status, c.sum.Message = opts.Assumptions.finalStatus(c.sum.Imported, c.sum.Skipped, c.sum.Failed); fatal {
		last := c.findings[len(c.findings)-1]
		message := (&CSVError{Attribute: last.Attribute, Err: errors.New(last.Reason)}).Error()
		if last.Attribute == "" && last.Column > 0 {
			message = fmt.Sprintf("column %d: %s", last.Column, message)
		}
		c.sum = CheckSummary{Rows: c.sum.Rows, Bytes: c.sum.Bytes, Status: StatusFailed, Message: "The .csv file could not be read: " + message + "."}
	}
	return c
}

func judgePlainly(pool Pool, rules *rowRules, names []string, row *Row, seen map[string]int) Finding {
	at := strings.Index(","+strings.Join(names, ",")+",", ","+ColumnUsername+",")
	at = strings.Count(strings.Join(names, ",")[:at], ",")
	username := string(row.Field(at))
	row.row.Locate()
	if i, fault := rules.firstFault(&row.row); fault != nil {
		f := Finding{Line: row.Line(), Username: username, Status: RowFailed, Reason: fault.text, Code: fault.code, Err: fault}
		if i >= 0 {
			f.Column, f.Attribute = row.Column(i), names[i]
		}
		return f
	}
	key := pool.UsernameKey(username)
	if first := seen[key]; first != 0 {
		return Finding{Line: row.Line(), Column: row.Column(at), Username: username, Attribute: ColumnUsername,
			Status: RowSkipped, Reason: ReasonExists, FirstLine: first, Code: "duplicate-username", Err: faultDuplicate}
	}
	seen[key] = row.Line()
	return Finding{}
}

// add counts a row; the zero Finding is one without fault.
func (c *checked) add(f Finding) {
	switch {
	case f == Finding{}:
		c.sum.Imported++
	case f.Fatal:
	case f.Status == RowSkipped:
		c.sum.Skipped++
	default:
		c.sum.Failed++
	}
	if !f.Fatal {
		c.sum.Rows++
	}
	if f != (Finding{}) {
		c.findings = append(c.findings, f)
	}
}

// checkWith runs Check until the finding of a number, or to the end.
func checkWith(pool Pool, src io.Reader, opts CheckOptions, stopAt int) (c checked) {
	opts.Summary = &c.sum
	for f, err := range Check(context.Background(), pool, src, &opts) {
		if c.err = err; err == nil {
			c.findings = append(c.findings, f)
		}
		if len(c.findings) == stopAt {
			break
		}
	}
	return c
}

const shortHeader = "email,cognito:username,email_verified\n"

// faultyFile has rows of all kinds: good ones, bad ones, duplicates far apart, blank and long lines.
func faultyFile(rows int) string {
	rng := rand.New(rand.NewPCG(9, 10))
	var b strings.Builder
	b.WriteString(shortHeader)
	for i := range rows {
		switch rng.IntN(40) {
		case 0:
			fmt.Fprintf(&b, "x@example.com,USER%d,true\n", rng.IntN(i+1))
		case 1:
			b.WriteString("\n\r\n")
		case 2:
			fmt.Fprintf(&b, "no,user%d,true\n", i)
		case 3:
			fmt.Fprintf(&b, "a@example.com,user%d\n", i)
		case 4:
			fmt.Fprintf(&b, "a@example.com,ü\\,%d,true\n", rng.IntN(i+1)/20)
		case 5:
			if i%100 == 0 {
				b.WriteString(strings.Repeat("z,", 8001+rng.IntN(60_000)) + "\n")
			}
		default:
			fmt.Fprintf(&b, "a@example.com,user%d,TRUE\r\n", i)
		}
	}
	return b.String()
}

var looseColumns = Assumptions{AllowMissingColumns: true}

func TestCheckEqualsThePlainWay(t *testing.T) {
	file := faultyFile(12_000)
	broken := func() io.Reader {
		return io.MultiReader(strings.NewReader(file[:len(file)/2]), iotest.ErrReader(errBroken))
	}
	sources := map[string]func() io.Reader{
		"whole":  func() io.Reader { return strings.NewReader(file) },
		"chunks": func() io.Reader { return &randomChunks{[]byte(file), rand.New(rand.NewPCG(1, 1))} },
		"broken": broken, "broken with data": func() io.Reader { return iotest.DataErrReader(broken()) },
	}
	for name, open := range sources {
		for _, assume := range []Assumptions{looseColumns, {AllowMissingColumns: true, MaxFileBytes: int64(len(file)) * 2 / 5}, {AllowMissingColumns: true, FieldCountFailsJob: true}} {
			want := checkPlainly(emailPool(), open(), CheckOptions{Assumptions: assume})
			require.NotEmpty(t, want.findings)
			for _, workers := range []int{0, 1, 2, 5} {
				got := checkWith(emailPool(), open(), CheckOptions{Assumptions: assume, Workers: workers}, -1)
				require.Equal(t, want, got, "%s, %d workers", name, workers)
			}
		}
	}
}

func TestWorkersHaveNothingToDo(t *testing.T) {
	for _, file := range []string{"", "\n\n", "x,y\n1,2\n", shortHeader, strings.Repeat("x", 16001)} {
		want := checkWith(emailPool(), strings.NewReader(file), CheckOptions{Assumptions: looseColumns}, -1)
		assert.Equal(t, want, checkWith(emailPool(), strings.NewReader(file), CheckOptions{Assumptions: looseColumns, Workers: 3}, -1))
	}
	got := checkWith(emailPool(), iotest.ErrReader(errBroken), CheckOptions{Workers: 3}, -1)
	assert.Equal(t, errBroken, got.err)
	assert.Empty(t, got.findings)
}

// Who leaves early is told what a file would be told of that ends there, whatever has been read of it.
func TestSummaryOfACheckLeftEarly(t *testing.T) {
	file := faultyFile(20_000)
	for _, most := range []int{len(file), len(file) * 4 / 5} {
		assume := Assumptions{AllowMissingColumns: true, MaxFileBytes: int64(most)}
		all := checkWith(emailPool(), strings.NewReader(file), CheckOptions{Assumptions: assume}, -1)
		require.Equal(t, most < len(file), all.findings[len(all.findings)-1].Fatal)
		stops := []int{1, 2, 50, 700, len(all.findings) - 1, len(all.findings)}
		for i, f := range all.findings {
			if f.Reason == ErrRowTooLong.Error() {
				stops = append(stops, i+1)
			}
		}
		for _, stopAt := range stops {
			for i, workers := range []int{0, 3, 0, 3} {
				src := io.Reader(strings.NewReader(file))
				if i > 1 { // which cuts off rows that are too long
					src = &randomChunks{[]byte(file), rand.New(rand.NewPCG(1, 1))}
				}
				got := checkWith(emailPool(), src, CheckOptions{Assumptions: assume, Workers: workers}, stopAt)
				require.Equal(t, all.findings[:stopAt], got.findings)
				if got.findings[stopAt-1].Fatal {
					assert.Equal(t, all.sum, got.sum)
					continue
				}
				assert.Equal(t, int64(stopAt), got.sum.Skipped+got.sum.Failed)
				assert.Equal(t, "\n", file[got.sum.Bytes-1:got.sum.Bytes])
				want := checkWith(emailPool(), strings.NewReader(file[:got.sum.Bytes]), CheckOptions{Assumptions: assume}, -1)
				assert.Equal(t, want.sum, got.sum, "%d findings, %d workers", stopAt, workers)
			}
		}
	}
}

// Wherever the context ends, in a stretch of rows or between two, the summary counts what was told.
func TestWorkersEndWithContext(t *testing.T) {
	const row = "no,user,true\n"
	for _, cancelAt := range []int{1, (scan.FirstBytes - len(shortHeader)) / len(row), 5000, 20_000} {
		for _, workers := range []int{0, 4} {
			ctx, cancel := context.WithCancelCause(t.Context())
			src := io.MultiReader(strings.NewReader(shortHeader), endless(row))
			var last error
			n, sum := 0, CheckSummary{}
			for _, err := range Check(ctx, emailPool(), src, &CheckOptions{Assumptions: looseColumns, Workers: workers, Summary: &sum}) {
				if last = err; err != nil {
					break
				}
				if n++; n == cancelAt {
					cancel(errBroken)
				}
			}
			cancel(nil)
			assert.Equal(t, errBroken, last)
			assert.Less(t, n, cancelAt+1025)
			assert.Equal(t, int64(n), sum.Failed, "what was told, and no more")
			assert.Equal(t, int64(len(shortHeader)+n*len(row)), sum.Bytes)
		}
	}
}

// slowly gives out a file in pieces, and takes a second for each.
type slowly struct {
	src   io.Reader
	reads int
}

func (s *slowly) Read(p []byte) (int, error) {
	s.reads++
	time.Sleep(time.Second)
	return s.src.Read(p[:min(len(p), 100_000)])
}

// Goroutines that wait for their turn to read let the time of a bubble pass, and end with it.
func TestWorkersWaitForASlowReader(t *testing.T) {
	file := faultyFile(40_000)
	want := checkWith(emailPool(), strings.NewReader(file), CheckOptions{Assumptions: looseColumns}, -1)
	synctest.Test(t, func(t *testing.T) {
		opts := CheckOptions{Assumptions: looseColumns, Workers: 4}
		src, start := &slowly{src: strings.NewReader(file)}, time.Now()
		assert.Equal(t, want, checkWith(emailPool(), src, opts, -1))
		assert.Greater(t, src.reads, len(file)/100_000)
		assert.Equal(t, time.Duration(src.reads)*time.Second, time.Since(start), "one reads at a time")
		assert.Len(t, checkWith(emailPool(), &slowly{src: strings.NewReader(file)}, opts, 3).findings, 3)
	})
}

// explosive panics at the end of a file.
type explosive struct{ src io.Reader }

func (e explosive) Read(p []byte) (int, error) {
	n, err := e.src.Read(p)
	if err == io.EOF {
		panic("explosion")
	}
	return n, err
}

// Whichever goroutine reads, a panic of the source is one of the caller, after the rows that were read.
func TestWorkersPassOnAPanic(t *testing.T) {
	file := faultyFile(20_000)
	for range 20 {
		var sum CheckSummary
		assert.PanicsWithValue(t, "explosion", func() {
			checkWith(emailPool(), explosive{strings.NewReader(file)}, CheckOptions{Assumptions: looseColumns, Workers: 3,
				OnRows: func(rows *CheckedRows) { sum = rows.Summary }}, -1)
		})
		assert.Greater(t, sum.Bytes, int64(len(file)*3/4))
	}
}

// An error of the reader is told, wherever it comes, and a caller's panic ends the goroutines.
func TestCheckTellsOfErrors(t *testing.T) {
	file := faultyFile(12_000)
	for _, workers := range []int{1, 2} {
		opts := CheckOptions{Assumptions: looseColumns, Workers: workers}
		for _, cut := range []int{0, 10, len(shortHeader), len(file) / 2} {
			src := io.MultiReader(strings.NewReader(file[:cut]), iotest.ErrReader(errBroken))
			assert.Equal(t, errBroken, checkWith(emailPool(), src, opts, -1).err, "%d workers, %d bytes", workers, cut)
		}
		assert.NoError(t, checkWith(emailPool(), strings.NewReader(file), opts, -1).err)
		assert.PanicsWithValue(t, "explosion", func() {
			for range Check(t.Context(), emailPool(), strings.NewReader(file), &opts) {
				panic("explosion")
			}
		})
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"", "a@b.c,x,true", "a@b.c,x,true\na@b.c,X,TRUE\n", "a@b.c,\x01,true\n\n\n1,2\n", "\x04\x04\n\r\na@b.c,\u00c5,true\na@b.c,\u00e5,true\n", "\xff,\xff,\xff\n\\,\\,\\\n", "1,2,3,4\n"} {
		f.Add([]byte(seed), uint8(len(seed)), uint16(len(seed)*7))
	}
	f.Fuzz(func(t *testing.T, rows []byte, settings uint8, maxBytes uint16) {
		data := append([]byte(shortHeader), stretch(rows)...)
		pool := emailPool()
		pool.CaseInsensitive = settings&1 == 0
		opts := CheckOptions{Assumptions: Assumptions{AllowMissingColumns: true, FieldCountFailsJob: settings&2 != 0,
			RefuseQuotes: settings&4 != 0, MaxFileBytes: int64(maxBytes)}}
		if maxBytes > 0 && int(maxBytes) < len(shortHeader) {
			return
		}
		want := checkPlainly(pool, bytes.NewReader(data), opts)
		opts.Workers = int(settings >> 5)
		require.Equal(t, want, checkWith(pool, iotest.HalfReader(bytes.NewReader(data)), opts, -1))
	})
}
