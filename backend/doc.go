// Package backend is for those who build or wrap an importjob.Client.
package backend
