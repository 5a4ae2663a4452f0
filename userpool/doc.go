// Package userpool defines interfaces for user pools and for the users in them.
//
// [Users] adds, reads, changes, lists and counts users, and has their groups. Packages memory and awsbackend implement
// it. The others are for a fake, and package memory implements them all:
//
//   - [Pools] creates, changes and deletes pools. [Directory] is Pools and Users.
//   - [Passwords] sets and checks passwords. With it, a test proves that a migrated user gets in.
//   - [Clients] has the app clients that users sign in to.
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
