package cognitotest

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// maxSkew is the largest difference between the time of a signature and time.Now.
const maxSkew = 5 * time.Minute

// signatureOf returns the signature of a request. It refuses a request without a well-formed signature. If
// Options.Credentials is set, it also refuses a signature that cannot be one of these keys, whatever the body
// is.
func (h *handler) signatureOf(r *http.Request, service string) (*signature, error) {
	authorization := r.Header.Get("Authorization")
	if authorization == "" { // source: https://github.com/aws/aws-aspnet-cognito-identity-provider/issues/66
		return nil, refusef(errMissingToken, "Missing Authentication Token")
	}
	sig, err := parseAuthorization(authorization)
	if err != nil {
		return nil, err
	}
	if sig.date = r.Header.Get("X-Amz-Date"); sig.date == "" { // source: https://github.com/aws/chalice/issues/828
		return nil, refusef(errIncompleteSignature, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	signed, ok := sig.time()
	if !ok { // source: https://github.com/umegaya/lua-aws/issues/18
		return nil, refusef(errIncompleteSignature, "Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", sig.date)
	}
	if (h.opts.Credentials == Credentials{}) {
		return sig, nil
	}
	return sig, h.checkScope(r, sig, signed, service)
}

// parseAuthorization parses a header of the form
//
//	AWS4-HMAC-SHA256 Credential=ID/scope, SignedHeaders=host;x-amz-date, Signature=hex
func parseAuthorization(header string) (*signature, error) {
	algorithm, rest, _ := strings.Cut(header, " ")
	if algorithm != sigAlgorithm { // our words
		return nil, refusef(errIncompleteSignature, "The Authorization header does not begin with %s.", sigAlgorithm)
	}
	parameters := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parameters[name] = value
	}
	var missing []string
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if parameters[name] == "" { // source: https://github.com/aws/chalice/issues/828
			missing = append(missing, "Authorization header requires '"+name+"' parameter.")
		}
	}
	if len(missing) > 0 {
		return nil, refusef(errIncompleteSignature, "%s", strings.Join(missing, " "))
	}
	sig := &signature{headers: strings.Split(parameters["SignedHeaders"], ";"), value: parameters["Signature"]}
	var ok bool
	if sig.accessKeyID, sig.scope, ok = parseCredential(parameters["Credential"]); !ok { // source: https://github.com/mhart/aws4/issues/97
		return nil, refusef(errIncompleteSignature, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '%s'",
			parameters["Credential"])
	}
	return sig, nil
}

// checkScope refuses a signature of other keys, of another service or of another time, and one that leaves out
// a header that has to be signed. A session token comes with temporary keys only, and Options.Credentials are
// long-term keys.
func (h *handler) checkScope(r *http.Request, sig *signature, signed time.Time, service string) error {
	now := time.Now()
	const form = sigTime
	switch {
	case sig.accessKeyID != h.opts.Credentials.AccessKeyID, r.Header.Get("X-Amz-Security-Token") != "": // source: https://github.com/aws/aws-sdk-php/issues/2444
		return refusef(errUnknownKey, "The security token included in the request is invalid.")
	case sig.scope.service != service: // source: https://github.com/disneystreaming/smithy4s/issues/1568
		return refusef(errInvalidSignature, "Credential should be scoped to correct service: '%s'. ", service)
	case sig.scope.day != sig.date[:len("20060102")]: // source: https://github.com/tedder/requests-aws4auth/issues/7
		return refusef(errInvalidSignature, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.",
			sig.scope.day, sig.date[:len("20060102")], sig.date)
	case now.Sub(signed) > maxSkew: // source: https://github.com/aws/aws-cli/issues/6833
		return refusef(errInvalidSignature, "Signature expired: %s is now earlier than %s (%s - 5 min.)",
			sig.date, now.UTC().Add(-maxSkew).Format(form), now.UTC().Format(form))
	case signed.Sub(now) > maxSkew: // source: https://github.com/serverless/enterprise/issues/11
		return refusef(errInvalidSignature, "Signature not yet current: %s is still later than %s (%s + 5 min.)",
			sig.date, now.UTC().Add(maxSkew).Format(form), now.UTC().Format(form))
	case !slices.Contains(sig.headers, "host"): // source: https://github.com/aws/aws-sdk-php/issues/2469
		return refusef(errInvalidSignature, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	case !slices.Contains(sig.headers, "x-amz-target"): // our words after the ones above (A52)
		return refusef(errInvalidSignature, "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.")
	}
	return nil
}

// verify refuses a signature that was not made with Options.Credentials.
func (h *handler) verify(r *http.Request, sig *signature, body []byte) error {
	if (h.opts.Credentials == Credentials{}) {
		return nil
	}
	payload := hashHex(body)
	if r.Header.Get("X-Amz-Content-Sha256") == unsignedPayload && slices.Contains(sig.headers, "x-amz-content-sha256") {
		payload = unsignedPayload
	}
	query, err := parseQuery(r)
	if err != nil || !sig.matches(h.opts.Credentials.SecretAccessKey, sig.stringToSign(sig.canonicalRequest(r, query, payload))) {
		// Source: https://github.com/aws/aws-sdk-js-v3/issues/845
		return refusef(errInvalidSignature, "The request signature we calculated does not match the signature you provided."+
			" Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return nil
}

// checkRegion refuses a signature for another Region than the one that the request is for. That is the Region
// in the name of an AWS endpoint. At any other host it is the Region of the pool that the request names.
func (h *handler) checkRegion(r *http.Request, sig *signature, in *input) error {
	if (h.opts.Credentials == Credentials{}) {
		return nil
	}
	region := endpointRegion(r.Host)
	if region == "" {
		region = regionOf(in.userPoolID())
	}
	if !regionForm.MatchString(region) || region == sig.scope.region { // the ID of a pool can begin with any word
		return nil
	}
	// Source: https://github.com/fsouza/s3-upload-proxy/issues/241
	return refusef(errInvalidSignature, "Credential should be scoped to a valid region, not '%s'. ", sig.scope.region)
}

var regionForm = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)

// endpointRegion returns the Region in the name of an AWS endpoint, such as logs.eu-west-1.amazonaws.com.
func endpointRegion(host string) string {
	name := (&url.URL{Host: host}).Hostname()
	labels := strings.Split(name, ".")
	if !isAWS(name) || len(labels) < 4 {
		return ""
	}
	return labels[1]
}
