package bulk_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// cursor iterates over the rows of a table, as sql.Rows does.
type cursor struct {
	rows [][2]string
	at   int
}

func (c *cursor) Next() bool {
	c.at++
	return c.at <= len(c.rows)
}

func (c *cursor) Scan(login, mail *string) error {
	*login, *mail = c.rows[c.at-1][0], c.rows[c.at-1][1]
	return nil
}

func (c *cursor) Err() error { return nil }

func (c *cursor) Close() error { return nil }

// query stands for a query of a database. It returns the rows in the same order each time.
func query() (*cursor, error) {
	return &cursor{rows: [][2]string{{"ann", "ann@example.com"}, {"bob", "bob@example.com"}, {"ANN", "ann@example.org"}}}, nil
}

// members is a sequence of the users in a database. Each iteration queries the database again.
func members() iter.Seq2[importjob.Record, error] {
	return func(yield func(importjob.Record, error) bool) {
		rows, err := query()
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var login, mail string
			if err := rows.Scan(&login, &mail); err != nil {
				yield(nil, err)
				return
			}
			if !yield(importjob.Record{"cognito:username": login, "email": mail, "email_verified": "true"}, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// This example imports users from a database with a cursor. Only the current row is in memory.
func ExampleRecords() {
	ctx := context.Background()
	cognito := newExamplePool(ctx)
	dir, remove := tempDir()
	defer remove()

	summary, err := bulk.Import(ctx, cognito, exampleInput, bulk.Records(members()), filepath.Join(dir, "import"), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d rows: %d imported, %d rejected\n", summary.Rows, summary.Imported, summary.Rejected)
	report, err := os.ReadFile(filepath.Join(dir, "import", "report.csv"))
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range strings.Split(strings.TrimSpace(string(report)), "\n")[1:] {
		column := strings.Split(row, ",") // source_line, part, job_id, line, username, outcome, reason
		fmt.Println(column[0], column[4], column[5])
	}
	// Output:
	// 3 rows: 2 imported, 1 rejected
	// 1 ann imported
	// 2 bob imported
	// 3 ANN rejected
}
