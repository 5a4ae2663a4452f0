package transform

import (
	"errors"
	"strings"
	"time"
)

// Date writes a day as mm/dd/yyyy, the form of the column birthdate.
//
// Without a Layout it recognizes yyyy-mm-dd, with or without a time behind it, yyyy/mm/dd, dd.mm.yyyy, and mm/dd/yyyy or
// dd/mm/yyyy where the day is above 12 or equals the month. Other days with slashes are refused with DateAmbiguous: a Layout
// says what they mean. A time zone is ignored: the day is the one that is written. A day and a month can have one digit. A
// date of zeros, which MySQL writes for none, is removed.
//
// A Layout is made of yyyy, mm and dd, with separators between them, such as "dd/mm/yyyy", or without, such as "yyyymmdd".
// The Layouts "epoch" and "epoch-ms" read seconds and milliseconds since 1970, in UTC. Several can be given, with | between
// them; the first that fits counts.
type Date struct {
	Layout string // "" means to recognize it
}

// Apply fails with DateAmbiguous, DateUnknown or DateNoDay.
func (d Date) Apply(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	if d.Layout == "" {
		return writeDay(recognizeDay(value))
	}
	var first error
	for layout := range strings.SplitSeq(d.Layout, "|") {
		y, m, dd, code := readDay(value, layout)
		if code == "" && value == target(y, m, dd, layout, value) {
			return value, nil
		}
		text, err := writeDay(y, m, dd, code)
		if err == nil {
			return text, nil
		}
		if first == nil || errors.Is(first, DateUnknown) {
			first = err
		}
	}
	return "", first
}

func (d Date) String() string { return named("date", d.Layout) }

// target returns value if it already has the form that Date writes, and "" otherwise.
func target(year, month, day int, layout, value string) string {
	if layout == "mm/dd/yyyy" && len(value) == len(layout) && isCalendarDay(year, month, day) {
		return value
	}
	return ""
}

// writeDay returns mm/dd/yyyy, or the error of the code.
func writeDay(year, month, day int, code Code) (string, error) {
	switch {
	case code != "":
		return "", fail(code)
	case year == 0 && month == 0 && day == 0:
		return "", nil
	case !isCalendarDay(year, month, day):
		return "", fail(DateNoDay)
	}
	text := [10]byte{2: '/', 5: '/'}
	putDigits(text[0:2], month)
	putDigits(text[3:5], day)
	putDigits(text[6:10], year)
	return string(text[:]), nil
}

// putDigits fills dst with the decimal digits of n.
func putDigits(dst []byte, n int) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
}

func isCalendarDay(year, month, day int) bool {
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
		(day <= 28 || day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()) // the first half decides mostly, and is fast
}

// recognizeDay finds the layout of a day by its separator.
func recognizeDay(value string) (year, month, day int, code Code) {
	i := strings.IndexAny(value, "-/.")
	if i < 0 {
		return 0, 0, 0, DateUnknown
	}
	switch {
	case value[i] == '-':
		t, ok := parseISO(value)
		if !ok {
			return 0, 0, 0, DateUnknown
		}
		return t.year, t.month, t.day, ""
	case value[i] == '/' && i == 4:
		return readDay(value, "yyyy/mm/dd")
	case value[i] == '.' && i <= 2:
		return readDay(value, "dd.mm.yyyy")
	case value[i] == '/' && i <= 2:
		return recognizeSlashes(value)
	}
	return 0, 0, 0, DateUnknown
}

// recognizeSlashes tells mm/dd/yyyy from dd/mm/yyyy if only one of them is a day.
func recognizeSlashes(value string) (year, month, day int, code Code) {
	year, month, day, code = readDay(value, "mm/dd/yyyy")
	switch {
	case code != "" || month == day:
		return year, month, day, code
	case month > 12:
		return year, day, month, ""
	case day > 12:
		return year, month, day, ""
	}
	return 0, 0, 0, DateAmbiguous
}

// The layouts that are no day.
const (
	layoutEpoch   = "epoch"
	layoutEpochMS = "epoch-ms"
)

// readDay reads a value in a layout. It does not check the calendar.
func readDay(value, layout string) (year, month, day int, code Code) {
	if layout == layoutEpoch || layout == layoutEpochMS {
		return epochDay(value, layout)
	}
	glued := false // the field follows another one without a separator
	for layout != "" {
		field, width := &day, strings.IndexFunc(layout, func(r rune) bool { return r != rune(layout[0]) })
		if width < 0 {
			width = len(layout)
		}
		switch layout[0] {
		case 'y':
			field = &year
		case 'm':
			field = &month
		case 'd':
		default: // a separator
			if value == "" || value[0] != layout[0] {
				return 0, 0, 0, DateUnknown
			}
			value, layout, glued = value[1:], layout[1:], false
			continue
		}
		digits, rest := leadingDigits(value, width)
		layout = layout[width:]
		if digits == "" || len(digits) != width && (width == 4 || glued || !separated(layout)) {
			return 0, 0, 0, DateUnknown
		}
		*field, value, glued = int(number(digits)), rest, true
	}
	if value != "" {
		return 0, 0, 0, DateUnknown
	}
	return year, month, day, ""
}

// separated reports whether no field begins with the rest of a layout.
func separated(layout string) bool {
	return layout == "" || !strings.ContainsRune("ymd", rune(layout[0]))
}

func epochDay(value, layout string) (year, month, day int, code Code) {
	unit := unitSeconds
	if layout == layoutEpochMS {
		unit = unitMilliseconds
	}
	seconds, code := numericTime(value, unit)
	if code != "" {
		return 0, 0, 0, DateUnknown
	}
	t := time.Unix(seconds, 0).UTC()
	if t.Year() > 9999 || t.Year() < 1 {
		return 0, 0, 0, DateNoDay
	}
	return t.Year(), int(t.Month()), t.Day(), ""
}

// checkLayout checks the layouts of a Date. "" is correct.
func checkLayout(layouts string) error {
	if layouts == "" {
		return nil
	}
	for layout := range strings.SplitSeq(layouts, "|") {
		if layout == layoutEpoch || layout == layoutEpochMS {
			continue
		}
		rest := layout
		for _, field := range []string{"yyyy", "mm", "dd"} {
			if strings.Count(rest, field) != 1 {
				return errLayout
			}
			rest = strings.Replace(rest, field, "", 1)
		}
		if strings.ContainsAny(rest, "ymd0123456789") || !isASCII(rest) {
			return errLayout
		}
	}
	return nil
}

var errLayout = errors.New("a layout has each of yyyy, mm and dd once, such as dd/mm/yyyy, or is epoch or epoch-ms")
