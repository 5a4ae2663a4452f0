package source

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteTo writes the report as plain text.
func (r *Report) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, r.String())
	return int64(n), err
}

// String returns the report as plain text. Values that would change the state of a terminal are quoted.
func (r *Report) String() string {
	t := &reportText{}
	t.line(r.Recognized)
	t.line("mapping: " + cmp.Or(r.Mapping, "without a name") + " (" + r.Why + ")")
	for note := range strings.Lines(r.Notes) {
		t.line("  " + strings.TrimSpace(note))
	}
	t.columns(r)
	t.title("Columns of the pool")
	for _, made := range r.Made {
		t.line("  " + made)
	}
	t.title("First rows")
	for i := range r.First {
		t.row(&r.First[i])
	}
	t.title("Result")
	t.line(fmt.Sprintf("  %s of %s %s can be imported", grouped(r.Good), grouped(r.Rows), plural(r.Rows, "row", "rows")))
	t.line("  " + r.Passwords.Summary)
	if j := r.Joined; j != nil {
		t.line(fmt.Sprintf("  the second file has %s password hashes; %s users have one of them, %s belong to no user", grouped(j.Hashes), grouped(j.Users), grouped(j.Unused)))
	}
	for _, g := range r.Findings {
		t.line("  " + g.String())
	}
	if r.Problem != "" {
		t.line("  " + r.Problem)
	}
	return t.String()
}

// reportText is a text that is being written.
type reportText struct{ strings.Builder }

func (t *reportText) line(text string) {
	t.WriteString(strings.TrimRight(text, " "))
	t.WriteByte('\n')
}

func (t *reportText) title(text string) {
	t.line("")
	t.line(text)
}

// columns writes the columns of the export as a table.
func (t *reportText) columns(r *Report) {
	t.title("Columns of the export")
	width := 0
	for _, c := range r.Columns {
		width = max(width, utf8.RuneCountInString(cut(c.Name)))
	}
	for _, c := range r.Columns {
		var examples []string
		for _, e := range c.Examples {
			examples = append(examples, cut(e))
		}
		name := cut(c.Name)
		t.line(fmt.Sprintf("  %s%s  %3d %%  %s  %s", name, strings.Repeat(" ", width-utf8.RuneCountInString(name)), percent(c.Filled, r.Rows), c.becomes(), strings.Join(examples, ", ")))
	}
}

// becomes says what becomes of the column.
func (c *ReportColumn) becomes() string {
	switch {
	case len(c.To) > 0 && c.Why != "":
		return "-> " + strings.Join(c.To, ", ") + " (" + c.Why + ")"
	case len(c.To) > 0:
		return "-> " + strings.Join(c.To, ", ")
	case c.Near == c.Name && c.Near != "":
		return "not used; the pool has a column of that name"
	case c.Near != "":
		return "not used; did you mean " + c.Near + "?"
	}
	return "not used"
}

// percent returns how many of a hundred, rounded so that only all are 100 and only none are 0.
func percent(n, all int) int {
	switch {
	case n == 0 || all == 0:
		return 0
	case n == all:
		return 100
	}
	return min(99, max(1, n*100/all))
}

// row writes a row.
func (t *reportText) row(r *ReportRow) {
	head := "  " + r.Place.String()
	if len(r.Findings) > 0 {
		head += ": not imported"
	}
	t.line(head)
	for _, v := range r.Values {
		t.line("    " + v.Column + " = " + cut(v.Value))
	}
	if r.ID != "" {
		t.line("    id: " + cut(r.ID))
	}
	switch {
	case r.Algorithm != "":
		t.line("    password: kept, " + string(r.Algorithm))
	case r.Lost != "":
		t.line("    password: " + r.Lost)
	}
	if len(r.Groups) > 0 {
		t.line("    groups: " + cut(strings.Join(r.Groups, ", ")))
	}
	if r.Disabled {
		t.line("    disabled")
	}
	for _, f := range r.Findings {
		t.line("    " + f.String())
	}
}

// maxShown is the number of characters of a value that are shown.
const maxShown = 48

// cut returns a value for a terminal: quoted if it has characters that are not printable, and not too long.
func cut(value string) string {
	for i := range value {
		if utf8.RuneCountInString(value[:i]) >= maxShown {
			value = value[:i] + "..."
			break
		}
	}
	for _, r := range value {
		if !strconv.IsPrint(r) {
			return strconv.Quote(value)
		}
	}
	return value
}
