package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// jobFlags are the flags of the commands that run jobs.
type jobFlags struct {
	backendFlags
	poolFlags
	JobName               string `group:"Job:" placeholder:"NAME" default:"MyImportJob" help:"Name of the job (default ${default})."`
	CloudWatchLogsRoleARN string `group:"Job:" name:"cloud-watch-logs-role-arn" placeholder:"ARN" default:"arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole" help:"Role that Cognito assumes to log the outcome of each row (required at AWS)."`
	RowsPerSecond         int    `group:"Settings of a pool in memory:" placeholder:"N" help:"Speed of the import, in rows per second. 0 imports all rows at once (default 0)."`
}

// input returns the input of CreateUserImportJob, or an error if the service would refuse it.
func (f *jobFlags) input() (importjob.CreateInput, error) {
	in := importjob.CreateInput{
		JobName:                  f.JobName,
		UserPoolID:               f.UserPoolID,
		CloudWatchLogsRoleARN:    f.CloudWatchLogsRoleARN,
		PasswordHashingAlgorithm: importjob.PasswordHashingAlgorithm(f.PasswordHashingAlgorithm),
	}
	if f.RowsPerSecond < 0 {
		return in, fmt.Errorf("--rows-per-second %d: give 0 or more", f.RowsPerSecond)
	}
	return in, withoutOp(in.Validate())
}

// client returns a client of the backend that the flags choose.
func (f *jobFlags) client(ctx context.Context, std *streams) (importjob.Client, error) {
	if f.Backend == atAWS {
		return f.connect(ctx, f.UserPoolID, std)
	}
	pool, err := f.pool()
	if err != nil {
		return nil, err
	}
	return f.inMemory(ctx, pool)
}

// inMemory returns a client of a new Cognito in memory with one pool.
func (f *jobFlags) inMemory(ctx context.Context, pool importjob.Pool) (importjob.Client, error) {
	region, _, _ := strings.Cut(pool.ID, "_")
	cognito := memory.New(&memory.Options{Region: region, RowsPerSecond: f.RowsPerSecond})
	if _, err := cognito.CreatePool(ctx, userpool.Pool{Pool: pool}); err != nil {
		return nil, withoutOp(err)
	}
	return cognito, nil
}
