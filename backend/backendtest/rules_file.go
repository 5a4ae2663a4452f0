package backendtest

import (
	"io"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// headerFails ends the check unless a file with this header fails the whole job.
func (e *env) headerFails(columns ...string) {
	e.fails(e.run(csv(columns, goods(3)...)))
}

func fileRules() []Rule {
	return []Rule{
		{Name: "file/any-order", Kind: KindDocumented, Source: guide,
			Sentence: "The order of the columns is free.",
			check: func(e *env) {
				header := importjob.ClassicSchema()
				columns := []string{"cognito:username", "cognito:mfa_enabled"}
				for i := len(header) - 1; i > 0; i-- { // sub, the first, is no column
					columns = append(columns, header[i].Name)
				}
				equal("the outcomes", e.fileOutcomes(csv(columns, good("ann"), unverified("bob"))), "SF")
			}},
		{Name: "file/missing-column", Kind: KindAssumed, Source: "A6",
			Sentence: "A file that lacks a column of the header fails as a whole.",
			check: func(e *env) {
				for _, column := range []string{"nickname", "email_verified", "cognito:username", "cognito:mfa_enabled"} {
					e.headerFails(without(e.setup.Pools[0].Header(), column)...)
				}
			}},
		{Name: "file/unknown-column", Kind: KindAssumed, Source: "A6",
			Sentence: "A file with a column that the pool does not have fails as a whole.",
			check: func(e *env) {
				for _, column := range []string{"shoe_size", "custom:shoes", "sub", "Email", ""} {
					e.headerFails(append(e.setup.Pools[0].Header(), column)...)
				}
			}},
		{Name: "file/duplicate-column", Kind: KindAssumed, Source: "A6",
			Sentence: "A file with the same column twice fails as a whole.",
			check:    func(e *env) { e.headerFails(append(e.setup.Pools[0].Header(), "nickname")...) }},
		{Name: "file/byte-order-mark", Kind: KindAssumed, Source: "A7",
			Sentence: "A file that begins with a byte order mark fails as a whole.",
			check:    func(e *env) { e.fails(e.run("\uFEFF" + e.file(good("ann")))) }},
		{Name: "file/no-rows", Kind: KindAssumed, Source: "A30",
			Sentence: "A job whose file has a header and no row ends Succeeded, with no user imported.",
			check: func(e *env) {
				job := e.run(e.file())
				equal("the status", job.Status, importjob.StatusSucceeded)
				equal("the counters", counters(job), [3]int64{})
				equal("the number of results", len(e.results(job)), 0)
			}},
		{Name: "file/no-last-newline", Kind: KindAssumed, Source: "A11",
			Sentence: "The last row may lack its line end.",
			check: func(e *env) {
				file := e.file(good("ann"), good("bob"))
				equal("the outcomes", e.fileOutcomes(strings.TrimSuffix(file, "\n")), "SS")
			}},
		{Name: "file/crlf", Kind: KindAssumed, Source: "A8",
			Sentence: "Lines may end in CR LF.",
			check: func(e *env) {
				file := strings.ReplaceAll(e.file(good("ann"), unverified("bob"), good("cid")), "\n", "\r\n")
				equal("the outcomes", e.fileOutcomes(file), "SFS")
			}},
		{Name: "file/empty-lines", Kind: KindAssumed, Source: "A11",
			Sentence: "An empty line is not a row, but line numbers count it.",
			check: func(e *env) {
				header := e.setup.Pools[0].Header()
				rows := e.results(e.run(csv(header) + "\n" + good("ann").line(header) + "\n\n\n" + unverified("bob").line(header) + "\n"))
				equal("the outcomes", letters(rows), "SF")
				equal("the first line", rows[0].Line, 3)
				equal("the second line", rows[1].Line, 6)
			}},
		{Name: "file/field-count", Kind: KindAssumed, Source: "A10",
			Sentence: "A row with too few or too many values fails, and only that row.",
			check: func(e *env) {
				header := e.setup.Pools[0].Header()
				file := csv(header, good("ann")) + good("bob").line(header) + ",\n" +
					strings.TrimPrefix(good("cid").line(header), ",") + "\n" + "dan\n" + good("eve").line(header) + "\n"
				equal("the outcomes", e.fileOutcomes(file), "SFFFS")
			}},
		{Name: "file/long-row", Kind: KindDocumented, Source: quotas,
			Sentence: "A row of 16,000 characters is read. A longer row fails.",
			Setup: inPool(func(p *importjob.Pool) {
				for _, name := range strings.Fields("a b c d e f g h i j") {
					p.Schema = p.Schema.With(importjob.CustomAttribute(name, importjob.TypeString))
				}
			}),
			check: checkLongRow},
		{Name: "file/not-utf-8", Kind: KindAssumed, Source: "A10",
			Sentence: "A row that is not valid UTF-8 fails, and only that row.",
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("ann").with("name", "Jos\xe9"), good("bob").with("name", "José")), "FS")
			}},
		{Name: "file/judged-at-start", Kind: KindAssumed, Source: "A44", Users: true,
			Sentence: "A file is checked by the settings that the pool has when the job starts.",
			check: func(e *env) {
				job := e.uploaded(e.file(good("ann")))
				p := e.settings()
				p.Schema = p.Schema.With(importjob.CustomAttribute("late", importjob.TypeString))
				ok("UpdatePool", e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: p}))
				e.fails(e.finish(e.start(job))) // it lacks the new column
			}},
		{Name: "file/most-rows", Kind: KindDocumented, Source: quotas,
			Sentence: "A file of 500,000 rows is read. A file with one more row fails as a whole.",
			check: func(e *env) {
				const most = 500_000
				file := csv(e.setup.Pools[0].Header()) + strings.Repeat("x\n", most) // rows of one value fail, but count
				job := e.run(file)
				equal("the counters", counters(job), [3]int64{0, 0, most})
				e.fails(e.run(file + "x\n"))
			}},
		{Name: "file/too-large", Kind: KindDocumented, Source: quotas,
			Sentence: "A file of 100,000,000 bytes is read. A file of more than 100 MB, in either meaning of MB, fails as a whole.",
			check:    checkLargestFile},
		{Name: "file/many-rows", Kind: KindDocumented, Source: quotas,
			Sentence: "A file of thousands of rows is imported whole. A duplicate is skipped, however far from the first row it is.",
			check: func(e *env) {
				rows := goods(5000)
				rows[4999] = rows[0]
				rows[2500] = unverified("bad")
				job := e.run(e.file(rows...))
				equal("the counters", counters(job), [3]int64{4998, 1, 1})
				equal("the number of results", len(e.results(job)), 5000)
			}},
	}
}

