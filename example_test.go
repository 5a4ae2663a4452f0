package importjob_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// fileOf returns a CSV file with these users, for a pool with the classic schema.
func fileOf(users ...importjob.Record) string {
	var b strings.Builder
	w := importjob.NewWriter(&b)
	err := w.Write(importjob.Pool{}.Header())
	for _, u := range users {
		err = errors.Join(err, w.WriteRecord(u))
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		panic(err)
	}
	return b.String()
}

var (
	johndoe = importjob.Record{"cognito:username": "johndoe", "email": "johndoe@example.com", "email_verified": "TRUE", "address": "1 Main St, Springfield"}
	janeroe = importjob.Record{"cognito:username": "janeroe", "email": "janeroe@example.com", "email_verified": "FALSE"} // not imported: no verified address
)

// newClient returns a Client of a Cognito in memory that has one pool.
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

// input is the input of Create for a job in the pool of newClient.
var input = importjob.CreateInput{
	JobName:               "MyImportJob",
	UserPoolID:            "us-west-2_aaaaaaaaa",
	CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
}

// The package example imports one user into a pool in memory.
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

func ExampleImport() {
	ctx, client := context.Background(), newClient()
	body := strings.NewReader(fileOf(johndoe, janeroe))
	job, err := importjob.Import(ctx, client, input, body, body.Size(), nil)
	if err != nil {
		panic(err)
	}
	// A job that ends Succeeded can have rows that failed.
	fmt.Println(job.Status, job.ImportedUsers, job.SkippedUsers, job.FailedUsers)
	// Output:
	// Succeeded 1 0 1
}

// Import returns a *JobError for a job that ends Failed, Stopped or Expired.
func ExampleJobError() {
	ctx, client := context.Background(), newClient()
	body := strings.NewReader("email,cognito:username\n") // the header lacks nearly all columns
	_, err := importjob.Import(ctx, client, input, body, body.Size(), nil)
	var ended *importjob.JobError
	if errors.As(err, &ended) {
		fmt.Println(ended.Job.Status)
		fmt.Println(ended.Job.CompletionMessage)
	}
	// Output:
	// Failed
	// The .csv file could not be read: name: the header lacks this column: add it, its values may be empty.
}

// Instead of calling Import, call Create, Upload and Start yourself, and wait for the end of the job.
func ExampleWait() {
	ctx, client := context.Background(), newClient()
	job, err := client.Create(ctx, input)
	if err != nil {
		panic(err)
	}
	body := strings.NewReader(fileOf(johndoe, janeroe))
	if err := client.Upload(ctx, job, body, body.Size()); err != nil {
		panic(err)
	}
	if job, err = client.Start(ctx, job.Ref()); err != nil {
		panic(err)
	}
	fmt.Println(job.Status)

	job, err = importjob.Wait(ctx, client, job.Ref(), &importjob.WaitOptions{MinInterval: time.Second})
	if err != nil {
		panic(err)
	}
	fmt.Println(job.Status, job.CompletionMessage)
	// Output:
	// Pending
	// Succeeded Import Job Completed Successfully.
}

// The connection breaks before the response to Start arrives. EnsureStarted finds out that the job was
// started.
func ExampleEnsureStarted() {
	ctx := context.Background()
	client := backend.Intercept(newClient(), backend.Faults(backend.FaultOptions{
		Faults: []backend.Fault{{Op: importjob.OpStart, Lost: true, On: backend.Nth(1)}},
	}))
	job, err := client.Create(ctx, input)
	if err != nil {
		panic(err)
	}
	body := strings.NewReader(fileOf(johndoe, janeroe))
	if err := client.Upload(ctx, job, body, body.Size()); err != nil {
		panic(err)
	}
	job, err = importjob.EnsureStarted(ctx, client, job.Ref())
	fmt.Println(job.Status, err)
	// Output:
	// Succeeded <nil>
}

func ExampleRetryable() {
	throttled := &importjob.Error{Op: importjob.OpList, Code: importjob.ErrTooManyRequests}
	broken := &importjob.Error{Op: importjob.OpList, Err: io.ErrUnexpectedEOF} // no Code: the service did not respond
	wrong := &importjob.Error{Op: importjob.OpList, Code: importjob.ErrInvalidParameter}
	fmt.Println(importjob.Retryable(throttled), importjob.Retryable(broken), importjob.Retryable(wrong))
	// Output:
	// true true false
}

