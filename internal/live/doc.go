// Package live asks a user pool at AWS what no public page says. It has tests only.
//
// TestLive runs if IMPORTJOB_LIVE_POOL and IMPORTJOB_LIVE_ROLE are set:
//
//	IMPORTJOB_LIVE_POOL=us-west-2_aaaaaaaaa \
//	IMPORTJOB_LIVE_ROLE=arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole \
//	go test ./internal/live -run TestLive -v -count=1 -timeout 8h
//
// It checks those rules of package backendtest that a live service can take. Then it runs probes: each asks one
// question of the file ASSUMPTIONS.md, and says whether the default of this module holds. The results are tables in a
// Markdown file. A second file has one line of JSON for each request.
//
// The file docs/conformance.md lists the variables, and says what a run creates, costs and removes. The other tests of
// this package run the same code against fakes.
package live
