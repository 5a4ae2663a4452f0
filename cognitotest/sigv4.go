package cognitotest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file verifies Signature Version 4. The signer of aws-sdk-go-v2 can only sign.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

const (
	sigAlgorithm    = "AWS4-HMAC-SHA256"
	sigTime         = "20060102T150405Z"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// signature is the signature of a request, and the parameters that it was made with.
type signature struct {
	accessKeyID string
	scope       scope
	date        string // as sent, in the form of sigTime
	headers     []string
	value       string
}

// scope is the credential scope: the day, Region and service for which a signing key is valid.
type scope struct {
	day, region, service, end string
}

func (s scope) String() string {
	return s.day + "/" + s.region + "/" + s.service + "/" + s.end
}

// parseCredential parses "<access key ID>/<day>/<region>/<service>/aws4_request".
func parseCredential(s string) (accessKeyID string, sc scope, ok bool) {
	parts := strings.Split(s, "/")
	if len(parts) != 5 || slices.Contains(parts, "") || parts[4] != "aws4_request" {
		return "", scope{}, false
	}
	return parts[0], scope{day: parts[1], region: parts[2], service: parts[3], end: parts[4]}, true
}

// time returns when the request was signed.
func (s *signature) time() (time.Time, bool) {
	t, err := time.Parse(sigTime, s.date)
	return t, err == nil
}

// canonicalRequest returns the canonical request, whose hash is signed. query must not have the signature.
func (s *signature) canonicalRequest(r *http.Request, query url.Values, payloadHash string) string {
	var b strings.Builder
	b.WriteString(r.Method + "\n" + canonicalPath(r.URL.Path) + "\n" + canonicalQuery(query) + "\n")
	for _, name := range s.headers {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	b.WriteString("\n" + strings.Join(s.headers, ";") + "\n" + payloadHash)
	return b.String()
}

// stringToSign returns the text that is signed.
func (s *signature) stringToSign(canonical string) string {
	return sigAlgorithm + "\n" + s.date + "\n" + s.scope.String() + "\n" + hashHex([]byte(canonical))
}

// matches reports whether the signature was made with the secret.
func (s *signature) matches(secret, stringToSign string) bool {
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.scope.day, s.scope.region, s.scope.service, s.scope.end} {
		key = mac(key, part)
	}
	return hmac.Equal([]byte(hex.EncodeToString(mac(key, stringToSign))), []byte(s.value))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hashHex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// headerValue returns the value of a signed header in canonical form.
func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	}
	var values []string
	for _, v := range r.Header.Values(name) {
		values = append(values, strings.Join(strings.Fields(v), " "))
	}
	return strings.Join(values, ",")
}

// parseQuery parses the query of a request. A semicolon is a character like any other, as it is for a client
// that signs a query. Package net/http would drop the parameter. (A53)
//
// Source: https://url.spec.whatwg.org/#urlencoded-parsing
func parseQuery(r *http.Request) (url.Values, error) {
	return url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
}

func canonicalPath(path string) string {
	if path == "" {
		return "/"
	}
	return strings.ReplaceAll(escape(path), "%2F", "/")
}

// canonicalQuery returns the parameters sorted by their escaped names, and those with the same name by their escaped
// values.
func canonicalQuery(query url.Values) string {
	values := map[string][]string{}
	for name, all := range query {
		name = escape(name)
		for _, v := range all {
			values[name] = append(values[name], escape(v))
		}
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, v := range slices.Sorted(slices.Values(values[name])) {
			pairs = append(pairs, name+"="+v)
		}
	}
	return strings.Join(pairs, "&")
}

// escape escapes all characters except the unreserved ones of RFC 3986: letters, digits and -._~.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
