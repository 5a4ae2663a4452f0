package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob/source"
)

// inspectCommand shows what is in an export.
type inspectCommand struct {
	Files []string `arg:"" name:"export" help:"Files with the users, or directories of them. - is the standard input."`
	JSON  bool     `name:"json" help:"Print the report as JSON."`
	Save  string   `placeholder:"FILE" help:"Write the mapping to a new file, for --mapping."`
	exportFlags
	backendFlags
	poolFlags
}

// Help is the text of importjob inspect --help between the summary and the flags.
func (c *inspectCommand) Help() string {
	return `Reads a whole export, and prints its format, its columns with examples, the mapping, the first rows as they would be
imported, what is wrong by cause with what mends it, and how many users keep their password. The report has values of
users: it is personal data. With --backend aws, the rules are the rules of the pool with the ID --user-pool-id.

Examples:

    importjob inspect crm.csv
    importjob inspect crm.csv --map cognito:username=Login --ignore-rest --save crm.yaml
    importjob bulk crm.csv --mapping crm.yaml --dir crm --dry-run
    importjob inspect realm/ --from keycloak --json
    importjob inspect users.json.gz --from auth0 --hashes hashes.json

Exit status:

    0  The report was printed.
    1  AWS refused a request, or Ctrl-C ended the command with --hashes.
    2  The command could not do its work.`
}

// Run is called by kong.
func (c *inspectCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.checkFlags(flagsOf(command), "user-pool-id"); err != nil {
		return err
	}
	if c.From == dialectName {
		return errors.New("--from dialect needs no mapping; importjob check lists what is wrong with the file")
	}
	in, err := c.open(c.Files, std, true)
	if err != nil {
		return err
	}
	defer in.close()
	if in.dialect {
		return fmt.Errorf("%s: its header is that of the dialect of import jobs, which needs no mapping: use importjob check, or give --from csv if it is an ordinary CSV file", in.name())
	}
	c.takesHashes = true
	pool, err := rulesOf(ctx, &c.backendFlags, &c.poolFlags, std)
	if err != nil {
		return err
	}
	ctx, release := in.interruptible(ctx, std)
	defer release()
	std.reading.show(in, "Inspecting", std)
	report, err := source.Inspect(ctx, in.paths, pool, &in.options)
	std.reading.end()
	if err != nil {
		return interruptedOr(ctx, exportError(err))
	}
	if c.Save != "" {
		if err := c.save(report); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(std.out, report)
	}
	_, err = report.WriteTo(std.out)
	return err
}

// save writes the mapping to a file, with what the flags say about the form of the export.
func (c *inspectCommand) save(report *source.Report) error {
	m, err := source.Parse([]byte(report.MappingFile))
	if err != nil {
		return err
	}
	o, err := c.sourceOptions()
	if err != nil {
		return err
	}
	m.Input.NoHeader = m.Input.NoHeader || o.Format.NoHeader
	if o.Format.Delimiter != 0 {
		m.Input.Delimiter = o.Format.Delimiter
	}
	if o.Format.Encoding != "" {
		m.Input.Encoding = o.Format.Encoding
	}
	if o.Format.Format != "" {
		m.Input.Format = o.Format.Format
	}
	text, err := m.Marshal()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(c.Save, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--save %s: the file exists; give another name, or remove it", c.Save)
	}
	if err != nil {
		return fmt.Errorf("--save: %w", err)
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
