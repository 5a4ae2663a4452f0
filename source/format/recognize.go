package format

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// stream is a file that was recognized.
type stream struct {
	description Description
	records     recordReader
	close       func()
}

// recognize looks at the beginning of a file, and returns a reader of its records.
func recognize(r io.Reader, name string, o *Options) (*stream, error) {
	u, err := unpack(r)
	if err != nil {
		return nil, err
	}
	s, err := recognizeUnpacked(u, name, o)
	if err != nil {
		u.close()
		return nil, err
	}
	s.close = u.close
	return s, nil
}

func recognizeUnpacked(u *unpacked, name string, o *Options) (*stream, error) {
	h := u.head
	beginning, complete := h.bytes, h.complete()
	if len(beginning) == 0 {
		if h.err != io.EOF {
			return nil, h.err
		}
		return nil, ErrEmpty
	}
	if err := refuse(beginning, o.Encoding); err != nil {
		return nil, err
	}
	c, err := recognizeCharset(beginning, complete, o.Encoding)
	if err != nil {
		return nil, err
	}
	text, _ := io.ReadAll(c.decode(bytes.NewReader(beginning))) // a decoder of text in memory has no errors that matter here
	if len(bytes.TrimSpace(text)) == 0 && complete && h.err == io.EOF {
		return nil, ErrEmpty
	}
	s := &stream{description: Description{
		Name: displayName(name), Compression: u.layers, Encoding: c.display(), Format: o.Format,
	}}
	in := c.decode(&limited{r: h, limit: o.MaxBytes})
	if err := s.open(in, text, complete, c.decoder != nil, o); err != nil {
		return nil, err
	}
	return s, nil
}

func displayName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return filepath.Base(name)
}

// open makes the reader of the records.
func (s *stream) open(in io.Reader, text []byte, complete, transcoded bool, o *Options) error {
	d := &s.description
	if d.Format == "" {
		if err := refuseText(text); err != nil {
			return err
		}
		if looksLikeJSON(text) {
			j := recognizeJSON(text, strings.ToLower(d.Name))
			d.Format, d.Records, d.RecordsWhy = j.format, j.records, j.why
		}
	} else if d.Format == JSON && looksLikeJSON(text) {
		if j := recognizeJSON(text, ""); j.format == JSON {
			d.Records, d.RecordsWhy = j.records, j.why
		}
	}
	switch d.Format {
	case JSON:
		s.records = newJSONDoc(in)
		return nil
	case NDJSON:
		s.records = newNDJSON(in)
		return nil
	default:
		return s.openTable(in, text, complete, transcoded, o)
	}
}

func (s *stream) openTable(in io.Reader, text []byte, complete, transcoded bool, o *Options) error {
	d := &s.description
	t := recognizeTable(text, complete, o.Delimiter, o.Escape)
	if d.Format == PGCopy || d.Format == "" && looksLikeCopy(text, t) {
		p, err := newPGCopy(in, text, o)
		if err != nil {
			return err
		}
		d.Format, d.Columns = PGCopy, len(p.names)
		if p.dump != nil {
			d.Table = p.dump.chosen[0]
		}
		d.Header = slices.ContainsFunc(p.names, func(name string) bool { return name != "" })
		s.records = p
		return nil
	}
	d.Format, d.Delimiter, d.DelimiterWhy, d.Escape, d.Header = CSV, t.delimiter, t.why, t.escape, !o.NoHeader
	table := newTable(in, t.dialect, o.Nulls, transcoded)
	if o.NoHeader {
		table.names = make([]string, t.columns)
	} else if err := table.readHeader(); err != nil {
		return err
	}
	d.Columns = len(table.names)
	if why := looksLikeData(table.names); why != "" && !o.NoHeader {
		d.Notes = append(d.Notes, why)
	}
	s.records = table
	return nil
}
