package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
)

// input is what the arguments of a command name: a file in the dialect of import jobs, or an export.
type input struct {
	paths   []string
	dialect bool
	empty   bool          // dialect is set because nothing is in the file
	stream  io.ReadCloser // the single file or standard input, if its begin was read
	options source.Options
}

func (in *input) close() {
	if in.stream != nil {
		_ = in.stream.Close() // it was only read
	}
}

// name returns the name of the input in messages.
func (in *input) name() string {
	names := make([]string, len(in.paths))
	for i, path := range in.paths {
		names[i] = shown(path)
	}
	return strings.Join(names, ", ")
}

// recognized says that the input is a file in the dialect of import jobs, as source.Description does of an export. It returns "" if the
// input is empty.
func (in *input) recognized() string {
	if in.empty {
		return ""
	}
	name := filepath.Base(in.paths[0])
	if in.paths[0] == "-" {
		name = standardInput
	}
	return name + ": Cognito's CSV dialect"
}

// standardInput is the name of "-" in what was recognized.
const standardInput = "standard input"

// open looks at the arguments. If keep is set, the stream of a single file stays open.
func (f *exportFlags) open(paths []string, std *streams, keep bool) (*input, error) {
	in := &input{paths: paths}
	var err error
	if in.options, err = f.sourceOptions(); err != nil {
		return nil, err
	}
	flag := f.used()
	switch {
	case f.From == dialectName && flag != "":
		return nil, fmt.Errorf("%s is for an export, and --from dialect is none; leave one of them out", flag)
	case f.From == dialectName && len(paths) > 1:
		return nil, errors.New("--from dialect is for one file; give one")
	case f.Hashes == "-":
		return nil, errors.New("--hashes: - is the standard input, which can be read only once; give a file")
	case slices.Contains(paths, ""):
		return nil, errors.New("the name of the file is empty; give a file")
	}
	in.dialect = f.From == dialectName
	in.options.Format.Stdin = std.in
	if len(paths) > 1 || (f.From != "" || flag != "") && !in.dialect {
		return in, nil
	}
	return in, in.look(std, keep)
}

// look reads the begin of the single file.
func (in *input) look(std *streams, keep bool) error {
	path := in.paths[0]
	info, err := os.Stat(path)
	if path != "-" && err == nil && info.IsDir() {
		if in.dialect {
			return fmt.Errorf("%s: is a directory; give a CSV file", path)
		}
		return nil
	}
	stream, err := openInput(path, std)
	if err != nil {
		return err
	}
	r := bufio.NewReaderSize(stream, lookBytes)
	if !in.dialect {
		head, err := r.Peek(lookBytes)
		if err != nil && err != io.EOF {
			return errors.Join(err, stream.Close())
		}
		in.dialect, in.empty = isDialect(head), len(head) == 0
	}
	if !keep {
		return stream.Close()
	}
	in.stream = struct {
		io.Reader
		io.Closer
	}{r, stream}
	if !in.dialect && (path == "-" || !info.Mode().IsRegular()) { // it can be read only once
		in.paths, in.options.Format.Stdin = []string{"-"}, r
	}
	return nil
}

// interruptible returns a context that Ctrl-C ends if the command has temporary files to remove: those of a join.
func (in *input) interruptible(ctx context.Context, std *streams) (context.Context, context.CancelFunc) {
	if in.options.Hashes == "" {
		return ctx, func() {}
	}
	return std.interruptible(ctx)
}

// interruptedOr returns errInterrupted in place of an error after Ctrl-C.
func interruptedOr(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return &negativeError{errInterrupted}
	}
	return err
}

// lookBytes is how much of a file is read to recognize the dialect.
const lookBytes = 64 << 10

// isDialect reports whether a file is in the dialect of import jobs: its header has the two columns whose names only that
// dialect has. An empty file counts as one.
func isDialect(head []byte) bool {
	if len(head) == 0 {
		return true
	}
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, []byte("\uFEFF")), []byte{'\n'})
	names := strings.Split(strings.TrimSuffix(string(line), "\r"), ",")
	return slices.Contains(names, importjob.ColumnUsername) && slices.Contains(names, importjob.ColumnMFAEnabled)
}

// exportError adds to an error of an export what to do.
func exportError(err error) error {
	var columns *source.ColumnsError
	var option *source.OptionError
	var table *format.TableError
	var filtered *source.FilterError
	var encoding *format.EncodingError
	switch {
	case errors.As(err, &columns):
		return fmt.Errorf("%s; importjob inspect lists the columns", columnsError(columns))
	case errors.As(err, &table):
		return fmt.Errorf("%w; use --table NAME", err)
	case errors.As(err, &filtered):
		return fmt.Errorf("%w; importjob mappings %s > mapping.yaml prints the mapping, and --mapping mapping.yaml takes it", err, cmp.Or(filtered.Mapping, "NAME"))
	case errors.As(err, &encoding):
		return fmt.Errorf("%w; use --encoding NAME", err)
	case errors.As(err, &option) && option.Option == "Hashes":
		return fmt.Errorf("--hashes: %s", option.Reason)
	case errors.As(err, &option) && option.Option == "From":
		return fmt.Errorf("--from: %s", option.Reason)
	}
	return err
}

// columnsError returns the message of an error, with the flags that help. If a name may be the value of a user, since the file has no
// header, it has none of the names that are left over.
func columnsError(e *source.ColumnsError) string {
	const help = "; use --map COLUMN=PATH, --ignore COLUMN or --ignore-rest"
	if !slices.ContainsFunc(e.LeftOver, func(m source.Mismatch) bool { return strings.HasPrefix(m.Name, "#") }) {
		return e.Error() + help
	}
	named := *e
	named.LeftOver = nil
	n := int64(len(e.LeftOver))
	text := fmt.Sprintf("the mapping leaves over %s of the export: map or ignore %s", counted(n, "column"), plural(n, "it", "them"))
	if more := named.Error(); more != "" {
		text += "; " + more
	}
	return text + help + ", or --no-header if the first record is a user"
}

// printFindings prints the groups of findings, and what becomes of the passwords.
func printFindings(w io.Writer, groups []source.Group, passwords *pwhash.Census) {
	for _, g := range groups {
		_, _ = fmt.Fprintln(w, oneLine(g.String()))
	}
	if len(passwords.Kept)+len(passwords.Lost) > 0 {
		_, _ = fmt.Fprintln(w, oneLine(passwords.String()))
	}
}

// printLeft prints what a job does not take.
func printLeft(w io.Writer, disabled, grouped int64) {
	if disabled > 0 {
		_, _ = fmt.Fprintf(w, "%s disabled in the export, and can sign in after the import: disable them then\n", plural(disabled, "1 user is", fmt.Sprint(disabled, " users are")))
	}
	if grouped > 0 {
		_, _ = fmt.Fprintf(w, "%s groups in the export, and none after the import: add them then\n", plural(grouped, "1 user has", fmt.Sprint(grouped, " users have")))
	}
}

// printJoined prints what a second file had.
func printJoined(w io.Writer, j source.JoinCounts) {
	_, _ = fmt.Fprintf(w, "--hashes: %s; %d of them belong to a user of the export, and %d to none\n", plural(int64(j.Hashes), "1 password hash", fmt.Sprint(j.Hashes, " password hashes")), j.Users, j.Unused)
}
