// Package e2e tests importjob serve with clients from other projects: the AWS CLI, curl, the AWS SDK
// for JavaScript, and Chromium. Imported users sign in with amazon-cognito-identity-js, AWS Amplify and
// cognito-srp-helper, too, and aws-jwt-verify verifies their tokens. It has only tests.
//
// The tests build the command once. Each test starts it on a free port of this machine, and sends
// requests to nothing else. A test is skipped with a message if its client is not installed. To install
// the clients:
//
//	apt-get install -y awscli curl chromium
//	npm ci --prefix e2e/js
//
// The AWS CLI can be version 1 or 2. The tests use the first one in PATH.
package e2e
