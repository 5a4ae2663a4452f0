// Package backendtest checks whether an [importjob.Client] does what Amazon Cognito does. It has more than 360 rules.
//
// # Use in a test
//
// A decorator is a function that wraps a Client in another Client. To check that a decorator keeps every rule, give it
// to [Wrapping], which wraps fakes of package memory:
//
//	func TestMine(t *testing.T) {
//		backendtest.Run(t, backendtest.Wrapping(func(c importjob.Client) importjob.Client {
//			return backend.Intercept(c, mine)
//		}))
//	}
//
// To check any other Client, write a function that makes a [Fixture] for each rule, and put it in a [Config]:
//
//	func TestClient(t *testing.T) {
//		backendtest.Run(t, backendtest.Config{New: newFixture})
//	}
//
// [Run] checks each rule in a subtest that has the name of the rule, so go test -run TestClient/start checks the rules
// about starting jobs. If the Client breaks a rule, the subtest prints the rule, what the check saw instead, and the
// source of the rule. [Check] checks the same rules without a testing.T, and returns an error for each broken rule.
//
// # Rules
//
// A [Rule] is a sentence, such as "A job that was stopped cannot be started again." The name of a rule begins with its
// theme: contract, input, header, pool, create, upload, start, run, file, stop, expiry, list, results, rows, users,
// stored, hashes, functions, directory, admin, groups, passwords or clients. [Rules] returns all rules.
//
// Each rule has a kind, which says where it comes from:
//
//   - [KindContract]: the documentation of this module promises it. Rule.Source is a Go identifier.
//   - [KindDocumented]: a public page documents it. Rule.Source is the address of the page.
//   - [KindAssumed]: no public page says it. Rule.Source is the number of an assumption in the file ASSUMPTIONS.md of
//     this module.
//
// Config.Skip leaves out rules, for example by name or kind. If the service behind a Client is known to contradict an
// assumption, skip the rules of this assumption.
//
// # Fixtures
//
// Each rule gets a new [Fixture] from Config.New. The rule's [Setup] says which pools must exist and how fast jobs must
// run. A fixture without a [userpool.Directory] is enough for most rules. The rules that look at users, or change pools,
// are skipped without one. So are the rules about passwords and app clients without a [userpool.Passwords] or a
// [userpool.Clients], which only a fake has.
//
// # Time
//
// Some rules need minutes or days: a URL expires after 15 minutes, a job after a day. There are three ways to let this
// time pass:
//
//   - Run checks each rule in a bubble of testing/synctest, where sleeping takes no real time. The fixture sets
//     Fixture.Advance to [time.Sleep]. Wrapping does this.
//   - A Client that uses a real network socket does not work in a bubble. Its Config sets NoBubble, and its fixtures
//     set Fixture.Now and Fixture.Advance to a clock that the test moves.
//   - The time of a live service cannot be moved. Its fixtures leave Advance nil, and the rules that need it are
//     skipped.
//
// # Tests of the rules
//
// The tests of this package check more than 600 faulty variants of package memory. Each rule must find at least one of
// them. Package memory itself keeps all rules.
package backendtest
