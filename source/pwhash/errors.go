package pwhash

import (
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/form"
)

// Reason is the code of why a password cannot be kept. The codes are stable; the texts of errors are not. A Reason
// is an error, so errors.Is finds it in an *[Error]:
//
//	errors.Is(err, pwhash.OverLimit)
//
// For the numbers and the scheme, use errors.As with an *Error.
type Reason string

// Error returns the code.
func (r Reason) Error() string { return string(r) }

// The reasons.
const (
	NotRecognized Reason = "not_recognized" // no known form of hash
	Malformed     Reason = "malformed"      // a known form, but cut off or otherwise damaged; also JSON that is not valid
	Unsupported   Reason = "unsupported"    // no algorithm of the service computes this scheme
	OverLimit     Reason = "over_limit"     // a parameter is larger than the service takes
	ShortKey      Reason = "short_key"      // PBKDF2 or scrypt with a result of less than 32 bytes
	Peppered      Reason = "peppered"       // bcrypt, and Converter.Peppered says that the password was hashed together with a secret
	NotHashed     Reason = "not_hashed"     // the password itself, in plain text
)

// Cause is why a password cannot be kept, without what is different from user to user.
type Cause struct {
	Scheme    Scheme // "" if unknown
	Reason    Reason
	Parameter string // OverLimit only: the first parameter over its limit, in the words of its scheme: "iterations", "cost", "N", "r", "p", "m", "t"
	Limit     int    // OverLimit only: its largest value
}

// String returns the cause in words, such as "PBKDF2-SHA256 with more than 600,000 iterations".
func (c Cause) String() string {
	scheme := string(c.Scheme)
	switch c.Reason {
	case OverLimit:
		if c.Parameter == "iterations" {
			return scheme + " with more than " + grouped(c.Limit) + " iterations"
		}
		return scheme + " with " + c.Parameter + " above " + grouped(c.Limit)
	case Malformed:
		return strings.TrimSpace("damaged " + scheme)
	case ShortKey:
		return scheme + " of less than 32 bytes"
	case Peppered:
		return scheme + " with a pepper"
	case Unsupported, NotHashed:
		return scheme
	}
	return "not recognized"
}

// Error is the error of a conversion. It does not contain the hash, so that it can be logged.
type Error struct {
	Cause
	Value  int64  // OverLimit only: the value of the parameter
	Prefix string // NotRecognized only: the name with which the hash begins, such as "$name$" or "{NAME}"; "" if it does not begin with a name
}

// Error returns what was recognized, why the password cannot be kept, and what to do.
func (e *Error) Error() string {
	const reset = ": import the user without a hash, to reset the password"
	switch e.Reason {
	case OverLimit:
		value := e.Parameter + " " + grouped(e.Value)
		if e.Parameter == "iterations" {
			value = grouped(e.Value) + " " + e.Parameter
		}
		return string(e.Scheme) + " with " + value + "; the limit is " + grouped(e.Limit) + reset
	case Malformed:
		return e.Cause.String() + " hash: check that the export has the whole value"
	case Peppered:
		return e.Cause.String() + ", which the service does not know" + reset
	case NotHashed:
		return "the password in plain text: import the user without a hash, and set the password with AdminSetUserPassword"
	case Unsupported:
		return string(e.Scheme) + ", which the service cannot check" + reset
	case ShortKey:
		return e.Cause.String() + reset
	}
	if e.Prefix != "" {
		return "unknown form of password hash that begins with " + e.Prefix + reset
	}
	return "unknown form of password hash" + reset
}

// Unwrap returns the Reason.
func (e *Error) Unwrap() error { return e.Reason }

func refuse(s Scheme, r Reason) error { return &Error{Cause: Cause{Scheme: s, Reason: r}} }

func malformed(s Scheme) error { return refuse(s, Malformed) }

// unrecognized returns the error for an unknown form. It shows the name with which the value begins only if so
// much follows that the value is rather a hash than a password.
func unrecognized(stored string) error {
	const least = 20 // characters after the name: 15 bytes in base64, 10 in hex
	name, rest := "", ""
	switch {
	case strings.HasPrefix(stored, "$"):
		name, rest, _ = strings.Cut(stored[1:], "$")
		if len(rest) >= least && isName(name) {
			return &Error{Cause: Cause{Reason: NotRecognized}, Prefix: "$" + name + "$"}
		}
	case strings.HasPrefix(stored, "{"):
		name, rest, _ = strings.Cut(stored[1:], "}")
		if len(rest) >= least && isName(name) {
			return &Error{Cause: Cause{Reason: NotRecognized}, Prefix: "{" + name + "}"}
		}
	}
	return refuse("", NotRecognized)
}

// isName reports whether s can be the name of a scheme. A PHC string's has at most 32 characters; a name with
// more than 24 could be a salt.
func isName(s string) bool {
	return s != "" && len(s) <= 24 && consistsOf(s, alphanumeric+"-_@.")
}

// finished returns the converted hash, or an OverLimit error. numbers are those of the hash in the order of its form,
// and names are what they are called. It refuses a value that a row with it would fail for.
func finished(s Scheme, algorithm importjob.PasswordHashingAlgorithm, value string, names []string, numbers ...int64) (Hash, error) {
	for i, limit := range form.HashLimits(string(algorithm)) {
		if numbers[i] > int64(limit) {
			return Hash{}, &Error{Cause: Cause{Scheme: s, Reason: OverLimit, Parameter: names[i], Limit: limit}, Value: numbers[i]}
		}
	}
	if len(value) > importjob.MaxValueBytes || !form.IsHash(string(algorithm), []byte(value)) {
		return Hash{}, malformed(s)
	}
	return Hash{Scheme: s, Algorithm: algorithm, Value: value}, nil
}

// grouped returns a number with commas between the thousands.
func grouped[T int | int64](n T) string {
	digits := strconv.FormatInt(int64(n), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
