package memory_test

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// file writes a file for a pool, good or bad.
func (s *scenario) file(pool importjob.Pool, algorithm importjob.PasswordHashingAlgorithm) []byte {
	columns := s.columns(pool)
	lines := []string{strings.Join(columns, ",")}
	for range oneOf(s, 0, 1, 2, 3, 5, 8, 13, 20, 20) {
		record := s.record(pool, algorithm)
		if s.often(3) {
			s.spoilRecord(record, algorithm)
		}
		line := s.line(columns, record)
		if s.often(12) {
			line = s.spoilLine(line)
		}
		lines = append(lines, line)
	}
	end := "\n"
	if s.often(8) {
		end = "\r\n"
	}
	text := strings.Join(lines, end) + oneOf(s, "", end, end, end+end)
	if s.often(12) {
		text = s.spoilText(text)
	}
	return []byte(text)
}

// columns returns the columns of the pool in any order. Now and then one is missing, or there is one more.
func (s *scenario) columns(pool importjob.Pool) []string {
	columns := header(pool)
	if s.often(3) {
		s.rng.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	}
	at := s.rng.IntN(len(columns))
	switch s.rng.IntN(40) {
	case 0, 1, 2:
		return slices.Delete(columns, at, at+1)
	case 3:
		return append(columns, columns[at])
	case 4:
		return append(columns, oneOf(s, "sub", "identities", "custom:none", "Email", "password_hash", ""))
	case 5:
		columns[at] = " " + columns[at] + "\t"
	case 6:
		columns[at] = strings.ToUpper(columns[at])
	case 7:
		columns = slices.DeleteFunc(columns, func(name string) bool { return name == "password_hash" })
	case 8, 9, 10:
		few := []string{"cognito:username", "email", "email_verified", "phone_number", "phone_number_verified", "password_hash"}
		columns = slices.DeleteFunc(columns, func(name string) bool { return !slices.Contains(few, name) })
	}
	return columns
}

// line writes a record. White space around a value changes nothing.
func (s *scenario) line(columns []string, record map[string]string) string {
	values := make([]string, len(columns))
	for i, column := range columns {
		values[i] = strings.ReplaceAll(record[strings.TrimSpace(column)], ",", `\,`)
		if s.often(30) {
			values[i] = oneOf(s, " ", "\t", "\x01") + values[i] + oneOf(s, "", "  ")
		}
	}
	return strings.Join(values, ",")
}

func (s *scenario) spoilLine(line string) string {
	fill := func(to int) string { return strings.Repeat(" ", max(0, to-len([]rune(line)))) }
	switch s.rng.IntN(9) {
	case 0:
		return line + ","
	case 1:
		return line[:max(strings.LastIndexByte(line, ','), 0)]
	case 2:
		return line + ",more"
	case 3:
		return line + fill(16_000)
	case 4:
		return line + fill(16_001)
	case 5:
		return ""
	case 6:
		return " "
	case 7:
		return "\r"
	default:
		return line + "\n\n" + line
	}
}

func (s *scenario) spoilText(text string) string {
	first, rest, _ := strings.Cut(text, "\n")
	switch s.rng.IntN(8) {
	case 0, 1:
		return "\ufeff" + text
	case 2:
		return ""
	case 3:
		return oneOf(s, "\n", "\r\n\r\n", "\n\n\n")
	case 4:
		return "\n" + text
	case 5:
		return strings.ReplaceAll(text, "\n", "\r")
	case 6:
		return first + strings.Repeat(" ", 16_000) + "\n" + rest
	default:
		return rest // the header is missing
	}
}
