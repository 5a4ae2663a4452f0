package importjob_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// file is a CSV file for a pool with the classic schema: one good row, and one without a
// verified e-mail address or phone number.
func file() string {
	var b strings.Builder
	w := importjob.NewWriter(&b)
	for _, err := range []error{
		w.Write(importjob.Pool{}.Header()),
		w.WriteRecord(importjob.Record{"cognito:username": "johndoe", "email": "johndoe@example.com", "email_verified": "TRUE", "address": "1 Main St, Springfield"}),
		w.WriteRecord(importjob.Record{"cognito:username": "janeroe", "email": "janeroe@example.com", "email_verified": "FALSE"}),
		w.Flush(),
	} {
		if err != nil {
			panic(err)
		}
	}
	return b.String()
}

// newClient returns Cognito in memory with one pool.
func newClient() *memory.Cognito {
	client := memory.New(&memory.Options{NewJobID: func() string { return "import-qQ0DCt2fRh" }})
	_, err := client.CreatePool(context.Background(), userpool.Pool{Pool: importjob.Pool{
		ID:                     "us-west-2_aaaaaaaaa",
		AutoVerifiedAttributes: []string{"email"},
	}})
	if err != nil {
		panic(err)
	}
	return client
}

var input = importjob.CreateInput{
	JobName:               "MyImportJob",
	UserPoolID:            "us-west-2_aaaaaaaaa",
	CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
}

func Example() {
	ctx := context.Background()
	client := memory.New(nil) // or any other importjob.Client
	pool, err := client.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{
		ID:                     "us-west-2_aaaaaaaaa",
		AutoVerifiedAttributes: []string{"email"},
	}})
	if err != nil {
		panic(err)
	}

	var file bytes.Buffer
	w := importjob.NewWriter(&file)
	w.Write(pool.Header())
	w.WriteRecord(importjob.Record{
		"cognito:username": "johndoe",
		"name":             "John Doe",
		"email":            "johndoe@example.com",
		"email_verified":   "TRUE",
	})
	if err := w.Flush(); err != nil {
		panic(err)
	}

	job, err := importjob.Import(ctx, client, importjob.CreateInput{
		JobName:               "MyImportJob",
		UserPoolID:            pool.ID,
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	}, &file, int64(file.Len()), nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(job.Status, job.ImportedUsers, job.CompletionMessage)

	user, err := client.User(ctx, userpool.Ref{UserPoolID: pool.ID, Username: "johndoe"})
	if err != nil {
		panic(err)
	}
	fmt.Println(user.Status, user.Attributes.Value("email_verified"))
	// Output:
	// Succeeded 1 Import Job Completed Successfully.
	// RESET_REQUIRED true
}

func ExampleImport() {
	ctx, client := context.Background(), newClient()
	file := strings.NewReader("email,cognito:username\n") // a header that lacks nearly all columns
	_, err := importjob.Import(ctx, client, input, file, file.Size(), nil)
	var ended *importjob.JobError
	if errors.As(err, &ended) {
		fmt.Println(ended.Job.Status)
		fmt.Println(ended.Job.CompletionMessage)
	}
	// Output:
	// Failed
	// The .csv file could not be read: name: the header lacks this column: every column must be there, its values may be empty.
}

func ExampleCheck() {
	client := newClient()
	pool, err := client.Pool(context.Background(), "us-west-2_aaaaaaaaa")
	if err != nil {
		panic(err)
	}
	var sum importjob.CheckSummary
	for f, err := range importjob.Check(context.Background(), pool, strings.NewReader(file()), &importjob.CheckOptions{Summary: &sum}) {
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s: %s\n", f.Username, f)
	}
	fmt.Printf("%d of %d rows would be imported\n", sum.Imported, sum.Rows)
	// Output:
	// janeroe: line 3, column 30: email_verified: The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).
	// 1 of 2 rows would be imported
}

func ExampleResults() {
	ctx, client := context.Background(), newClient()
	text := file()
	job, err := importjob.Import(ctx, client, input, strings.NewReader(text), int64(len(text)), nil)
	if err != nil {
		panic(err)
	}
	for row, err := range importjob.Results(ctx, client, job.Ref()) {
		if err != nil {
			panic(err)
		}
		fmt.Println(row)
	}
	// Output:
	// [SUCCEEDED] Line Number 2 - The import succeeded.
	// [FAILED] Line Number 3 - The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).
}

