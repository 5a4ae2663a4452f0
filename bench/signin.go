package main

import (
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// signInTasks measures the first sign-in of users who were imported with a password hash.
func signInTasks() []task {
	const (
		password = "P@ssw0rd!"
		users    = 5000
		atATime  = 10
	)
	hash, err := bcrypt.GenerateFromPassword([]byte(password), 8)
	must(err)
	c := memory.New(nil)
	hashed := pool
	hashed.PasswordHashes = true
	_, err = c.CreatePool(ctx, userpool.Pool{Pool: hashed})
	must(err)
	var file strings.Builder
	w := importjob.NewWriter(&file)
	must(w.Write(hashed.Header()))
	for i := range users {
		must(w.WriteRecord(importjob.Record{"cognito:username": fmt.Sprintf("user%d", i), "email": fmt.Sprintf("user%d@example.com", i),
			"email_verified": "TRUE", "password_hash": string(hash)}))
	}
	must(w.Flush())
	to := creation
	to.PasswordHashingAlgorithm = importjob.HashBCRYPT
	importedAs(c, input{data: []byte(file.String()), rows: users}, to)
	next := 0
	return []task{{name: "first sign-ins with a bcrypt hash", beside: "bcrypt alone", target: 1.1, atMost: true,
		ref: func() {
			for range atATime {
				must(bcrypt.CompareHashAndPassword(hash, []byte(password)))
			}
		},
		ours: func() {
			for range atATime {
				_, err := c.VerifyPassword(ctx, userpool.Ref{UserPoolID: hashed.ID, Username: fmt.Sprintf("user%d", next)}, password)
				must(err)
				next++
			}
		}}}
}
