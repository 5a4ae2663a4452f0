package source

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
)

// A usual name that is not plain would never be found, and one of two columns would be ambiguous.
func TestSynonymsArePlainAndOfOneColumn(t *testing.T) {
	header := importjob.Pool{}.Header()
	owner := map[string]string{}
	for _, table := range []map[string][]string{synonyms, verifiedWhen, {"id": idNames, "password": passwordNames, "groups": groupNames, "disabled": disabledNames, "enabled": enabledNames}} {
		for _, column := range slices.Sorted(maps.Keys(table)) {
			for _, name := range table[column] {
				assert.Equal(t, plainName(name), name)
				assert.Empty(t, owner[name], "%s is of %s too", name, column)
				owner[name] = column
			}
		}
	}
	for column := range synonyms {
		assert.Contains(t, header, column)
	}
}

func TestClosest(t *testing.T) {
	for _, c := range []struct {
		name, want string
	}{{"nmae", "name"}, {"transfroms", "transforms"}, {"Format", "format"}, {"xyz", ""}, {"", ""}, {"no", ""}} {
		near, ok := closest(c.name, []string{"format", "name", "notes", "transforms"})
		assert.Equal(t, c.want, near)
		assert.Equal(t, c.want != "", ok)
	}
	assert.Equal(t, 1, distance("ab", "ba"))
	assert.Equal(t, 3, distance("kitten", "sitting"))
	assert.Equal(t, 3, distance("", "abc"))
}
