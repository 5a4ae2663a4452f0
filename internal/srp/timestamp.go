package srp

import (
	"errors"
	"strings"
	"time"
)

// ErrTimestamp says that a TIMESTAMP cannot be read. The service has its own text for it:
// https://github.com/amazon-archives/amazon-cognito-identity-js/issues/683.
var ErrTimestamp = errors.New("srp: the timestamp does not have the form EEE MMM d HH:mm:ss z yyyy")

// ParseTimestamp reads a TIMESTAMP such as "Tue May 7 00:09:40 UTC 2024". Like the service, it also reads other
// renderings of the instant: a day with a leading zero, a wrong weekday. A client that signs one of these is refused
// for its signature, see [Server.Accepts]. The zone is any word of letters and is taken as UTC.
//
// ParseTimestamp returns [ErrTimestamp] for everything else, such as a zone "+05:30" and the hour 24.
func ParseTimestamp(s string) (time.Time, error) {
	fields := strings.Split(s, " ")
	if len(fields) != 6 || !isZone(fields[4]) || strings.ContainsAny(s, ".,") {
		return time.Time{}, ErrTimestamp
	}
	// Without the zone, which package time would look up in the zone of this machine.
	t, err := time.Parse("Mon Jan 2 15:04:05 2006", strings.Join(append(fields[:4], fields[5]), " "))
	if err != nil {
		return time.Time{}, ErrTimestamp
	}
	return t, nil
}

// FormatTimestamp returns the service's own rendering of an instant: English, UTC, to the second, the day without a
// leading zero.
func FormatTimestamp(t time.Time) string { return t.UTC().Format("Mon Jan 2 15:04:05 UTC 2006") }

func isZone(s string) bool {
	notLetter := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }
	return s != "" && !strings.ContainsFunc(s, notLetter)
}
