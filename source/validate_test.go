package source_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/transform"
)

// Parse reports most of these at their place in the file. A mapping that a program makes has no file.
func TestValidate(t *testing.T) {
	from := paths("a")
	for want, m := range map[string]source.Mapping{
		"column email is there twice":                     {Columns: []source.Column{{Name: "email", From: from}, {Name: "email", From: from}}},
		"column email: from, set or template is missing":  {Columns: []source.Column{{Name: "email"}}},
		"disabled: from is missing":                       {Disabled: []source.Condition{{}}},
		`disabled: when cannot be "never"`:                {Disabled: []source.Condition{{From: from[0], When: "never"}}},
		"disabled: when is one of true":                   {Disabled: []source.Condition{{From: from[0], When: source.WhenFalse, Words: []string{"a"}}}},
		`unknown format "xml"`:                            {Input: source.Input{Format: "xml"}},
		"the delimiter is one ASCII character":            {Input: source.Input{Delimiter: '"'}},
		`unknown kind of password "md5"`:                  {Password: source.Password{Kind: "md5"}},
		"a password of kind clerk needs 2 paths":          {Password: source.Password{Kind: source.PasswordClerk, From: from}},
		"groups: from is missing":                         {Groups: source.Groups{Separator: ";"}},
		`null_words cannot have the word "a|b"`:           {NullWords: []string{"a|b"}},
		`null_words cannot have the word ""`:              {NullWords: []string{""}},
		`phone_region: "Germany" is not a region`:         {PhoneRegion: "Germany"},
		"hashes: id is missing":                           {ID: from, Hashes: &source.Hashes{}},
		"hashes: password is missing":                     {ID: from, Hashes: &source.Hashes{ID: from}},
		"hashes: key has transforms, and no from":         {ID: from, Hashes: &source.Hashes{ID: from, Password: source.Password{Kind: source.PasswordHash, From: from}, Key: source.Key{Transforms: []transform.Transform{transform.Trim{}}}}},
		"hashes: the key is missing":                      {Hashes: &source.Hashes{ID: from, Password: source.Password{Kind: source.PasswordHash, From: from}}},
		"hashes: a password of kind split-bcrypt needs 3": {ID: from, Hashes: &source.Hashes{ID: from, Password: source.Password{Kind: source.PasswordSplitBcrypt}}},
		`hashes: unknown format "xml"`:                    {ID: from, Hashes: &source.Hashes{ID: from, Password: source.Password{Kind: source.PasswordHash, From: from}, Input: source.Input{Format: "xml"}}},
		"a password of kind hash needs a path in from":    {Password: source.Password{Kind: source.PasswordHash}},
		"recognize: columns or values is missing":         {Recognize: &source.Recognition{Cells: []int{7}}},
		"recognize: a table cannot have -1 columns":       {Recognize: &source.Recognition{Columns: from, Cells: []int{-1}}},
		"recognize: values need a path and a pattern":     {Recognize: &source.Recognition{Values: []source.ValueForm{{From: from[0]}}}},
		"recognize: the values of a: error parsing":       {Recognize: &source.Recognition{Values: []source.ValueForm{{From: from[0], Pattern: "("}}}},
		"without a password, nothing is peppered":         {Password: source.Password{Peppered: true}},
	} {
		require.ErrorContains(t, m.Validate(), want)
		_, err := m.Marshal()
		require.ErrorContains(t, err, want)
	}
}
