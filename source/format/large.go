package format

import "strings"

// largeRecord is the length in bytes of the shortest record whose values are copied. Values are parts of the text that was read, and who keeps
// a few short ones of a thousand large records would keep all of that text.
const largeRecord = 8 << 10

// ownText copies the values of a record of that length, if it is a large one.
func ownText(values []Value, length int) {
	if length < largeRecord {
		return
	}
	for i := range values {
		values[i].Text = strings.Clone(values[i].Text)
	}
}
