package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"github.com/cognito-import/importjob/source/format"
)

// ndjsonTasks measures the reading of an export of Auth0: one JSON object on each line.
func ndjsonTasks() []task {
	const records = 100_000
	var text bytes.Buffer
	for i := range records {
		fmt.Fprintf(&text, `{"user_id":"auth0|%024x","email":"user%d@example.com","email_verified":%t,"given_name":"Ann","family_name":"Müller %d",`+
			`"nickname":"user%d","picture":"https://example.com/%d.png","created_at":"2024-03-0%dT10:20:30.000Z","user_metadata":{"plan":"pro"},"blocked":false}`+"\n",
			i, i, i%2 == 0, i, i, i, i%9+1)
	}
	return []task{{name: "read NDJSON", beside: "json.Unmarshal of lines", target: 1.5, atMost: true,
		ref: func() {
			rest := text.Bytes()
			for len(rest) > 0 {
				line, after, _ := bytes.Cut(rest, []byte{'\n'})
				var u struct {
					ID            string `json:"user_id"`
					Email         string `json:"email"`
					EmailVerified bool   `json:"email_verified"`
					GivenName     string `json:"given_name"`
					FamilyName    string `json:"family_name"`
					Metadata      struct {
						Plan string `json:"plan"`
					} `json:"user_metadata"`
				}
				must(json.Unmarshal(line, &u))
				sink += len(u.Email)
				rest = after
			}
		},
		ours: func() {
			r, err := format.NewReader(bytes.NewReader(text.Bytes()), "users.ndjson", nil)
			must(err)
			must(r.Bind([]format.Path{format.MustPath("user_id"), format.MustPath("email"), format.MustPath("email_verified"),
				format.MustPath("given_name"), format.MustPath("family_name"), format.MustPath("user_metadata.plan")}, nil))
			for n := 0; ; n++ {
				record, err := r.Next()
				if err == io.EOF && n == records {
					break
				}
				must(err)
				sink += len(record.Values[1].Text)
			}
		}}}
}