func ExampleStatus() {
	for _, status := range importjob.Statuses() {
		fmt.Println(status, status.Done())
	}
	fmt.Println(importjob.StatusStopped.CanBecome(importjob.StatusPending)) // can a stopped job be started again?
	// Output:
	// Created false
	// Pending false
	// InProgress false
	// Stopping false
	// Stopped true
	// Succeeded true
	// Failed true
	// Expired true
	// false
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

// The log of a job has line numbers but no usernames. This example finds the usernames in the file.
func ExampleResults() {
	ctx, client := context.Background(), newClient()
	text := fileOf(johndoe, janeroe)
	job, err := importjob.Import(ctx, client, input, strings.NewReader(text), int64(len(text)), nil)
	if err != nil {
		panic(err)
	}

	reasons := map[int]string{} // by line, for each row that failed
	for row, err := range importjob.Results(ctx, client, job.Ref()) {
		if err != nil {
			panic(err)
		}
		if row.Status == importjob.RowFailed {
			reasons[row.Line] = row.Reason
		}
	}

	r := importjob.NewReader(strings.NewReader(text))
	header, err := r.Header()
	if err != nil {
		panic(err)
	}
	username := slices.Index(header, importjob.ColumnUsername)
	for {
		row, err := r.ReadRow()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		if reason, failed := reasons[row.Line()]; failed {
			fmt.Printf("%s: %s\n", row.Field(username), reason)
		}
	}
	// Output:
	// janeroe: The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).
}

// Group the findings by Code, to see which faults are the most frequent.
func ExampleCheck() {
	ctx := context.Background()
	pool, err := newClient().Pool(ctx, "us-west-2_aaaaaaaaa")
	if err != nil {
		panic(err)
	}
	text := fileOf(johndoe, janeroe,
		importjob.Record{"cognito:username": "jim", "email": "jim.example.com", "email_verified": "true"},
		importjob.Record{"cognito:username": "joe", "email": "joe.example.com", "email_verified": "true"},
		johndoe, // a duplicate
	)

	byCode := map[string][]importjob.Finding{}
	var sum importjob.CheckSummary
	for f, err := range importjob.Check(ctx, pool, strings.NewReader(text), &importjob.CheckOptions{Summary: &sum}) {
		if err != nil {
			panic(err) // the file could not be read
		}
		byCode[f.Code] = append(byCode[f.Code], f)
	}

	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		fmt.Printf("%s: %d, first in %s\n", code, len(byCode[code]), byCode[code][0])
	}
	fmt.Printf("%d of %d rows would be imported; the job would end %s\n", sum.Imported, sum.Rows, sum.Status)
	// Output:
	// duplicate-username: 1, first in line 6, column 67: cognito:username: The user already exists. The first is on line 2.
	// email: 2, first in line 4, column 10: email: Invalid email address format.
	// not-verified: 1, first in line 3, column 30: email_verified: The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).
	// 1 of 5 rows would be imported; the job would end Failed
}

// Copy the good rows of a file to another file. Each row has its position in the file.
func ExampleCheckedRows() {
	pool := importjob.Pool{AutoVerifiedAttributes: []string{"email"}}
	source := strings.NewReader(fileOf(johndoe, janeroe)) // or an *os.File

	var good bytes.Buffer
	var copyErr error
	w := importjob.NewWriter(&good)
	opts := &importjob.CheckOptions{OnRows: func(rows *importjob.CheckedRows) {
		if good.Len() == 0 { // the first batch
			copyErr = errors.Join(w.Write(rows.Columns), w.Flush())
		}
		for i := range rows.Len() {
			row := rows.Row(i)
			if row.Bad {
				continue
			}
			_, err := io.Copy(&good, io.NewSectionReader(source, row.Offset, int64(row.Size)))
			copyErr = errors.Join(copyErr, err)
			good.WriteByte('\n')
		}
	}}
	reader := io.NewSectionReader(source, 0, source.Size()) // the copying does not move its position
	for _, err := range importjob.Check(context.Background(), pool, reader, opts) {
		if err != nil {
			panic(err)
		}
	}
	if copyErr != nil {
		panic(copyErr)
	}
	fmt.Print(good.String())
	// Output:
	// name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at,cognito:mfa_enabled,cognito:username
	// ,,,,,,,,,johndoe@example.com,TRUE,,,,,,,1 Main St\, Springfield,,,johndoe
}

// Check users that do not come from a CSV file.
func ExampleRowChecker_CheckRecord() {
	pool := importjob.Pool{AutoVerifiedAttributes: []string{"email"}}
	checker, err := importjob.NewRowChecker(pool, pool.Header(), nil)
	if err != nil {
		panic(err)
	}
	for _, user := range []importjob.Record{
		{"cognito:username": "johndoe", "email": "johndoe@example.com", "email_verified": "true"},
		{"cognito:username": "janeroe", "email": "janeroe@example.com", "email_verified": "true", "birthdate": "1985-02-01"},
	} {
		if f, bad := checker.CheckRecord(user); bad {
			fmt.Printf("%s: %s: %s (%s)\n", f.Username, f.Attribute, f.Reason, f.Code)
		}
	}
	// Output:
	// janeroe: birthdate: a birthdate is an existing day in the form mm/dd/yyyy (birthdate)
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

// A faulty row does not end the reading.
func ExampleCSVError() {
	r := importjob.NewReader(strings.NewReader("cognito:username,address\njohndoe\njaneroe,2 Main St\n"))
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		var fault *importjob.CSVError
		switch {
		case errors.Is(err, importjob.ErrFieldCount) && errors.As(err, &fault):
			fmt.Printf("line %d is not used: %v\n", fault.Line, fault.Err)
		case err != nil:
			panic(err)
		default:
			fmt.Printf("%q\n", record)
		}
	}
	// Output:
	// ["cognito:username" "address"]
	// line 2 is not used: the row does not have as many values as the header
	// ["janeroe" "2 Main St"]
}

// ReadRow is faster than Read, and each row has the positions of its values.
func ExampleReader_ReadRow() {
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

func ExampleWriter_WriteRecord() {
	w := importjob.NewWriter(os.Stdout)
	if err := w.Write([]string{"cognito:username", "address"}); err != nil { // the header
		panic(err)
	}
	if err := w.WriteRecord(importjob.Record{"cognito:username": "johndoe", "address": "1 Main St, Springfield"}); err != nil {
		panic(err)
	}
	refused := w.WriteRecord(importjob.Record{"cognito:username": "janeroe", "address": "2 Main St\nSpringfield"})
	if err := w.Flush(); err != nil {
		panic(err)
	}
	fmt.Println(refused)
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
