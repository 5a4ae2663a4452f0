package cognitotest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxSkew is the largest difference between the time of a signature and time.Now.
const maxSkew = 5 * time.Minute

// authenticate refuses a request without a well-formed signature. If Options.Credentials is set, it also
// refuses a signature that was not made with these keys.
func (h *handler) authenticate(r *http.Request, service string, body []byte) error {
	authorization := r.Header.Get("Authorization")
	if authorization == "" {
		return refusef(errMissingToken, "Missing Authentication Token")
	}
	sig, err := parseAuthorization(authorization)
	if err != nil {
		return err
	}
	if sig.date = r.Header.Get("X-Amz-Date"); sig.date == "" {
		return refusef(errIncompleteSignature, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	signed, ok := sig.time()
	if !ok {
		return refusef(errIncompleteSignature, "Date must be in ISO-8601 'basic format'.")
	}
	if (h.opts.Credentials == Credentials{}) {
		return nil
	}
	return h.verify(r, sig, signed, service, body)
}

// parseAuthorization parses a header of the form
//
//	AWS4-HMAC-SHA256 Credential=ID/scope, SignedHeaders=host;x-amz-date, Signature=hex
func parseAuthorization(header string) (*signature, error) {
	algorithm, rest, _ := strings.Cut(header, " ")
	if algorithm != sigAlgorithm {
		return nil, refusef(errIncompleteSignature, "The Authorization header does not begin with %s.", sigAlgorithm)
	}
	parameters := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parameters[name] = value
	}
	var missing []string
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if parameters[name] == "" {
			missing = append(missing, "Authorization header requires '"+name+"' parameter.")
		}
	}
	if len(missing) > 0 {
		return nil, refusef(errIncompleteSignature, "%s", strings.Join(missing, " "))
	}
	sig := &signature{headers: strings.Split(parameters["SignedHeaders"], ";"), value: parameters["Signature"]}
	var ok bool
	if sig.accessKeyID, sig.scope, ok = parseCredential(parameters["Credential"]); !ok {
		return nil, refusef(errIncompleteSignature, "Credential must have exactly 5 slash-delimited elements, the last of them aws4_request.")
	}
	return sig, nil
}

// verify refuses a signature that is out of date or was not made with Options.Credentials.
func (h *handler) verify(r *http.Request, sig *signature, signed time.Time, service string, body []byte) error {
	now := time.Now()
	const form = sigTime
	switch {
	case sig.accessKeyID != h.opts.Credentials.AccessKeyID:
		return refusef(errUnknownKey, "The security token included in the request is invalid.")
	case sig.scope.service != service:
		return refusef(errInvalidSignature, "Credential should be scoped to correct service: '%s'.", service)
	case sig.scope.day != sig.date[:len("20060102")]:
		return refusef(errInvalidSignature, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
	case now.Sub(signed) > maxSkew:
		return refusef(errInvalidSignature, "Signature expired: %s is now earlier than %s (%s - 5 min.)",
			sig.date, now.UTC().Add(-maxSkew).Format(form), now.UTC().Format(form))
	case signed.Sub(now) > maxSkew:
		return refusef(errInvalidSignature, "Signature not yet current: %s is still later than %s (%s + 5 min.)",
			sig.date, now.UTC().Add(maxSkew).Format(form), now.UTC().Format(form))
	}
	if !slices.Contains(sig.headers, "host") {
		return refusef(errInvalidSignature, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	payload := hashHex(body)
	if r.Header.Get("X-Amz-Content-Sha256") == unsignedPayload && slices.Contains(sig.headers, "x-amz-content-sha256") {
		payload = unsignedPayload
	}
	if !sig.matches(h.opts.Credentials.SecretAccessKey, sig.stringToSign(sig.canonicalRequest(r, r.URL.Query(), payload))) {
		return refusef(errInvalidSignature, "The request signature we calculated does not match the signature you provided."+
			" Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return nil
}
