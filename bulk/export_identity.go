package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
)

// exportIdentity identifies an [Export]. The journal holds it.
type exportIdentity struct {
	Paths []string     `json:"paths"` // as the caller gave them, absolute
	Files []exportFile `json:"files"` // that are read, the second file last
	exportForm
}

// exportFile is a file of an export.
type exportFile struct {
	Name    string    `json:"name"` // absolute
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mod_time"`
}

// exportForm is how an export is read.
type exportForm struct {
	Mapping      string              `json:"mapping,omitempty"` // the file; "" if From or the files decide
	From         string              `json:"from,omitempty"`
	Edits        source.Edits        `json:"edits,omitzero"`
	Format       exportFormat        `json:"format,omitzero"`
	Hashes       string              `json:"hashes,omitempty"` // absolute
	Converter    pwhash.Converter    `json:"converter,omitzero"`
	SecretHash   string              `json:"secret_sha256,omitempty"` // in place of Converter.SpringSecret
	UnusableHash source.UnusableHash `json:"unusable_hash,omitempty"`
}

// exportFormat is a format.Options.
type exportFormat struct {
	Format    format.Format `json:"format,omitempty"`
	Encoding  string        `json:"encoding,omitempty"`
	Table     string        `json:"table,omitempty"`
	Delimiter byte          `json:"delimiter,omitempty"`
	Escape    byte          `json:"escape,omitempty"`
	NoHeader  bool          `json:"no_header,omitempty"`
	Nulls     []string      `json:"nulls,omitempty"`
	MaxBytes  int64         `json:"max_bytes,omitempty"`
}

func (e export) identity() (identity, error) {
	id := &exportIdentity{}
	for _, path := range e.paths {
		if path == "-" {
			return identity{}, fmt.Errorf("standard input is not a regular file: save it to one, since a resumed import reads it again")
		}
		full, err := filepath.Abs(path)
		if err != nil {
			return identity{}, err
		}
		id.Paths = append(id.Paths, full)
	}
	if err := id.describe(e.opts.Source); err != nil {
		return identity{}, err
	}
	var err error
	if id.Files, err = statAll(id.Paths, id.Hashes); err != nil {
		return identity{}, err
	}
	return identity{Kind: exportKind, Export: id}, nil
}

// describe fills the form.
func (id *exportIdentity) describe(o source.Options) error {
	if o.Mapping != nil {
		text, err := o.Mapping.Marshal()
		if err != nil {
			return fmt.Errorf("the mapping: %w", err)
		}
		id.Mapping = string(text)
	}
	if f := o.Format; f != nil {
		id.Format = exportFormat{f.Format, f.Encoding, f.Table, f.Delimiter, f.Escape, f.NoHeader, slices.Clone(f.Nulls), f.MaxBytes}
	}
	id.From, id.Edits, id.Converter, id.UnusableHash = o.From, o.Edits, o.Converter, o.UnusableHash
	if secret := id.Converter.SpringSecret; secret != "" {
		sum := sha256.Sum256([]byte(secret))
		id.SecretHash, id.Converter.SpringSecret = hex.EncodeToString(sum[:]), ""
	}
	if o.Hashes == "" {
		return nil
	}
	var err error
	id.Hashes, err = filepath.Abs(o.Hashes)
	return err
}

// statAll returns the files that the paths mean, and the second file if there is one.
func statAll(paths []string, second string) ([]exportFile, error) {
	names, err := format.Files(paths)
	if err != nil {
		return nil, err
	}
	if second != "" {
		names = append(names, second)
	}
	var files []exportFile
	for _, name := range names {
		id, err := fileIdentity(exportKind, name)
		if err != nil {
			return nil, err
		}
		files = append(files, exportFile{id.Name, id.Size, id.ModTime})
	}
	return files, nil
}

// size returns how many bytes are read in all, and how many bytes count as much as matching the records of two files. To join a second
// file, the export is read twice.
func (e export) size() (read, matching int64, err error) {
	files, err := statAll(e.paths, e.opts.Source.Hashes)
	all := int64(0)
	for _, f := range files {
		all += f.Size
	}
	if e.opts.Source.Hashes == "" || err != nil {
		return all, 0, err
	}
	return 2*all - files[len(files)-1].Size, all, nil
}

// sameFiles reports whether two identities have the same files, with the same sizes and times.
func (id *exportIdentity) sameFiles(other *exportIdentity) bool {
	return slices.EqualFunc(id.Files, other.Files, func(a, b exportFile) bool {
		return a.Name == b.Name && a.Size == b.Size && a.ModTime.Equal(b.ModTime)
	})
}

// sameForm reports whether two exports have the same paths and are read in the same way.
func (id *exportIdentity) sameForm(other *exportIdentity) bool {
	if id == nil || other == nil {
		return id == other
	}
	a, _ := json.Marshal(id.exportForm) // cannot fail: it has only strings and numbers
	b, _ := json.Marshal(other.exportForm)
	return string(a) == string(b) && slices.Equal(id.Paths, other.Paths)
}

// digest returns the SHA-256 of the digests of all files.
func (id *exportIdentity) digest(ctx context.Context) (string, error) {
	all := sha256.New()
	for _, f := range id.Files {
		digest, err := digestOf(ctx, f.Name)
		if err != nil {
			return "", err
		}
		_, _ = io.WriteString(all, digest+"\n")
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

// digest returns the SHA-256 of the files. The first row must have been read.
func (r *exportReader) digest() (string, error) {
	<-r.hashing.ended
	return r.hashing.sum, r.hashing.err
}

// hashing hashes the files of an export in a goroutine of its own, while the rows are read.
type hashing struct {
	stop  context.CancelFunc
	ended chan struct{}
	sum   string
	err   error
}

// startHashing starts the goroutine, which ends with the last file or when close is called.
func (e export) startHashing() *hashing {
	ctx, stop := context.WithCancel(context.Background())
	h := &hashing{stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(h.ended)
		var id identity
		if id, h.err = e.identity(); h.err == nil {
			h.sum, h.err = id.Export.digest(ctx)
		}
	}()
	return h
}

// close ends the goroutine.
func (h *hashing) close() {
	h.stop()
	<-h.ended
}

// source returns the export, or nil if the identity does not say enough.
func (id *exportIdentity) source() Source {
	opts := ExportOptions{Source: source.Options{
		From: id.From, Edits: id.Edits, Hashes: id.Hashes, Converter: id.Converter, UnusableHash: id.UnusableHash,
		Format: &format.Options{Format: id.Format.Format, Encoding: id.Format.Encoding, Table: id.Format.Table,
			Delimiter: id.Format.Delimiter, Escape: id.Format.Escape, NoHeader: id.Format.NoHeader, Nulls: id.Format.Nulls, MaxBytes: id.Format.MaxBytes},
	}}
	if id.SecretHash != "" {
		return nil
	}
	if id.Mapping != "" {
		m, err := source.Parse([]byte(id.Mapping))
		if err != nil { // of another version
			return nil
		}
		opts.Source.Mapping = m
	}
	return Export(id.Paths, &opts)
}
