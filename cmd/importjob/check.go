package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// checkCommand checks the rows of a file without an import.
type checkCommand struct {
	Files []string `arg:"" name:"export" help:"Files with the users, or directories of them. - is the standard input."`
	exportFlags
	backendFlags
	poolFlags
	JSON bool `name:"json" help:"Print the findings as JSON, one object a line."`
}

// Help is the text of importjob check --help between the summary and the flags.
func (c *checkCommand) Help() string {
	return `Prints a line FILE:LINE:COLUMN: ATTRIBUTE: REASON for each row that an import into an empty pool would fail or
skip, and a summary on the standard error. The header is line 1. COLUMN is the number of a byte in the line, from 1.
For the export of another system, the line is FILE:LINE: COLUMN: REASON, with all that is wrong with the row, and COLUMN is
that of the export. The summary then has the findings by cause, and how many users keep their password.
With --backend aws, the rules are the rules of the pool with the ID --user-pool-id. No job is created.

Examples:

    importjob check users.csv
    importjob check users.csv --custom team --json
    importjob check crm.csv --map cognito:username=Login --ignore-rest --phone-region US
    importjob check realm.json --from keycloak
    importjob check users.csv --backend aws --user-pool-id us-west-2_aaaaaaaaa

Exit status:

    0  Nothing was found: all rows can be imported.
    1  At least one row was found, AWS refused a request, or Ctrl-C ended the command with --hashes.
    2  The command could not do its work.`
}

// Run is called by kong.
func (c *checkCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.checkFlags(flagsOf(command), "user-pool-id"); err != nil {
		return err
	}
	in, err := c.open(c.Files, std, true)
	if err != nil {
		return err
	}
	defer in.close()
	c.takesHashes = !in.dialect
	pool, err := rulesOf(ctx, &c.backendFlags, &c.poolFlags, std)
	if err != nil {
		return err
	}
	defer std.reading.end()
	std.reading.show(in, "Checking", std)
	if !in.dialect {
		ctx, release := in.interruptible(ctx, std)
		defer release()
		return interruptedOr(ctx, c.checkExport(ctx, pool, in, std))
	}
	if text := in.recognized(); text != "" && !c.JSON {
		std.reading.hide(func() { _, _ = fmt.Fprintln(std.err, oneLine(text)) })
	}
	return c.check(ctx, pool, in.stream, std)
}

// rulesOf returns the pool whose rules a command checks.
func rulesOf(ctx context.Context, b *backendFlags, p *poolFlags, std *streams) (importjob.Pool, error) {
	if b.Backend == inMemory {
		return p.pool()
	}
	if err := backend.ValidateUserPoolID(p.UserPoolID); err != nil {
		return importjob.Pool{}, withoutOp(err)
	}
	client, err := b.connect(ctx, p.UserPoolID, std)
	if err != nil {
		return importjob.Pool{}, err
	}
	pool, err := client.Pool(ctx, p.UserPoolID)
	return pool, serviceError(err)
}

// check prints the findings about a file, and the summary.
func (c *checkCommand) check(ctx context.Context, pool importjob.Pool, in io.Reader, std *streams) error {
	summary := importjob.CheckSummary{}
	found, fatal := false, false
	for finding, err := range importjob.Check(ctx, pool, in, &importjob.CheckOptions{
		PasswordHashingAlgorithm: importjob.PasswordHashingAlgorithm(c.PasswordHashingAlgorithm),
		Summary:                  &summary,
		Workers:                  runtime.GOMAXPROCS(0),
	}) {
		if err != nil {
			return err
		}
		found, fatal = true, fatal || finding.Fatal
		if err := c.print(std.out, finding); err != nil {
			return err
		}
	}
	if fatal {
		// The message can quote the first line, which is personal data in a file without a header.
		summary.Imported, summary.Message = 0, "the file cannot be imported."
	}
	std.reading.end()
	_, _ = fmt.Fprintf(std.err, "%s: %s: %d would be imported, %d skipped, %d failed. The job would end %s: %s\n",
		oneLine(shown(c.Files[0])), counted(int64(summary.Rows), "row"), summary.Imported, summary.Skipped, summary.Failed, summary.Status, summary.Message)
	if found {
		return &negativeError{}
	}
	return nil
}

// findingLine is a finding as JSON.
type findingLine struct {
	File        string
	Line        int
	Record      int    `json:",omitempty"` // the number of the record in JSON
	Column      int    `json:",omitempty"` // absent if the finding is about the whole line
	Username    string `json:",omitempty"`
	Attribute   string `json:",omitempty"`
	Source      string `json:",omitempty"` // the column or the path in an export
	Status      importjob.RowStatus
	Code        string
	Reason      string
	Remedy      string `json:",omitempty"`
	FirstLine   int    `json:",omitempty"`
	FirstRecord int    `json:",omitempty"`
	FirstFile   string `json:",omitempty"` // if it is another one
	Fatal       bool   `json:",omitempty"`
}

func (c *checkCommand) print(w io.Writer, f importjob.Finding) error {
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(findingLine{File: shown(c.Files[0]), Line: f.Line, Column: f.Column, Username: f.Username, Attribute: f.Attribute,
			Status: f.Status, Code: f.Code, Reason: f.Reason, FirstLine: f.FirstLine, Fatal: f.Fatal})
	}
	attribute, first := "", ""
	if f.Attribute != "" {
		attribute = f.Attribute + ": "
	}
	if f.FirstLine > 0 {
		first = fmt.Sprintf(" The first is on line %d.", f.FirstLine)
	}
	_, err := fmt.Fprintf(w, "%s:%d:%d: %s\n", oneLine(shown(c.Files[0])), f.Line, max(f.Column, 1), oneLine(attribute+f.Reason+first))
	return err
}
