package bulk_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/userpool"
)

const shopExport = `{"users": [
  {"login": "ann", "mail": "ann@example.com", "verified": true}, {"login": "bob", "mail": "bob@example.com", "verified": true},
  {"login": "cem", "mail": "cem@example.com", "verified": false},
  {"login": "dee", "login": "dee"},
  {"login": "ann", "mail": "ann@example.org", "verified": true}]}`

// This example imports an export, and then names the users who were not imported by their file, line and record. report.csv has a row for
// each record of the export, in the order in which source.Open reads them with the same options.
func ExampleExport() {
	ctx := context.Background()
	cognito := newExamplePool(ctx)
	if _, err := cognito.AddUser(ctx, exampleInput.UserPoolID, userpool.User{Username: "bob"}); err != nil {
		log.Fatal(err)
	}
	dir, remove := tempDir()
	defer remove()
	export, state := []string{filepath.Join(dir, "shop.json")}, filepath.Join(dir, "import")
	if err := os.WriteFile(export[0], []byte(shopExport), 0o600); err != nil {
		log.Fatal(err)
	}

	opts := source.Options{Edits: source.Edits{Columns: map[string]string{
		"cognito:username": "login", "email": "mail", "email_verified": "verified"}}}
	summary, err := bulk.Import(ctx, cognito, exampleInput, bulk.Export(export, &bulk.ExportOptions{
		Source: opts,
		OnOpen: func(d source.Description) { fmt.Println(d) },
	}), state, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d imported, %d skipped, %d rejected\n", summary.Imported, summary.Skipped, summary.Rejected)

	pool, err := cognito.Pool(ctx, exampleInput.UserPoolID)
	if err != nil {
		log.Fatal(err)
	}
	if err := printNotImported(ctx, export, pool, &opts, filepath.Join(state, "report.csv")); err != nil {
		log.Fatal(err)
	}
	// Output:
	// shop.json: JSON, UTF-8, records at users[*] (an array of objects); mapping suggested (by the names of the columns)
	// 1 imported, 1 skipped, 3 rejected
	// shop.json: record 2 on line 2: bob: skipped: The user already exists.
	// shop.json: record 3 on line 3: cem: rejected: verified: The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true) (try --set email_verified=true, if you know that the addresses are verified)
	// shop.json: record 4 on line 4: : rejected: invalid JSON
	// shop.json: record 5 on line 5: ann: rejected: cognito:username: The user already exists. The first is on line 2.
}

// printNotImported reads the export and the report side by side.
func printNotImported(ctx context.Context, export []string, pool importjob.Pool, opts *source.Options, reportFile string) error {
	file, err := os.Open(reportFile)
	if err != nil {
		return err
	}
	defer file.Close()
	report := csv.NewReader(file)
	if _, err := report.Read(); err != nil { // the header
		return err
	}
	users, err := source.Open(ctx, export, pool, opts)
	if err != nil {
		return err
	}
	defer users.Close()
	for {
		user, err := users.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		row, err := report.Read() // source_line, part, job_id, line, username, outcome, reason
		if err != nil {
			return err
		}
		if username, outcome, reason := row[4], row[5], row[6]; outcome != string(bulk.OutcomeImported) {
			fmt.Printf("%s: %s: %s: %s: %s\n", users.Files()[user.File], user.Place, username, outcome, reason)
		}
	}
}
