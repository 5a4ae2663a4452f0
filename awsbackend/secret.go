package awsbackend

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// withoutURL removes the pre-signed URL from an error of the HTTP client. A *url.Error quotes the URL, so
// withoutURL returns the error inside. If that text contains the URL as well, withoutURL returns a
// quotingError.
func (u *upload) withoutURL(err error) error {
	var quoting *url.Error
	for errors.As(err, &quoting) {
		err = quoting.Err
	}
	if u.quotedIn(err.Error()) {
		return &quotingError{err: err}
	}
	return err
}

// quotedIn reports whether a text contains the URL or one of its secret parameters.
func (u *upload) quotedIn(text string) bool {
	secrets := []string{u.target.String(), u.target.RawQuery}
	for _, name := range []string{"X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Credential"} {
		value := u.target.Query().Get(name)
		secrets = append(secrets, value, url.QueryEscape(value))
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// quotingError hides the text of an error. errors.Is still finds the error; errors.As does not.
type quotingError struct{ err error }

func (e *quotingError) Error() string {
	return fmt.Sprintf("the HTTP client failed with a %T; its text is not shown because it contains the pre-signed URL", e.err)
}

// Is reports whether the hidden error is target.
func (e *quotingError) Is(target error) bool { return errors.Is(e.err, target) }
