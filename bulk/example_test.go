package bulk_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/userpool"
)

// exampleInput is the input of all examples.
var exampleInput = importjob.CreateInput{
	JobName:               "migration",
	UserPoolID:            "us-west-2_aaaaaaaaa",
	CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
}

// newExamplePool returns a Cognito in memory with a pool. At AWS, use awsbackend.New instead.
func newExamplePool(ctx context.Context) *memory.Cognito {
	cognito := memory.New(nil)
	_, err := cognito.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{ID: "us-west-2_aaaaaaaaa", Name: "people", AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}})
	if err != nil {
		log.Fatal(err)
	}
	return cognito
}

// tempDir returns a new directory, and a function that removes it.
func tempDir() (string, func()) {
	dir, err := os.MkdirTemp("", "bulk")
	if err != nil {
		log.Fatal(err)
	}
	return dir, func() { os.RemoveAll(dir) }
}

// This example imports a file from another system, which has columns of its own.
func Example() {
	ctx := context.Background()
	cognito := newExamplePool(ctx)
	dir, remove := tempDir()
	defer remove()
	file := filepath.Join(dir, "crm.csv")
	err := os.WriteFile(file, []byte(`Login,E-Mail,Checked,Address,Notes
ann,ann@example.com,true,"1 Pine Street, Seattle",tea
bob,bob.example.com,true,,
zoe,zoe@example.com,true,,"no ""coffee"""
`), 0o600)
	if err != nil {
		log.Fatal(err)
	}

	crm := bulk.CSV(file, &bulk.CSVOptions{
		Columns: map[string]string{"cognito:username": "Login", "email": "E-Mail", "email_verified": "Checked", "address": "Address"},
		Ignore:  []string{"Notes"},
	})
	summary, err := bulk.Import(ctx, cognito, exampleInput, crm, filepath.Join(dir, "import"), &bulk.Options{PartRows: 1})
	if err != nil {
		log.Fatal(err) // a call with Options.Resume continues the import
	}
	fmt.Printf("%d rows: %d imported by %d jobs, %d rejected\n", summary.Rows, summary.Imported, summary.Jobs, summary.Rejected)
	rejected, err := os.ReadFile(filepath.Join(dir, "import", "rejected.csv"))
	if err != nil {
		log.Fatal(err)
	}
	bob := strings.Split(string(rejected), "\n")[1]
	fmt.Println(bob[:strings.Index(bob, ".,")+1])
	// Output:
	// 3 rows: 2 imported by 2 jobs, 1 rejected
	// 3,email,Invalid email address format.
}

// The rules of the pool changed after the plan: it verifies phone numbers now, not e-mail addresses. So the job
// fails. The example imports the users again for whom it has a phone number.
func ExampleRetry() {
	ctx := context.Background()
	cognito := newExamplePool(ctx)
	dir, remove := tempDir()
	defer remove()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")

	if _, err := bulk.Plan(ctx, cognito, exampleInput, bulk.Records(members()), first, nil); err != nil {
		log.Fatal(err)
	}
	err := cognito.UpdatePool(ctx, userpool.Pool{Pool: importjob.Pool{ID: "us-west-2_aaaaaaaaa", Name: "people", AutoVerifiedAttributes: []string{"phone_number"}, CaseInsensitive: true}})
	if err != nil {
		log.Fatal(err)
	}
	summary, err := bulk.Import(ctx, cognito, exampleInput, bulk.Records(members()), first, &bulk.Options{Resume: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d imported, %d failed\n", summary.Imported, summary.Failed)

	phones := map[string]string{"ann": "+12065550100"}
	failed := bulk.Retry(first, &bulk.RetryOptions{Edit: func(row bulk.RetryRow) (importjob.Record, error) {
		phone := phones[row.Record["cognito:username"]]
		if phone == "" {
			return nil, nil // leaves the row out
		}
		row.Record["phone_number"], row.Record["phone_number_verified"] = phone, "true"
		return row.Record, nil
	}})
	summary, err = bulk.Import(ctx, cognito, exampleInput, failed, second, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d tried again, %d imported\n", summary.Rows, summary.Imported)
	// Output:
	// 0 imported, 2 failed
	// 1 tried again, 1 imported
}

// This example imports a stream that can be read only once, such as the body of an object in Amazon S3.
func ExampleStream() {
	ctx := context.Background()
	cognito := newExamplePool(ctx)
	dir, remove := tempDir()
	defer remove()
	body := strings.NewReader("login,mail,ok\nann,ann@example.com,true\nbob,bob@example.com,true\n")

	export := func(path string) bulk.Source {
		return bulk.Export([]string{path}, &bulk.ExportOptions{Source: source.Options{Edits: source.Edits{Columns: map[string]string{
			"cognito:username": "login", "email": "mail", "email_verified": "ok"}}}})
	}
	summary, err := bulk.Import(ctx, cognito, exampleInput, bulk.Stream(body, export), filepath.Join(dir, "import"), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(summary.Imported, "imported")
	// Output:
	// 2 imported
}

// This example is a dry run, which creates no job. Import runs the plan later.
func ExamplePlan() {
	ctx := context.Background()
	cognito := newExamplePool(ctx)
	dir, remove := tempDir()
	defer remove()
	state := filepath.Join(dir, "import")

	planned, err := bulk.Plan(ctx, cognito, exampleInput, bulk.Records(members()), state, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d rows would be rejected, the others need %d job\n", planned.Rejected, planned.Rows, planned.Parts)
	if planned.Rejected*2 > planned.Rows {
		log.Fatal("look at rejected.csv first")
	}
	summary, err := bulk.Import(ctx, cognito, exampleInput, bulk.Records(members()), state, &bulk.Options{Resume: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(summary.Imported, "imported")
	// Output:
	// 1 of 3 rows would be rejected, the others need 1 job
	// 2 imported
}
