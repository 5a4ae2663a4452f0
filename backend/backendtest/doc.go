// Package backendtest says in more than two hundred rules what every [importjob.Client] does. It checks
// whether a Client keeps them.
//
// # Rules
//
// A [Rule] is one sentence, such as "A job that was stopped cannot be started again". [Rules] lists them by
// theme: contract, input, header, pool, create, upload, start, run, file, stop, expiry, list, results, rows,
// users, stored, hashes, functions and directory.
//
// Each rule has a kind and a source:
//
//   - The documentation of this module's Go code promises a rule of [KindContract]. Its source is a Go
//     identifier.
//   - A public page documents a rule of [KindDocumented]. Its source is the address of the page.
//   - No public page settles a rule of [KindAssumed]. Its source is a number in ASSUMPTIONS.md, where the
//     line also says what changes the assumption.
//
// Config.Skip can leave out rules by kind. Each rule is checked in an environment of its own. [Config].New
// makes it as the rule's [Setup] asks: pools with certain settings, jobs that stay Pending for a while, a
// pace at which rows are imported. A Client alone is enough for most rules. The rules that look at users
// need a [userpool.Directory] as well.
//
// # In a test
//
//	func TestClient(t *testing.T) {
//		backendtest.Run(t, backendtest.Config{New: newFixture})
//	}
//
// A decorator, which wraps a Client in another Client, needs no fixture. [Wrapping] puts a fake behind it:
//
//	func TestMine(t *testing.T) {
//		backendtest.Run(t, backendtest.Wrapping(func(c importjob.Client) importjob.Client {
//			return backend.Intercept(c, mine)
//		}))
//	}
//
// [Run] checks each rule in a subtest with the rule's name, so that -run picks themes and rules. A broken
// rule prints its sentence, what the check saw instead, its kind and its source.
//
// # Time
//
// Jobs take time. URLs expire after a quarter of an hour, and jobs expire after a day. Run therefore checks
// each rule in a bubble of testing/synctest, where sleeping costs nothing, and a fixture sets Fixture.Advance
// to time.Sleep. A Client with a real socket behind it cannot live in a bubble: its Config sets NoBubble, and
// its fixtures set Fixture.Now and Fixture.Advance to a clock of their own. The time of a live service cannot
// be moved: its fixtures leave Advance nil, and the rules that need it are skipped.
//
// # Outside of tests
//
// [Check] checks the same rules without package testing, and returns an error for each broken rule.
//
// # Who checks the rules
//
// The tests of this package tell more than three hundred lies about package memory, from "line numbers are
// counted without the header" to "a stop takes all users back". Each rule finds out at least one lie of its
// own.
package backendtest
