package bulk_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/source"
)

// noReader fails if somebody reads.
type noReader struct{ t *testing.T }

func (r noReader) Read([]byte) (int, error) {
	r.t.Error("the stream is read")
	return 0, errors.New("this must not be read")
}

// exportStream is a source of an export that is read from a stream.
func exportStream(r io.Reader) bulk.Source {
	return bulk.Stream(r, func(path string) bulk.Source {
		return bulk.Export([]string{path}, &bulk.ExportOptions{Source: source.Options{Edits: shopEdits()}})
	})
}

func TestStreamIsSavedAndImported(t *testing.T) {
	text := readFile(t, dialect(t, good(20)...))
	for name, c := range map[string]struct {
		text     string
		source   func(io.Reader) bulk.Source
		imported int64
	}{
		"the dialect": {text, func(r io.Reader) bulk.Source { return bulk.Stream(r, bulk.CognitoCSV) }, 20},
		"CSV": {text, func(r io.Reader) bulk.Source {
			return bulk.Stream(r, func(path string) bulk.Source { return bulk.CSV(path, nil) })
		}, 20},
		"an export": {shop, exportStream, 1},
	} {
		t.Run(name, func(t *testing.T) {
			cognito, dir := exportCognito(t), filepath.Join(t.TempDir(), "import")
			s, err := importQuickly(t.Context(), cognito, input(), c.source(iotest.HalfReader(strings.NewReader(c.text))), dir, &bulk.Options{Wait: quick, PartRows: 7})
			require.NoError(t, err)
			assert.Equal(t, c.imported, s.Imported)
			saved := filepath.Join(dir, "input")
			assert.Equal(t, c.text, readFile(t, saved), "it stays: the lines of the reports are its lines")
			info, err := os.Stat(saved)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode())
			assert.NoFileExists(t, saved+".new")

			for _, src := range []bulk.Source{c.source(noReader{t}), loaded(t, dir)} {
				again, err := importQuickly(t.Context(), cognito, input(), src, dir, resume)
				require.NoError(t, err)
				assert.Equal(t, s.Counts, again.Counts)
			}
		})
	}
}

// loaded returns the source that a directory knows of.
func loaded(t *testing.T, dir string) bulk.Source {
	saved, err := bulk.Load(dir)
	require.NoError(t, err)
	require.True(t, saved.IsStream)
	require.NotNil(t, saved.Source)
	return saved.Source
}

// A plan is resumed with what was saved, also in a directory that was moved. What was saved must not change.
func TestStreamIsResumed(t *testing.T) {
	for name, src := range map[string]func(io.Reader) bulk.Source{
		"the dialect": func(r io.Reader) bulk.Source { return bulk.Stream(r, bulk.CognitoCSV) },
		"an export":   exportStream,
	} {
		t.Run(name, func(t *testing.T) {
			text := shop
			if name == "the dialect" {
				text = readFile(t, dialect(t, good(20)...))
			}
			cognito, dir := exportCognito(t), filepath.Join(t.TempDir(), "import")
			_, err := planQuickly(t.Context(), cognito, input(), src(strings.NewReader(text)), dir, nil)
			require.NoError(t, err)
			moved := filepath.Join(t.TempDir(), "moved")
			require.NoError(t, os.Rename(dir, moved))

			_, err = planQuickly(t.Context(), cognito, input(), sequence(), moved, resume)
			require.ErrorIs(t, err, bulk.ErrSourceChanged)
			saved := filepath.Join(moved, "input")
			require.NoError(t, os.WriteFile(saved, []byte(strings.Replace(text, "example.com", "example.org", 1)), 0o600))
			for _, s := range []bulk.Source{src(noReader{t}), loaded(t, moved)} {
				_, err = planQuickly(t.Context(), cognito, input(), s, moved, resume)
				require.ErrorIs(t, err, bulk.ErrSourceChanged)
			}
			require.NoError(t, os.WriteFile(saved, []byte(text), 0o600))
			_, err = planQuickly(t.Context(), cognito, input(), src(noReader{t}), moved, resume)
			require.NoError(t, err)
			s, err := importQuickly(t.Context(), cognito, input(), loaded(t, moved), moved, resume)
			require.NoError(t, err)
			assert.Positive(t, s.Imported)
		})
	}
}

// cut saves the begin of a stream, and ends as a process that is killed does: nothing is cleaned up. It returns the directory.
func cut(t *testing.T, text string) (dir string) {
	dir = filepath.Join(t.TempDir(), "import")
	stop := errors.New("killed")
	gone := false
	hooks := bulk.Hooks{Disk: &deadDisk{bulk.OSDisk(), &gone}}
	r := io.MultiReader(strings.NewReader(text[:len(text)/2]), iotest.ErrReader(stop))
	_, err := bulk.PlanWith(t.Context(), newCognito(t, memory.Options{}), input(), bulk.Stream(readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		gone = gone || err != nil
		return n, err
	}), bulk.CognitoCSV), dir, nil, hooks)
	require.ErrorIs(t, err, stop)
	require.FileExists(t, filepath.Join(dir, "input.new"))
	return dir
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// deadDisk removes nothing once its process has ended.
type deadDisk struct {
	bulk.Disk
	gone *bool
}

