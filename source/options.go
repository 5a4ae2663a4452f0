package source

import (
	"cmp"
	"context"
	"io"
	"slices"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
)

// Options are the options of [Open] and [Inspect]. The zero value recognizes everything.
type Options struct {
	// Mapping says how records become rows. If it is nil and From is "", it is the preset whose exports look like this one, or otherwise the
	// mapping that [Suggest] makes of the names of the columns. [Source.Describe] says which one it is.
	Mapping *Mapping

	// From is the name of a preset, one of [Presets]. Mapping and From exclude each other.
	From string

	// Edits change the mapping, whether it is given, a preset or suggested.
	Edits

	// Format has the options of the files. Its fields take precedence over those of Mapping.Input. nil means the defaults.
	Format *format.Options

	// Hashes is the name of a second file with the password hashes. The mapping's Hashes say how it is joined. The export is then read
	// twice, so it must not be standard input or a pipe.
	Hashes string

	// OnMatch, if not nil, is called now and then while Open matches the records of the export with those of Hashes. Open does so after it
	// has read both files, and it takes longer than reading. done is the number of records matched so far, and all the number of all records.
	OnMatch func(done, all int)

	// TempDir is a directory for the temporary files with which Hashes are sorted. "" means that of the system. The files have the
	// password hashes, are readable by the owner only, and are removed by Close.
	TempDir string

	// Converter converts password hashes.
	Converter pwhash.Converter

	// UnusableHash says what to do with a user whose password hash no import job can take. "" means ResetUnusable.
	UnusableHash UnusableHash

	// FindDuplicates adds a [Finding] with the code duplicate-username to a row whose username an earlier row has. Upper and lower case are the
	// same if they are in the pool: see [importjob.Pool].CaseInsensitive. Rows with other findings neither get it nor count as earlier rows,
	// since they are not imported. It takes some 100 bytes of memory for each user. [Inspect] always finds duplicates.
	FindDuplicates bool

	// Assumptions are the rules about rows and files that the documentation of the service leaves open. The zero value has the defaults.
	Assumptions importjob.Assumptions

	// Now decides which times are in the future, for [WhenFuture]. The zero Time means the time of Open.
	Now time.Time
}

// UnusableHash is what to do with a user whose password cannot be kept.
type UnusableHash string

// The values of UnusableHash.
const (
	ResetUnusable  UnusableHash = "reset"  // import the user without a hash: the user must set a new password
	RejectUnusable UnusableHash = "reject" // add a Finding, so that the user is not imported
)

// OptionError is the error of an option that is wrong, or that needs another one.
type OptionError struct {
	Option string // the name of the field, such as "Hashes"
	Reason string // what is wrong, and what to do
}

// Error returns the option and the reason.
func (e *OptionError) Error() string { return e.Option + ": " + e.Reason }

func (o *Options) copied() (*Options, error) {
	c := Options{}
	if o != nil {
		c = *o
	}
	if c.Format == nil {
		c.Format = &format.Options{}
	}
	if c.Now.IsZero() {
		c.Now = time.Now()
	}
	switch c.UnusableHash {
	case "":
		c.UnusableHash = ResetUnusable
	case ResetUnusable, RejectUnusable:
	default:
		return nil, &OptionError{Option: "UnusableHash", Reason: "use reset or reject"}
	}
	if c.Mapping != nil && c.From != "" {
		return nil, &OptionError{Option: "From", Reason: "a mapping and a preset exclude each other"}
	}
	return &c, nil
}

// endWith makes each read of a file return the cause of ctx after its end.
func (o *Options) endWith(ctx context.Context) {
	f := *o.Format
	onRead := f.OnRead
	f.OnRead = func(n int) error {
		if onRead != nil {
			if err := onRead(n); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil
	}
	o.Format = &f
}

// formatOptions returns the options of files that are written as in says.
func (o *Options) formatOptions(in Input, stdin io.Reader) *format.Options {
	f := *o.Format
	f.Stdin, f.Nulls = stdin, slices.Clone(f.Nulls)
	if f.Format == "" {
		f.Format = in.Format
	}
	if f.Encoding == "" {
		f.Encoding = in.Encoding
	}
	if f.Delimiter == 0 {
		f.Delimiter = in.Delimiter
	}
	if f.Escape == 0 {
		f.Escape = in.Escape
	}
	f.NoHeader = f.NoHeader || in.NoHeader
	f.Table = cmp.Or(f.Table, o.Table, in.Table)
	return &f
}
