package cognitotest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// serveObject serves an upload to a pre-signed URL, as Amazon S3 does.
func (h *handler) serveObject(w http.ResponseWriter, r *http.Request) outcome {
	done := outcome{op: string(importjob.OpUpload), status: http.StatusOK, requestID: objectRequestID()}
	w.Header().Set("X-Amz-Request-Id", done.requestID)
	w.Header().Set("X-Amz-Id-2", hostID)
	w.Header().Set("Server", "AmazonS3")
	ref, e := h.putObject(r)
	if e != nil {
		e.RequestID, e.HostID = done.requestID, hostID
		if done.code, done.status = e.Code, e.status; e.status != 0 {
			e.write(w)
		}
		return done
	}
	w.Header().Set("Etag", `"`+etag()+`"`)
	w.Header().Set(sseHeader, sseValue)
	w.Header().Set(sseHeader+"-Aws-Kms-Key-Id", "arn:aws:kms:"+regionOf(ref.UserPoolID)+":"+h.opts.AccountID+":key/"+h.kmsKey)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return done
}

// etag returns a random ETag. The ETag of an object that is encrypted with a KMS key is not a hash of the
// body.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
func etag() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// putObject checks the URL and passes the body to the Client while it arrives. It returns the Ref of the job
// that the URL is for.
func (h *handler) putObject(r *http.Request) (importjob.Ref, *objectError) {
	sig, refusal := h.checkURL(r)
	if refusal != nil {
		return importjob.Ref{}, refusal
	}
	ref, ok := h.object(r.URL.Path)
	if !ok {
		return importjob.Ref{}, accessDenied()
	}
	body, refusal := h.uploadBody(r)
	if refusal != nil {
		return ref, refusal
	}
	job, err := h.uploadedJob(r, ref)
	if err == nil && sig.isBefore(job) {
		err = &importjob.Error{Code: importjob.ErrS3SignatureDoesNotMatch, Message: messageMismatch}
	}
	if err == nil {
		err = h.client.Upload(r.Context(), job, body, r.ContentLength)
	}
	if errors.Is(err, backend.ErrConnectionLost) {
		return ref, &objectError{} // status 0: the connection must be broken
	}
	if body.mismatch != nil {
		return ref, body.mismatch
	}
	if err != nil && body.ended && body.read < r.ContentLength { // source: https://github.com/AFNetworking/AFNetworking/issues/3622
		return ref, &objectError{status: http.StatusBadRequest, Code: "IncompleteBody",
			Message: "You did not provide the number of bytes specified by the Content-Length HTTP header"}
	}
	return ref, uploadError(err, sig)
}

// isBefore reports whether a URL is older than the job in its path. Then it was the URL of another job with the same
// ID, whose pool was deleted and made again.
func (s *signature) isBefore(job importjob.UserImportJob) bool {
	signed, _ := s.time()
	return signed.Before(job.CreationDate.Truncate(time.Second))
}

// uploadedJob returns the job with the Client's own URL. It asks the Client only if the handler does not
// remember the job.
func (h *handler) uploadedJob(r *http.Request, ref importjob.Ref) (importjob.UserImportJob, error) {
	if known, ok := h.urls.known(urlKey{base: h.baseURL(r), ref: ref}); ok {
		return known.job, nil
	}
	return h.client.Describe(r.Context(), ref)
}

// object returns the Ref of the job in the path of a URL, /<account>/<pool>/<job>.
func (h *handler) object(path string) (importjob.Ref, bool) {
	parts := strings.Split(path, "/")
	if len(parts) != 4 || parts[1] != h.opts.AccountID {
		return importjob.Ref{}, false
	}
	ref := importjob.Ref{UserPoolID: parts[2], JobID: parts[3]}
	return ref, ref.Validate() == nil
}

// urlParameters are the names of the query parameters of a pre-signed URL.
var urlParameters = []string{
	"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires",
}

