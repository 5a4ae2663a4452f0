package transform

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Epoch writes a time as whole seconds since 1970, the form of the column updated_at.
//
// It reads ISO 8601, such as 2031-02-03T04:05:06.123Z or "2031-02-03 04:05:06+01"; without a zone it is UTC. It also reads
// numbers: seconds, or milliseconds, microseconds or nanoseconds where the number is so large that it would be a year after
// 5000 otherwise. A Unit says what numbers are. A fraction is cut off. A time of zeros, which MySQL writes for none, is removed.
type Epoch struct {
	Unit string // "s" or "ms"; "" means to recognize it
}

// The units of Epoch.
const (
	unitSeconds      = "s"
	unitMilliseconds = "ms"
)

// Apply fails with TimeUnknown or TimeBefore1970.
func (e Epoch) Apply(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	seconds, code := numericTime(value, e.Unit)
	if code != "" {
		t, ok := parseISO(value)
		switch {
		case ok && t.isZero():
			return "", nil
		case !ok || !isCalendarDay(t.year, t.month, t.day):
			return "", fail(TimeUnknown)
		}
		seconds = t.unix()
	}
	if seconds >= maxSeconds {
		return "", fail(TimeUnknown)
	}
	if seconds < 0 {
		return "", fail(TimeBefore1970)
	}
	if isDigits(value) && len(value) <= 11 && number(value) == seconds && (value[0] != '0' || value == "0") {
		return value, nil
	}
	return strconv.FormatInt(seconds, 10), nil
}

func (e Epoch) String() string { return named("epoch", e.Unit) }

func checkUnit(unit string) error {
	if unit == "" || unit == unitSeconds || unit == unitMilliseconds {
		return nil
	}
	return fmt.Errorf("%q is not a unit: it is s or ms", unit)
}

// ParseTime reads a time in one of the forms of [Epoch], and those beyond the year 5000 in ISO 8601 too. ok is false for any other
// value, and for a time of zeros.
func ParseTime(value string) (t time.Time, ok bool) {
	if seconds, code := numericTime(value, ""); code == "" {
		return time.Unix(seconds, 0).UTC(), true
	}
	iso, ok := parseISO(value)
	if !ok || !isCalendarDay(iso.year, iso.month, iso.day) {
		return time.Time{}, false
	}
	return time.Unix(iso.unix(), 0).UTC(), true
}

// maxSeconds is a time after the year 5000. Larger numbers are of a smaller unit, and no later time is read.
const maxSeconds = 100_000_000_000

// numericTime returns the seconds since 1970 of a number in a unit. The code is TimeUnknown if the value is not a number.
func numericTime(value, unit string) (seconds int64, code Code) {
	digits, negative := strings.CutPrefix(value, "-")
	if !isNumber(digits) {
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || !strings.ContainsAny(value, "eE") || strings.ContainsAny(value, "_xX") || math.Abs(f) >= 1e18 {
			return 0, TimeUnknown
		}
		digits, negative = strconv.FormatInt(int64(math.Abs(f)), 10), f < 0
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, TimeUnknown
	}
	cut := strings.Trim(fraction, "0") != "" // something is cut off
	for small := unit == unitMilliseconds; small || unit == "" && n >= maxSeconds; small = false {
		cut = cut || n%1000 != 0
		n /= 1000
	}
	if n >= maxSeconds {
		return 0, TimeUnknown
	}
	if negative {
		n = -n
		if cut { // towards the past
			n--
		}
	}
	return n, ""
}

// isoTime is a time as ISO 8601 writes it.
type isoTime struct {
	year, month, day, hour, minute, second int
	offset                                 int // of the zone, in seconds east of UTC
}

func (t isoTime) isZero() bool { return t.year == 0 && t.month == 0 && t.day == 0 }

func (t isoTime) unix() int64 {
	return time.Date(t.year, time.Month(t.month), t.day, t.hour, t.minute, t.second, 0, time.UTC).Unix() - int64(t.offset)
}

// parseISO reads yyyy-mm-dd, and a time and a zone behind it if there are any. Month and day can have one digit. It does not
// check the calendar.
func parseISO(value string) (t isoTime, ok bool) {
	date, clock := value, ""
	if i := strings.IndexAny(value, "Tt "); i >= 0 {
		date, clock = value[:i], value[i+1:]
	}
	var code Code
	if t.year, t.month, t.day, code = readDay(date, "yyyy-mm-dd"); code != "" {
		return t, false
	}
	if len(date) == len(value) {
		return t, true
	}
	return t, t.readClock(clock)
}

// readClock reads hh:mm, with seconds, a fraction and a zone if there are any.
func (t *isoTime) readClock(text string) bool {
	if len(text) < 5 || !readTwo(text, &t.hour, 24) || text[2] != ':' || !readTwo(text[3:], &t.minute, 59) {
		return false
	}
	text = text[5:]
	if strings.HasPrefix(text, ":") {
		if !readTwo(text[1:], &t.second, 60) {
			return false
		}
		text = text[3:]
		if text != "" && (text[0] == '.' || text[0] == ',') {
			fraction, rest := leadingDigits(text[1:], len(text))
			if fraction == "" {
				return false
			}
			text = rest
		}
	}
	return t.readZone(strings.TrimPrefix(text, " "))
}

// readZone reads nothing, Z, UTC, +hh, +hhmm, +hh:mm, and the same with a minus sign.
func (t *isoTime) readZone(text string) bool {
	if text == "" || text == "Z" || text == "z" || text == "UTC" {
		return true
	}
	sign := 1
	switch text[0] {
	case '+':
	case '-':
		sign = -1
	default:
		return false
	}
	var hours, minutes int
	if !readTwo(text[1:], &hours, 15) {
		return false
	}
	if rest := text[3:]; rest != "" {
		rest = strings.TrimPrefix(rest, ":")
		if len(rest) != 2 || !readTwo(rest, &minutes, 59) {
			return false
		}
	}
	t.offset = sign * (hours*3600 + minutes*60)
	return true
}

// readTwo reads two digits that are at most largest.
func readTwo(text string, n *int, largest int) bool {
	if len(text) < 2 || !isDigits(text[:2]) {
		return false
	}
	*n = int(number(text[:2]))
	return *n <= largest
}
