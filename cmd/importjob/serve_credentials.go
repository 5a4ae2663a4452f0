package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/cognito-import/importjob/cognitotest"
)

// credentials reads --credentials, or the file that it names. No error has the secret.
func (c *serveCommand) credentials() (cognitotest.Credentials, error) {
	text := c.Credentials
	if text == "" {
		return cognitotest.Credentials{}, nil
	}
	if name, ok := strings.CutPrefix(text, "@"); ok {
		content, err := os.ReadFile(name)
		if err != nil {
			return cognitotest.Credentials{}, fmt.Errorf("--credentials: %w", err)
		}
		text = strings.TrimSpace(string(content))
	}
	id, secret, _ := strings.Cut(text, ":")
	if id == "" || secret == "" {
		return cognitotest.Credentials{}, errors.New("--credentials: give an access key ID and a secret as AKID:SECRET, or @FILE")
	}
	return cognitotest.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
}
