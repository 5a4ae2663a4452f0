// Package backendtest checks an importjob.Client.
package backendtest
