// Package e2e proves importjob serve with clients that nobody here wrote: the AWS CLI, curl, and
// the AWS SDK for JavaScript. It has tests only.
//
// Each test builds the command, starts it on a free port of this machine, and talks to nothing
// else. A test whose client is not installed is skipped and says so:
//
//	apt-get install -y awscli curl
//	npm ci --prefix e2e/js
//
// The AWS CLI may be version 1 or 2, whichever is first in PATH.
package e2e
