package main

import (
	"context"
	"encoding/json"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// headerCommand prints the header of the files for a pool.
type headerCommand struct {
	backendFlags
	poolFlags
	JSON bool `name:"json" help:"Print the names of the columns as a JSON array."`
}

// Help is the text of importjob header --help between the summary and the flags.
func (c *headerCommand) Help() string {
	return `Prints the columns that a file for the pool must have, in Cognito's CSV dialect. The pool is a pool in
memory that the flags describe, or with --backend aws the pool with the ID --user-pool-id.

Examples:

    importjob header > users.csv
    importjob header --schema newer --custom team --custom level:Number
    importjob header --backend aws --user-pool-id us-west-2_aaaaaaaaa --json

Exit status:

    0  The header was printed.
    1  AWS refused the request.
    2  The command could not do its work.`
}

// Run is called by kong.
func (c *headerCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.checkFlags(flagsOf(command), "user-pool-id"); err != nil {
		return err
	}
	if c.Backend == atAWS && c.PasswordHashingAlgorithm != "" {
		return notAtAWS("password-hashing-algorithm")
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

// header returns the columns of the pool. At AWS it asks the service (GetCSVHeader).
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