// checkURL checks the signature in the query of a request. It does not check whether the URL has
// expired: the Client does, by a clock that may not be the machine's.
func (h *handler) checkURL(r *http.Request) (*signature, *objectError) {
	query, refusal := signedQuery(r)
	if refusal != nil {
		return nil, refusal
	}
	sig, refusal := urlSignature(query)
	if refusal != nil {
		return nil, refusal
	}
	if ref, ok := h.object(r.URL.Path); ok && sig.scope.region != regionOf(ref.UserPoolID) {
		// Source: https://github.com/ai-dock/comfyui/issues/34
		e := badQuery(fmt.Sprintf("Error parsing the X-Amz-Credential parameter; the region '%s' is wrong; expecting '%s'",
			sig.scope.region, regionOf(ref.UserPoolID)))
		e.Region = regionOf(ref.UserPoolID)
		return nil, e
	}
	if sig.accessKeyID != h.urls.credentials.AccessKeyID { // source: https://github.com/raster-foundry/raster-foundry/issues/289
		return nil, &objectError{status: http.StatusForbidden, Code: "InvalidAccessKeyId",
			Message: "The AWS Access Key Id you provided does not exist in our records.", AWSAccessKeyID: sig.accessKeyID}
	}
	if unsigned := unsignedHeaders(r, sig); len(unsigned) > 0 { // source: https://github.com/aws/aws-sdk-java/issues/1680
		e := deny("There were headers present in the request which were not signed")
		e.HeadersNotSigned = strings.Join(unsigned, ", ")
		return nil, e
	}
	return sig, h.verifyURL(r, query, sig)
}

