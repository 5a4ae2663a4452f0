package main

import (
	"encoding/json"

	"github.com/cognito-import/importjob"
)

// headerCommand prints the header row of the files for a pool.
type headerCommand struct {
	poolFlags
	JSON bool `name:"json" help:"Print the names as a JSON list."`
}

// Run is called by kong.
func (c *headerCommand) Run(std *streams) error {
	pool, err := c.pool()
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(std.out).Encode(pool.Header())
	}
	w := importjob.NewWriter(std.out)
	if err := w.Write(pool.Header()); err != nil {
		return err
	}
	return w.Flush()
}
