package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/cognito-import/importjob/source"
)

// mappingsCommand lists the presets, or prints one.
type mappingsCommand struct {
	Name   string `arg:"" optional:"" help:"Name of a mapping, to print it."`
	Schema bool   `help:"Print the JSON schema of mapping files, for editors."`
}

// Help is the text of importjob mappings --help between the summary and the flags.
func (c *mappingsCommand) Help() string {
	return `Lists the mappings for the exports of other systems. Each is a name for --from. With a name, it prints the mapping file,
which can be changed and given to --mapping.

Examples:

    importjob mappings
    importjob mappings keycloak > mapping.yaml
    importjob mappings --schema > mapping.schema.json

Exit status:

    0  The output was printed.
    2  There is no such mapping.`
}

// Run is called by kong.
func (c *mappingsCommand) Run(std *streams) error {
	switch {
	case c.Schema && c.Name != "":
		return fmt.Errorf("--schema is the same for all mappings; leave out %s", c.Name)
	case c.Schema:
		_, err := io.WriteString(std.out, source.Schema())
		return err
	case c.Name != "":
		text, err := source.PresetFile(c.Name)
		if err != nil {
			return err
		}
		_, err = std.out.Write(text)
		return err
	}
	t := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, name := range source.Presets() {
		text, err := source.PresetFile(name)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(text), "\n")
		fmt.Fprintf(t, "%s\t%s\n", name, strings.TrimPrefix(first, "# "))
	}
	return t.Flush()
}
