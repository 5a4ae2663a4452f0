package main

import (
	"context"
	"encoding/json"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// headerCommand prints the header row of the files for a pool.
type headerCommand struct {
	backendFlags
	poolFlags
	JSON bool `name:"json" help:"Print the names as a JSON list."`
}

// Run is called by kong.
func (c *headerCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.agree(flagsOf(command), "user-pool-id"); err != nil {
		return err
	}
	if c.Backend == atAWS && c.PasswordHashingAlgorithm != "" {
		return contradiction("password-hashing-algorithm")
	}
	header, err := c.header(ctx, std)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(std.out).Encode(header)
	}
	w := importjob.NewWriter(std.out)
	if err := w.Write(header); err != nil {
		return err
	}
	return w.Flush()
}

// header returns the columns of the pool, at AWS as the service itself lists them.
func (c *headerCommand) header(ctx context.Context, std *streams) ([]string, error) {
	if c.Backend == inMemory {
		pool, err := c.pool()
		return pool.Header(), err
	}
	if err := backend.ValidateUserPoolID(c.UserPoolID); err != nil {
		return nil, withoutOp(err)
	}
	client, err := c.connect(ctx, c.UserPoolID, std)
	if err != nil {
		return nil, err
	}
	header, err := client.CSVHeader(ctx, c.UserPoolID)
	return header, serviceError(err)
}
