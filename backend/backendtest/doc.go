// Package backendtest says in some two hundred rules what every [importjob.Client] does, and
// checks whether one does it.
//
// # Rules
//
// A [Rule] is one sentence, such as "A job that was stopped cannot be started again", with the
// address of the public page that says so. Where no page does, the source is the word "assumed",
// with the number of the assumption in ASSUMPTIONS.md. [Rules] lists them by theme: contract, input,
// header, pool, create, upload, start, run, file, stop, expiry, list, results, rows, users, stored,
// hashes, functions and directory.
//
// Each rule is checked in an environment of its own, which [Config].New makes as the rule's [Setup]
// asks: pools with certain settings, jobs that stay Pending for a while, a pace at which rows are
// imported. A Client alone is enough for most rules; those that look at users need an
// [userpool.Directory] as well.
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
// [Run] checks each rule in a subtest of its name, so that -run picks themes and rules. A rule that is
// broken prints its sentence, what was seen instead, and its source.
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
// [Check] checks the same rules without package testing's help, and returns what is broken as errors.
//
// # Who checks the rules
//
// The tests of this package tell lies about package memory, more than three hundred of them, from
// "line numbers are counted without the header" to "a stop takes all users back". Each rule finds out
// at least one lie that is its own.
package backendtest