func (d *deadDisk) Remove(name string) error {
	if *d.gone {
		return errDisk
	}
	return d.Disk.Remove(name)
}

func (d *deadDisk) RemoveAll(name string) error {
	if *d.gone {
		return errDisk
	}
	return d.Disk.RemoveAll(name)
}

// A stream that was not saved completely is never taken for a complete one.
func TestStreamThatWasCutOff(t *testing.T) {
	text := readFile(t, dialect(t, good(20)...))
	t.Run("is given again", func(t *testing.T) {
		dir := cut(t, text)
		saved, err := bulk.Load(dir)
		require.NoError(t, err)
		assert.True(t, saved.IsStream)
		assert.Nil(t, saved.Source, "it has to be given again")
		cognito := newCognito(t, memory.Options{})
		other := input()
		other.JobName = "another"
		_, err = planQuickly(t.Context(), cognito, other, bulk.Stream(noReader{t}, bulk.CognitoCSV), dir, resume)
		require.ErrorIs(t, err, bulk.ErrDirInUse)
		s, err := importQuickly(t.Context(), cognito, input(), bulk.Stream(strings.NewReader(text), bulk.CognitoCSV), dir, resume)
		require.NoError(t, err)
		assert.EqualValues(t, 20, s.Imported)
		assert.NoFileExists(t, filepath.Join(dir, "input.new"))
	})
	t.Run("is cut off again", func(t *testing.T) {
		dir, cognito := cut(t, text), newCognito(t, memory.Options{})
		_, err := planQuickly(t.Context(), cognito, input(), bulk.Stream(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(text))), bulk.CognitoCSV), dir, resume)
		require.ErrorIs(t, err, iotest.ErrTimeout)
		saved, err := bulk.Load(dir)
		require.NoError(t, err)
		assert.Nil(t, saved.Source)
		_, err = planQuickly(t.Context(), cognito, input(), bulk.Stream(strings.NewReader(text), bulk.CognitoCSV), dir, resume)
		require.NoError(t, err)
	})
	t.Run("is a file now", func(t *testing.T) {
		dir := cut(t, text)
		s, err := importQuickly(t.Context(), newCognito(t, memory.Options{}), input(), bulk.CognitoCSV(dialect(t, good(3)...)), dir, resume)
		require.NoError(t, err)
		assert.EqualValues(t, 3, s.Imported)
		assert.NoFileExists(t, filepath.Join(dir, "input.new"), "it is personal data, and nobody needs it")
	})
}

// A stream does not take the place of another source.
func TestStreamIntoTheImportOfAFile(t *testing.T) {
	path := dialect(t, good(5)...)
	cognito := newCognito(t, memory.Options{})
	dir := plannedDir(t, cognito, path)
	_, err := planQuickly(t.Context(), cognito, input(), bulk.Stream(noReader{t}, bulk.CognitoCSV), dir, resume)
	require.ErrorIs(t, err, bulk.ErrSourceChanged)
	assert.NoFileExists(t, filepath.Join(dir, "input"))

	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "input"), []byte("mine"), 0o600))
	for _, opts := range []*bulk.Options{nil, resume} {
		_, err = planQuickly(t.Context(), cognito, input(), bulk.Stream(noReader{t}, bulk.CognitoCSV), foreign, opts)
		require.Error(t, err)
		assert.Equal(t, "mine", readFile(t, filepath.Join(foreign, "input")))
	}
}

// What cannot be saved leaves a directory as it was.
func TestStreamThatFails(t *testing.T) {
	text := readFile(t, dialect(t, good(5)...))
	for name, c := range map[string]struct {
		r    io.Reader
		want error
	}{
		"an error":         {iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(text))), iotest.ErrTimeout},
		"an error at once": {iotest.ErrReader(errDisk), errDisk},
		"nothing":          {strings.NewReader(""), importjob.ErrEmptyFile},
	} {
		dir := filepath.Join(t.TempDir(), "import")
		_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), bulk.Stream(c.r, bulk.CognitoCSV), dir, nil)
		require.ErrorIs(t, err, c.want, name)
		assert.NoDirExists(t, dir, name)
	}
}