// repeated is a reader that returns text again and again.
type repeated struct {
	text string
	at   int // the position in text
	left int // the number of bytes still to return
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.left)], r.text[r.at:])
	r.at, r.left = (r.at+n)%len(r.text), r.left-n
	return n, nil
}

// large runs a job with a file of size bytes: one good row, and bad rows up to the size. It returns the job and the
// number of rows.
func (e *env) large(name string, size int) (job importjob.UserImportJob, rows int) {
	job = e.create()
	file, line := csv(e.setup.Pools[0].Header(), good(name)), strings.Repeat("x", 15_999)+"\n"
	left := size - len(file)
	ok("Upload", e.send(job, io.MultiReader(strings.NewReader(file), &repeated{text: line, left: left}), size))
	return e.finish(e.start(job)), 1 + (left+len(line)-1)/len(line)
}

func checkLargestFile(e *env) {
	over, _ := e.large("ann", 104_857_601)
	e.fails(over)
	job, rows := e.large("bob", 100_000_000)
	equal("the counters of the largest file", counters(job), [3]int64{1, 0, int64(rows - 1)})
	if e.Directory != nil {
		equal("the e-mail address of its user", e.user("bob").Attributes.Value("email"), "bob@example.com")
	}
}

// without returns a copy of a list without one value.
func without(list []string, value string) []string {
	var rest []string
	for _, v := range list {
		if v != value {
			rest = append(rest, v)
		}
	}
	return rest
}

func checkLongRow(e *env) {
	header := e.setup.Pools[0].Header()
	// A character has two bytes, so the check finds a limit that counts bytes.
	row := func(name string, size int) user {
		u := good(name)
		for _, column := range strings.Fields("name nickname custom:a custom:b custom:c custom:d custom:e custom:f custom:g custom:h custom:i custom:j" +
			" given_name middle_name profile picture") {
			left := size - len([]rune(u.line(header)))
			u = u.with(column, strings.Repeat("é", min(max(left, 0), 1000)))
		}
		return u
	}
	long := row("long", 16_000)
	equal("the length of the test's own row", len([]rune(long.line(header))), 16_000)
	equal("the outcomes", e.outcomes(long, row("over", 16_001), good("ann")), "SFS")
}