// signedQuery returns the query of a request. It refuses one that lacks one of the urlParameters.
func signedQuery(r *http.Request) (url.Values, *objectError) {
	query, err := parseQuery(r)
	if err != nil { // our words
		return nil, badQuery("The query string cannot be parsed.")
	}
	count := 0
	for _, name := range urlParameters {
		if query.Has(name) {
			count++
		}
	}
	switch {
	case count == 0:
		return nil, accessDenied()
	case r.Header.Get("Authorization") != "": // source: https://github.com/catalyst/moodle-tool_objectfs/issues/303
		return nil, &objectError{status: http.StatusBadRequest, Code: "InvalidArgument",
			Message: "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string" +
				" parameter or the Authorization header should be specified"}
	case count < len(urlParameters): // source: https://github.com/kaliber-scala/play-s3/issues/73
		return nil, badQuery("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential," +
			" X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
	}
	return query, nil
}

// urlSignature returns the signature in the query parameters. It refuses parameters that are malformed or
// contradict each other.
func urlSignature(query url.Values) (*signature, *objectError) {
	for _, name := range urlParameters {
		if len(query[name]) != 1 { // our words
			return nil, badQuery(name + " must be given once.")
		}
	}
	if query.Get("X-Amz-Algorithm") != sigAlgorithm { // our words: S3 has another algorithm too, which its text must name
		return nil, badQuery(`X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"`)
	}
	sig := &signature{
		date:    query.Get("X-Amz-Date"),
		headers: strings.Split(query.Get("X-Amz-SignedHeaders"), ";"),
		value:   query.Get("X-Amz-Signature"),
	}
	var ok bool
	if sig.accessKeyID, sig.scope, ok = parseCredential(query.Get("X-Amz-Credential")); !ok { // source: https://github.com/TTLabs/EvaporateJS/issues/491
		return nil, badQuery("Error parsing the X-Amz-Credential parameter; the Credential is mal-formed;" +
			` expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`)
	}
	if _, ok := sig.time(); !ok { // source: https://github.com/JustinM1/S3SignerAWS/issues/12
		return nil, badQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
	}
	switch expires, err := strconv.Atoi(query.Get("X-Amz-Expires")); {
	case err != nil: // source: https://github.com/minio/minio-js/issues/1312
		return nil, badQuery("X-Amz-Expires should be a number")
	case expires < 0: // source: https://github.com/fog/fog/issues/3528
		return nil, badQuery("X-Amz-Expires must be non-negative")
	case expires > 604800: // source: https://github.com/aws/aws-cli/issues/5464
		return nil, badQuery("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	switch day := sig.date[:len("20060102")]; {
	case sig.scope.day != day: // our words, close to S3's for the Authorization header: https://github.com/akka/alpakka/issues/1690
		return nil, badQuery(fmt.Sprintf("Invalid credential date %q. This date is not the same as X-Amz-Date: %q.", sig.scope.day, day))
	case sig.scope.service != "s3": // our words
		return nil, badQuery(fmt.Sprintf("Error parsing the X-Amz-Credential parameter; incorrect service %q. This endpoint belongs to \"s3\".", sig.scope.service))
	}
	return sig, nil
}

// unsignedHeaders returns the names of the headers that begin with x-amz- and are not signed.
func unsignedHeaders(r *http.Request, sig *signature) []string {
	var names []string
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(sig.headers, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// messageMismatch is the message of S3 for a URL whose signature is wrong.
const messageMismatch = "The request signature we calculated does not match the signature you provided. Check your key and signing method."

// verifyURL computes the signature of a request and compares it with the one in the URL. It refuses a
// request whose method, path, host, query or signed headers are not the ones that were signed.
func (h *handler) verifyURL(r *http.Request, query url.Values, sig *signature) *objectError {
	signed := url.Values{}
	for name, values := range query {
		if name != "X-Amz-Signature" {
			signed[name] = values
		}
	}
	canonical := sig.canonicalRequest(r, signed, unsignedPayload)
	toSign := sig.stringToSign(canonical)
	if sig.matches(h.urls.credentials.SecretAccessKey, toSign) {
		return nil
	}
	// Source: https://github.com/aws/aws-sdk-js/issues/4672
	return &objectError{
		status:  http.StatusForbidden,
		Code:    importjob.ErrS3SignatureDoesNotMatch,
		Message: messageMismatch,

		AWSAccessKeyID: sig.accessKeyID, StringToSign: toSign, SignatureProvided: sig.value, StringToSignBytes: hexBytes(toSign),
		CanonicalRequest: canonical, CanonicalRequestBytes: hexBytes(canonical),
	}
}

// hexBytes returns the bytes of a text in hexadecimal with spaces between them, as S3 does.
func hexBytes(s string) string { return fmt.Sprintf("% x", s) }

// uploadError converts an error of the Client into an error of S3.
func uploadError(err error, sig *signature) *objectError {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, importjob.ErrURLExpired):
		return expired(sig)
	case errors.Is(err, importjob.ErrResourceNotFound), errors.Is(err, importjob.ErrNotAuthorized), errors.Is(err, importjob.ErrAccessDenied):
		return accessDenied()
	case errors.Is(err, importjob.ErrTooManyRequests): // source: https://github.com/flightstats/hub/issues/291
		return &objectError{status: http.StatusServiceUnavailable, Code: "SlowDown", Message: "Please reduce your request rate."}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded): // source: https://github.com/aws/aws-sdk-go-v2/issues/2657
		return &objectError{status: http.StatusBadRequest, Code: "RequestTimeout",
			Message: "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed."}
	}
	var e *importjob.Error
	if errors.As(err, &e) && e.Code != "" && e.Code != importjob.ErrInternal {
		status := http.StatusBadRequest
		if e.Code == importjob.ErrS3AccessDenied || e.Code == importjob.ErrS3SignatureDoesNotMatch {
			status = http.StatusForbidden
		}
		return &objectError{status: status, Code: e.Code, Message: e.Message}
	}
	// Source: https://github.com/aws/aws-sdk-java/issues/2932
	return &objectError{status: http.StatusInternalServerError, Code: "InternalError",
		Message: "We encountered an internal error. Please try again."}
}

// expired returns the error for an expired URL. Its ServerTime is time.Now. If the URL has expired only by
// the Client's clock, it is one second after the expiry.
func expired(sig *signature) *objectError {
	e := deny("Request has expired") // source: https://github.com/aws/aws-sdk-php/issues/1333
	if signed, ok := sig.time(); ok {
		end := signed.Add(urlLifetime)
		e.AmzExpires, e.Expires = urlExpires, end.Format(time.RFC3339)
		now := time.Now().UTC()
		if !now.After(end) {
			now = end.Add(time.Second)
		}
		e.ServerTime = now.Format(time.RFC3339)
	}
	return e
}
