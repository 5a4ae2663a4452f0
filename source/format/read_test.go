package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// show writes a value so that its kind can be seen: a String as it is, and others with a mark.
func show(v Value) string {
	switch v.Kind {
	case String:
		if v.Quoted {
			return "'" + v.Text + "'"
		}
		return v.Text
	case Missing:
		return "-"
	case Null:
		return "NULL"
	case Invalid:
		return "!" + v.Text
	default:
		return "<" + v.Text + ">"
	}
}

// drain reads all records of r: "2: a | b" for a record on line 2, "3! cause" for one that cannot be read, and "! error" for the final error,
// unless that is io.EOF.
func drain(t testing.TB, r Reader) []string {
	t.Helper()
	var got []string
	for range 1_000_000 {
		rec, err := r.Next()
		var rejected *RecordError
		switch {
		case err == nil:
			shown := make([]string, len(rec.Values))
			for i, v := range rec.Values {
				shown[i] = show(v)
			}
			got = append(got, fmt.Sprintf("%d: %s", rec.Line, strings.Join(shown, " | ")))
		case err == io.EOF:
			_, again := r.Next()
			require.Equal(t, io.EOF, again)
			require.NoError(t, r.Close())
			return got
		case errors.As(err, &rejected):
			require.Zero(t, rec)
			got = append(got, fmt.Sprintf("%d! %s", rejected.Line, causeOf(rejected)))
		default:
			_, again := r.Next()
			require.Equal(t, err, again, "a final error stays")
			require.NoError(t, r.Close())
			return append(got, "! "+err.Error())
		}
	}
	t.Fatal("no end after a million records")
	return nil
}

// causes are the causes of a RecordError by a short name.
var causes = map[string]error{
	"stray": ErrQuote, "unclosed": ErrUnclosedQuote, "cells": ErrCells, "text": ErrInvalidText, "long": ErrRecordTooLong, "json": ErrJSON, "object": ErrNotObject,
}

func causeOf(rejected *RecordError) string {
	for name, cause := range causes {
		if errors.Is(rejected, cause) {
			return name
		}
	}
	return rejected.Error()
}

// bound opens a text and binds the paths.
func bound(t testing.TB, text string, o *Options, b *BindOptions, paths ...string) Reader {
	t.Helper()
	r, err := NewReader(strings.NewReader(text), "test", o)
	require.NoError(t, err)
	parsed := make([]Path, len(paths))
	for i, p := range paths {
		parsed[i] = MustPath(p)
	}
	require.NoError(t, r.Bind(parsed, b))
	return r
}

// fail is a stream that ends with an error.
func fail(text string, err error) io.Reader {
	return io.MultiReader(bytes.NewReader([]byte(text)), errReader{err})
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }
