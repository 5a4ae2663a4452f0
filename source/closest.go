package source

import (
	"strings"
	"unicode/utf8"
)

// maxCompared is the length of the longest names that are compared, in characters.
const maxCompared = 100

// closest returns the candidate that differs from a name by the fewest characters, if that is about a quarter of them or less.
func closest(name string, candidates []string) (near string, ok bool) {
	length := utf8.RuneCountInString(name)
	if length > maxCompared {
		return "", false
	}
	name = strings.ToLower(name)
	best := (length+1)/4 + 1
	for _, candidate := range candidates {
		if difference := utf8.RuneCountInString(candidate) - length; max(difference, -difference) >= best {
			continue // they differ by so many characters at least
		}
		if n := distance(name, strings.ToLower(candidate)); n < best {
			best, near, ok = n, candidate, true
		}
	}
	return near, ok
}

// distance returns the number of characters to insert, remove, replace, or exchange with their neighbor to make b of a.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	if len(from) > maxCompared || len(to) > maxCompared {
		return len(from) + len(to)
	}
	before, last, row := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range to {
			change := 1
			if from[i] == to[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(to)]
}
