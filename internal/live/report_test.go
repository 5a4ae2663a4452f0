package live_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// verdict says how an answer compares with the default of this module, or with a rule.
type verdict string

const (
	holds       verdict = "default holds"
	doesNotHold verdict = "does not hold"
	undecided   verdict = "not decided" // the answer does not settle the question
	notHere     verdict = "not here"    // the pool is not of the kind that the question is about
	failed      verdict = "could not run"

	kept    verdict = "kept"
	broken  verdict = "broken"
	skipped verdict = "skipped"
)

// final reports whether a run that resumes does not ask again.
func (v verdict) final() bool { return v != failed && v != undecided && v != "" }

// result is one row of a table.
type result struct {
	number  string // such as "A7"; for a rule its source
	name    string
	verdict verdict
	text    string // what was answered
}

// report is the Markdown file. It is written again after each result, so that a run that breaks off leaves what it
// has found.
type report struct {
	file     string
	redactor *redactor
	about    []string // lines about the run
	runs     []string // the run IDs, of the runs before too
	probes   []result
	rules    []result
	made     []string // lines about what the run leaves
}

const (
	probesTitle = "## Assumptions"
	rulesTitle  = "## Rules"
	runsLine    = "Runs: "
)

// add adds a result without secrets, or replaces the one of the same name.
func (r *report) add(list *[]result, got result) result {
	got.text = r.redactor.redact(got.text)
	put(list, got)
	return got
}

func put(list *[]result, r result) {
	if i := slices.IndexFunc(*list, func(old result) bool { return old.name == r.name }); i >= 0 {
		(*list)[i] = r
		return
	}
	*list = append(*list, r)
}

// find returns the result with a name. Its verdict is "" if there is none.
func find(list []result, name string) result {
	if i := slices.IndexFunc(list, func(r result) bool { return r.name == name }); i >= 0 {
		return list[i]
	}
	return result{}
}

// write writes the file.
func (r *report) write() error {
	var b strings.Builder
	about := strings.Join(r.about, "\n") + "\n" + runsLine + strings.Join(r.runs, " ")
	b.WriteString("# What a user pool answered\n\n" + r.redactor.redact(about) + "\n")
	b.WriteString("\n" + probesTitle + "\n\n| no. | probe | verdict | what was answered |\n|---|---|---|---|\n")
	for _, p := range r.probes {
		b.WriteString(p.line())
	}
	b.WriteString("\n" + rulesTitle + "\n\n| source | rule | verdict | what was seen |\n|---|---|---|---|\n")
	for _, p := range r.rules {
		b.WriteString(p.line())
	}
	b.WriteString("\n" + tally("probes", r.probes) + "\n" + tally("rules", r.rules) + "\n")
	if len(r.made) > 0 {
		b.WriteString("\n## What is left\n\n" + r.redactor.redact(strings.Join(r.made, "\n")) + "\n")
	}
	return os.WriteFile(r.file, []byte(b.String()), 0o600)
}

// line returns the row of the table.
func (r result) line() string {
	text := strings.NewReplacer("|", "¦", "\n", " ", "\r", " ", "\t", " ").Replace(r.text)
	return fmt.Sprintf("| %s | %s | %s | %s |\n", r.number, r.name, r.verdict, text)
}

// tally counts the verdicts.
func tally(what string, list []result) string {
	counts := map[verdict]int{}
	var order []verdict
	for _, r := range list {
		if counts[r.verdict]++; counts[r.verdict] == 1 {
			order = append(order, r.verdict)
		}
	}
	parts := []string{fmt.Sprintf("- %d %s", len(list), what)}
	for _, v := range order {
		parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
	}
	return strings.Join(parts, ", ")
}

// read takes the results and the run IDs from the file of an earlier run. A missing file has none.
func (r *report) read() error {
	text, err := os.ReadFile(r.file)
	if os.IsNotExist(err) {
		return nil
	}
	list := &r.probes
	for line := range strings.SplitSeq(string(text), "\n") {
		switch {
		case line == rulesTitle:
			list = &r.rules
		case strings.HasPrefix(line, runsLine):
			r.runs = strings.Fields(strings.TrimPrefix(line, runsLine))
		case strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| no. |") && !strings.HasPrefix(line, "| source |"):
			cells := strings.SplitN(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " |"), " | ", 4)
			if len(cells) == 4 {
				put(list, result{number: cells[0], name: cells[1], verdict: verdict(cells[2]), text: cells[3]})
			}
		}
	}
	return err
}