// When Ctrl-C ends a pipe, the stream ends as well, and looks complete.
func TestStreamThatEndsWithItsContext(t *testing.T) {
	text := readFile(t, dialect(t, good(5)...))
	ctx, cancel := context.WithCancel(t.Context())
	r := io.MultiReader(strings.NewReader(text), readerFunc(func([]byte) (int, error) {
		cancel()
		return 0, io.EOF
	}))
	dir := filepath.Join(t.TempDir(), "import")
	saved := false
	_, err := bulk.PlanWith(ctx, newCognito(t, memory.Options{}), input(), bulk.Stream(r, bulk.CognitoCSV), dir, nil, bulk.Hooks{Step: func(name string) error {
		saved = saved || name == "rename to input"
		return nil
	}})
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, saved)
	assert.NoDirExists(t, dir)
}

func TestStreamSaysHowMuchIsSaved(t *testing.T) {
	var text bytes.Buffer
	text.WriteString("cognito:username,email,email_verified\n")
	for text.Len() < 5<<20 {
		text.WriteString("ann,ann@example.com,true\n")
	}
	size := int64(text.Len())
	var seen []bulk.Progress
	_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), bulk.Stream(&text, func(path string) bulk.Source { return bulk.CSV(path, nil) }),
		filepath.Join(t.TempDir(), "import"), &bulk.Options{OnProgress: func(p bulk.Progress) { seen = append(seen, p) }})
	require.NoError(t, err)
	saving := 0
	for i, p := range seen {
		if p.Phase != bulk.PhaseSaving {
			require.Equal(t, bulk.PhasePlanning, p.Phase)
			continue
		}
		assert.Equal(t, saving, i, "it comes first")
		saving++
		assert.Equal(t, bulk.Progress{Phase: bulk.PhaseSaving, Bytes: p.Bytes}, p)
		assert.True(t, i == 0 || p.Bytes > seen[i-1].Bytes)
	}
	require.Greater(t, saving, 4)
	assert.Zero(t, seen[0].Bytes)
	assert.Equal(t, size, seen[saving-1].Bytes)
}

// TestPowerCutOfAStream fails the power while a stream is saved and planned.
func TestPowerCutOfAStream(t *testing.T) {
	read := func(r *powerRun) bulk.Source {
		text, err := os.ReadFile(r.input)
		if err != nil {
			return nil
		}
		return bulk.Stream(bytes.NewReader(text), bulk.CognitoCSV)
	}
	powerScenario{
		run: func(t *testing.T, r *powerRun) error {
			opts := powerOptions
			_, err := bulk.PlanWith(t.Context(), r.client(), input(), read(r), r.dir(r.disk.base), &opts, bulk.Hooks{Disk: r.disk})
			return err
		},
		check: func(t *testing.T, r *powerRun, dir, about string) {
			want := readFile(t, r.input)
			if text, err := os.ReadFile(filepath.Join(dir, "input")); err == nil {
				require.Equal(t, want, string(text), "%s: a file with this name is complete", about)
			}
			src := read(r)
			saved, err := bulk.Load(dir)
			if err == nil && saved.Source != nil {
				src = saved.Source
			}
			opts := powerOptions
			p, err := bulk.PlanWith(t.Context(), r.cognito, input(), src, dir, &opts, bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}})
			require.NoError(t, err, about)
			require.EqualValues(t, 7, p.Rows, about)
			require.EqualValues(t, 2, p.Rejected, about)
		},
	}.everywhere(t)
}

// An import that is interrupted again and again while it plans still knows that it has the stream.
func TestStreamIsPlannedAgain(t *testing.T) {
	text := readFile(t, dialect(t, good(5)...))
	dir, cognito := filepath.Join(t.TempDir(), "import"), newCognito(t, memory.Options{})
	gone := false
	killed := bulk.Hooks{Disk: &deadDisk{bulk.OSDisk(), &gone}, Step: func(name string) error {
		if gone = name == "rename to rejected.csv"; gone {
			return errDisk
		}
		return nil
	}}
	src := bulk.Stream(strings.NewReader(text), bulk.CognitoCSV)
	for range 3 {
		_, err := bulk.PlanWith(t.Context(), cognito, input(), src, dir, resume, killed)
		require.ErrorIs(t, err, errDisk)
		gone = false
		moved := dir + "x"
		require.NoError(t, os.Rename(dir, moved))
		dir, src = moved, loaded(t, moved)
	}
	s, err := importQuickly(t.Context(), cognito, input(), src, dir, resume)
	require.NoError(t, err)
	assert.EqualValues(t, 5, s.Imported)
}

func TestStreamIsNotReadFromALink(t *testing.T) {
	dir, cognito := filepath.Join(t.TempDir(), "import"), newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	_, err := planQuickly(t.Context(), cognito, input(), bulk.Stream(strings.NewReader(readFile(t, path)), bulk.CognitoCSV), dir, nil)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, "input")))
	require.NoError(t, os.Symlink(path, filepath.Join(dir, "input")))
	_, err = planQuickly(t.Context(), cognito, input(), bulk.Stream(noReader{t}, bulk.CognitoCSV), dir, resume)
	require.ErrorIs(t, err, bulk.ErrDirUnsafe)
}
