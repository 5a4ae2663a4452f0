package bulk

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

// TestIdentityHasEveryOptionOfTheFormat sets one option after the other: another value is another source, and a resumed import has the
// same one again.
func TestIdentityHasEveryOptionOfTheFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.csv")
	require.NoError(t, os.WriteFile(path, []byte("id,email\n"), 0o600))
	identityOf := func(o format.Options) *exportIdentity {
		id, err := Export([]string{path}, &ExportOptions{Source: source.Options{Format: &o}}).identity()
		require.NoError(t, err)
		return id.Export
	}
	none := identityOf(format.Options{})
	fields := reflect.TypeFor[format.Options]()
	for i := range fields.NumField() {
		field := fields.Field(i)
		if field.Name == "Stdin" || field.Name == "OnRead" {
			continue
		}
		t.Run(field.Name, func(t *testing.T) {
			var o format.Options
			switch v := reflect.ValueOf(&o).Elem().Field(i); v.Kind() {
			case reflect.String:
				v.SetString("x")
			case reflect.Uint8:
				v.SetUint(';')
			case reflect.Int64:
				v.SetInt(7)
			case reflect.Bool:
				v.SetBool(true)
			case reflect.Slice:
				v.Set(reflect.ValueOf([]string{"NULL"}))
			default:
				require.Fail(t, "a kind that this test does not know")
			}
			id := identityOf(o)
			require.False(t, none.sameForm(id))
			require.True(t, id.sameForm(identityOf(o)))
			require.Equal(t, &o, id.source().(export).opts.Source.Format)
		})
	}
}
