package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// jobFlags are those of the commands that run jobs.
type jobFlags struct {
	backendFlags
	poolFlags
	JobName               string `placeholder:"NAME" default:"MyImportJob" help:"Name of the job (${default})."`
	CloudWatchLogsRoleARN string `name:"cloud-watch-logs-role-arn" placeholder:"ARN" default:"arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole" help:"Role with which Cognito logs the outcome of each row (${default})."`
	RowsPerSecond         int    `placeholder:"N" help:"Pace of the import; 0 imports all rows at once."`
}

// input returns the input of CreateUserImportJob, if the service would take it.
func (f *jobFlags) input() (importjob.CreateInput, error) {
	in := importjob.CreateInput{
		JobName:                  f.JobName,
		UserPoolID:               f.UserPoolID,
		CloudWatchLogsRoleARN:    f.CloudWatchLogsRoleARN,
		PasswordHashingAlgorithm: importjob.PasswordHashingAlgorithm(f.PasswordHashingAlgorithm),
	}
	if f.RowsPerSecond < 0 {
		return in, fmt.Errorf("--rows-per-second %d: less than 0", f.RowsPerSecond)
	}
	return in, withoutOp(in.Validate())
}

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

// inMemory returns a client of a Cognito in memory with this one pool.
func (f *jobFlags) inMemory(ctx context.Context, pool importjob.Pool) (importjob.Client, error) {
	region, _, _ := strings.Cut(pool.ID, "_")
	cognito := memory.New(&memory.Options{Region: region, RowsPerSecond: f.RowsPerSecond})
	if _, err := cognito.CreatePool(ctx, userpool.Pool{Pool: pool}); err != nil {
		return nil, withoutOp(err)
	}
	return cognito, nil
}
