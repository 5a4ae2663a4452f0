package awsbackend

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// withoutURL takes the pre-signed URL out of an error of the HTTP client: *url.Error quotes it. An
// error that has it in its text otherwise is replaced by one that names its type.
func (u *upload) withoutURL(err error) error {
	for quoting := (*url.Error)(nil); errors.As(err, &quoting); {
		err = quoting.Err
	}
	if u.quotedIn(err.Error()) {
		return &quotingError{err}
	}
	return err
}

// quotedIn reports whether a text holds the URL, or what signs it.
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

// quotingError stands for an error whose text must not be shown. Only errors.Is looks behind it.
type quotingError struct{ err error }

func (e *quotingError) Error() string {
	return fmt.Sprintf("the HTTP client failed with a %T, which quotes the pre-signed URL", e.err)
}

// Is reports whether the hidden error is target.
func (e *quotingError) Is(target error) bool { return errors.Is(e.err, target) }
