package pwhash

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

const (
	digits       = "0123456789"
	letters      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	alphanumeric = digits + letters
	lowerHex     = "0123456789abcdef"
	hexDigits    = lowerHex + "ABCDEF"
	cryptDigits  = "./" + alphanumeric // of crypt(3), bcrypt and phpass, in some order
)

func consistsOf(s, chars string) bool {
	return strings.Trim(s, chars) == "" // Trim stops at the first other character from both sides
}

// number reads a decimal number of at most 10 digits, without a sign.
func number(s string) (int64, bool) {
	if s == "" || len(s) > 10 || !consistsOf(s, digits) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// base64Bytes decodes standard base64 with or without padding, and with "." for "+" as passlib writes it. Unused
// bits at the end can have any value, since not all systems clear them. It does not accept "", nor the line ends that
// encoding/base64 skips.
func base64Bytes(s string) ([]byte, bool) {
	trimmed := strings.TrimRight(s, "=")
	if padding := len(s) - len(trimmed); padding > 2 || padding > 0 && len(s)%4 != 0 {
		return nil, false
	}
	if trimmed == "" || !consistsOf(trimmed, alphanumeric+"+/.") {
		return nil, false
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.ReplaceAll(trimmed, ".", "+"))
	return b, err == nil
}

// hexBytes decodes hex in upper or lower case, except "".
func hexBytes(s string) ([]byte, bool) {
	b, err := hex.DecodeString(s)
	return b, err == nil && len(b) > 0
}

// textBytes returns the bytes of a text that stands for itself.
func textBytes(s string) ([]byte, bool) { return []byte(s), s != "" }

func toBase64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// split returns the n fields of s between the separators, or false if there are more or fewer.
func split(s, separator string, n int) ([]string, bool) {
	fields := strings.SplitN(s, separator, n+1)
	return fields, len(fields) == n
}

// parameters reads "k=v,k=v" with decimal values. It returns false if a key is not among those allowed, or
// occurs twice. A missing value is 0, which no parameter can be.
func parameters(s string, allowed ...string) (map[string]int64, bool) {
	values := map[string]int64{}
	for pair := range strings.SplitSeq(s, ",") {
		key, text, _ := strings.Cut(pair, "=")
		value, ok := number(text)
		if _, twice := values[key]; !ok || twice || !slices.Contains(allowed, key) {
			return nil, false
		}
		values[key] = value
	}
	return values, true
}
