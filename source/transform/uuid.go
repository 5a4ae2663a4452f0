package transform

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
)

// RandomUUID makes a random UUID (version 4), whatever the value. Each call makes another one, so a file that is read twice
// gives its users other UUIDs each time. [NameUUID] does not.
type RandomUUID struct{}

// Apply never fails.
func (RandomUUID) Apply(string) (string, error) {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return formatUUID(b, 4), nil
}

func (RandomUUID) String() string { return "uuid" }

// NameUUID makes a UUID of the value (version 5). The same value always gives the same UUID in the same namespace.
//
// Source: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5
type NameUUID struct {
	Namespace string // a UUID; "" means DefaultNamespace
}

// DefaultNamespace is the namespace of [NameUUID]. It is the UUID of https://github.com/cognito-import/importjob in RFC 9562's
// namespace of URLs.
const DefaultNamespace = "fb292028-9c19-5f3e-9b6b-4a230bf37612"

// Apply never fails. A Namespace that is not a UUID counts as DefaultNamespace.
func (u NameUUID) Apply(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	space, ok := parseUUID(u.Namespace)
	if !ok {
		space, _ = parseUUID(DefaultNamespace)
	}
	hash := sha1.New()
	hash.Write(space[:])
	hash.Write([]byte(value))
	return formatUUID([16]byte(hash.Sum(nil)), 5), nil
}

func (u NameUUID) String() string { return named("uuid5", u.Namespace) }

func checkNamespace(namespace string) error {
	if _, ok := parseUUID(namespace); !ok && namespace != "" {
		return fmt.Errorf("%q is not a UUID", namespace)
	}
	return nil
}

// formatUUID sets the version and the variant, and returns the text.
func formatUUID(b [16]byte, version byte) string {
	b[6] = b[6]&0x0f | version<<4
	b[8] = b[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[0:8], b[0:4])
	hex.Encode(text[9:13], b[4:6])
	hex.Encode(text[14:18], b[6:8])
	hex.Encode(text[19:23], b[8:10])
	hex.Encode(text[24:36], b[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

func parseUUID(text string) (b [16]byte, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return b, false
	}
	_, err := hex.Decode(b[:], []byte(text[0:8]+text[9:13]+text[14:18]+text[19:23]+text[24:36]))
	return b, err == nil
}