func ExampleJobs() {
	ctx, client := context.Background(), newClient()
	if _, err := client.Create(ctx, input); err != nil {
		panic(err)
	}
	for job, err := range importjob.Jobs(ctx, client, "us-west-2_aaaaaaaaa") {
		if err != nil {
			panic(err)
		}
		fmt.Println(job)
	}
	// Output:
	// us-west-2_aaaaaaaaa/import-qQ0DCt2fRh "MyImportJob" Created (0 imported, 0 skipped, 0 failed)
}

func ExampleError() {
	ctx, client := context.Background(), newClient()
	job, err := client.Create(ctx, input)
	if err != nil {
		panic(err)
	}
	_, err = client.Start(ctx, job.Ref()) // nothing was uploaded
	fmt.Println(errors.Is(err, importjob.ErrPreconditionNotMet))
	fmt.Println(err)
	// Output:
	// true
	// StartUserImportJob us-west-2_aaaaaaaaa/import-qQ0DCt2fRh: PreconditionNotMetException: No csv file was uploaded for import-qQ0DCt2fRh
}

func ExampleUserImportJob_MarshalJSON() {
	var job importjob.UserImportJob
	err := json.Unmarshal([]byte(`{
		"JobName": "MyImportJob", "JobId": "import-qQ0DCt2fRh", "UserPoolId": "us-west-2_aaaaaaaaa",
		"PreSignedUrl": "PRE_SIGNED_URL", "CreationDate": 1.548271795471E9, "Status": "Created",
		"ImportedUsers": 0, "SkippedUsers": 0, "FailedUsers": 0}`), &job)
	if err != nil {
		panic(err)
	}
	fmt.Println(job.CreationDate)
	fmt.Println(job) // without the URL
	text, err := json.Marshal(job)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
	// Output:
	// 2019-01-23 19:29:55.471 +0000 UTC
	// us-west-2_aaaaaaaaa/import-qQ0DCt2fRh "MyImportJob" Created (0 imported, 0 skipped, 0 failed)
	// {"JobName":"MyImportJob","JobId":"import-qQ0DCt2fRh","UserPoolId":"us-west-2_aaaaaaaaa","PreSignedUrl":"PRE_SIGNED_URL","CreationDate":1548271795.471,"Status":"Created","ImportedUsers":0,"SkippedUsers":0,"FailedUsers":0}
}

func ExampleReader() {
	r := importjob.NewReader(strings.NewReader("cognito:username,address\njohndoe,1 Main St\\, Springfield\n"))
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		fmt.Printf("%q\n", record)
	}
	// Output:
	// ["cognito:username" "address"]
	// ["johndoe" "1 Main St, Springfield"]
}

// To read many rows, take them with their positions and without a string for each value.
func ExampleRow_Fields() {
	r := importjob.NewReader(strings.NewReader("cognito:username,address\njohndoe,1 Main St\\, Springfield\n"))
	header, err := r.Header()
	if err != nil {
		panic(err)
	}
	for {
		row, err := r.ReadRow()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		for i, value := range row.Fields() {
			fmt.Printf("line %d, column %d: %s is %q\n", row.Line(), row.Column(i), header[i], value)
		}
	}
	// Output:
	// line 2, column 1: cognito:username is "johndoe"
	// line 2, column 9: address is "1 Main St, Springfield"
}

func ExampleWriter() {
	w := importjob.NewWriter(os.Stdout)
	w.Write([]string{"cognito:username", "address"})
	w.WriteRecord(importjob.Record{"cognito:username": "johndoe", "address": "1 Main St, Springfield"})
	err := w.WriteRecord(importjob.Record{"cognito:username": "janeroe", "address": "2 Main St\nSpringfield"})
	w.Flush()
	fmt.Println(err)
	// Output:
	// cognito:username,address
	// johndoe,1 Main St\, Springfield
	// line 3, column 9: address: a value cannot hold a line break
}

func ExamplePool_Header() {
	pool := importjob.Pool{Schema: importjob.ClassicSchema().With(importjob.CustomAttribute("department", importjob.TypeString))}
	fmt.Println(strings.Join(pool.Header(), ","))
	// Output:
	// name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at,custom:department,cognito:mfa_enabled,cognito:username
}
