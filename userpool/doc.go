// Package userpool is the second contract of this module: what an import writes to.
//
// [Users] holds the users of pools, [Pools] the pools themselves. A fake has both, and is a [Directory].
// Tests look at it to see what an import did. The rules of [importjob.Client] apply: a method validates
// its input before any I/O, and on failure returns zero values and an *[importjob.Error]; what it returns
// does not change later; several goroutines can use an implementation at once.
package userpool
