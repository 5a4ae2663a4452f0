// Package userpool defines interfaces for user pools and for the users in them.
//
// [Pools] creates, changes and deletes pools. [Users] adds, reads, lists and counts users. [Directory] is
// both. The fake of package memory implements Directory, so a test can create a pool, import into it, and
// read the users that the import created. This module has no implementation of these
// interfaces for AWS.
//
// Every method of these interfaces keeps the rules of an [importjob.Client]:
//
//   - It validates its input before any I/O, and refuses a context that has ended.
//   - If it fails, it returns zero values and an *[importjob.Error].
//   - The values that it returns do not change later.
//   - Several goroutines can call it at once.
//
// The error is an [importjob.ErrResourceNotFound] if the pool does not exist, and an
// [importjob.ErrInvalidParameter] if the input is malformed. Each method documents its other errors.
package userpool
