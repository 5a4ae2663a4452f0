package cognitotest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// The exceptions of the wire protocol, which all AWS services have.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
const (
	errUnknownOperation    importjob.Code = "UnknownOperationException"
	errSerialization       importjob.Code = "SerializationException"
	errTooLarge            importjob.Code = "RequestEntityTooLargeException"
	errMissingToken        importjob.Code = "MissingAuthenticationTokenException"
	errIncompleteSignature importjob.Code = "IncompleteSignatureException"
	errInvalidSignature    importjob.Code = "InvalidSignatureException"
	errUnknownKey          importjob.Code = "UnrecognizedClientException"
)

// maxBody is the largest size of a JSON request in bytes. (A36)
const maxBody = 1 << 20

// call is one request for an operation.
type call struct {
	*handler
	ctx  context.Context
	r    *http.Request
	body json.RawMessage
	in   *input     // the members of body
	sig  *signature // nil if the operation needs none
	base string     // the scheme and host of pre-signed URLs
}

// operation returns the JSON of the response to a call.
type operation func(*call) ([]byte, error)

// service is an AWS service.
type service struct {
	name       string                            // as in the scope of a signature
	codes      map[importjob.Code]importjob.Code // the names of exceptions that differ in this service
	operations map[string]operation
}

// services maps the prefix of the X-Amz-Target header to the service.
var services = map[string]service{
	idpTarget: {name: "cognito-idp", operations: joined(signInOperations, map[string]operation{
		"GetCSVHeader":          getCSVHeader,
		"CreateUserImportJob":   createUserImportJob,
		"DescribeUserImportJob": describeUserImportJob,
		"ListUserImportJobs":    listUserImportJobs,
		"StartUserImportJob":    startUserImportJob,
		"StopUserImportJob":     stopUserImportJob,

		"DescribeUserPool":     describeUserPool,
		"CreateUserPool":       withDirectory(createUserPool),
		"UpdateUserPool":       withDirectory(updateUserPool),
		"AddCustomAttributes":  withDirectory(addCustomAttributes),
		"DeleteUserPool":       withDirectory(deleteUserPool),
		"ListUserPools":        withDirectory(listUserPools),
		"GetUserPoolMfaConfig": withDirectory(getUserPoolMFAConfig),
		"SetUserPoolMfaConfig": withDirectory(setUserPoolMFAConfig),
		"TagResource":          withDirectory(tagResource),
		"UntagResource":        withDirectory(untagResource),
		"ListTagsForResource":  withDirectory(listTagsForResource),

		"ListUsers":                 withDirectory(listUsers),
		"AdminGetUser":              withDirectory(adminGetUser),
		"AdminCreateUser":           withDirectory(adminCreateUser),
		"AdminUpdateUserAttributes": withDirectory(adminUpdateUserAttributes),
		"AdminDeleteUserAttributes": withDirectory(adminDeleteUserAttributes),
		"AdminDeleteUser":           withDirectory(adminDeleteUser),
		"AdminEnableUser":           withDirectory(adminEnableUser),
		"AdminDisableUser":          withDirectory(adminDisableUser),

		"CreateGroup":              withDirectory(createGroup),
		"UpdateGroup":              withDirectory(updateGroup),
		"GetGroup":                 withDirectory(getGroup),
		"DeleteGroup":              withDirectory(deleteGroup),
		"ListGroups":               withDirectory(listGroups),
		"AdminAddUserToGroup":      withDirectory(adminAddUserToGroup),
		"AdminRemoveUserFromGroup": withDirectory(adminRemoveUserFromGroup),
		"AdminListGroupsForUser":   withDirectory(adminListGroupsForUser),
		"ListUsersInGroup":         withDirectory(listUsersInGroup),
	})},
	"Logs_20140328": {name: "logs", codes: logCodes, operations: map[string]operation{
		"DescribeLogGroups":  describeLogGroups,
		"DescribeLogStreams": describeLogStreams,
		"GetLogEvents":       getLogEvents,
		"FilterLogEvents":    filterLogEvents,
	}},
}

// joined returns the operations of both maps.
func joined(a, b map[string]operation) map[string]operation {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// withDirectory returns an operation that fails if there is no Directory.
func withDirectory(run operation) operation {
	return func(c *call) ([]byte, error) {
		if c.opts.Directory == nil { // our words
			return nil, refusef(errUnknownOperation, "The operation needs a Directory: set cognitotest.Options.Directory.")
		}
		return run(c)
	}
}

// serveAPI serves a JSON operation. If the Client lost the connection, it writes no response.
func (h *handler) serveAPI(w http.ResponseWriter, r *http.Request) outcome {
	prefix, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	done := outcome{op: op, status: http.StatusOK, requestID: newUUID()}
	body, err := h.answer(r, prefix, op)
	if errors.Is(err, backend.ErrConnectionLost) {
		done.status = 0
		return done
	}
	header := w.Header()
	header["X-Amzn-Requestid"] = []string{done.requestID}
	header["Content-Type"] = jsonType
	if err != nil {
		e := fault(err)
		done.code, done.status = cmp.Or(services[prefix].codes[e.Code], e.Code), httpStatus(e.Code)
		body = encode(struct {
			Type    importjob.Code `json:"__type"`
			Message string         `json:"message"`
		}{Type: done.code, Message: e.Message})
		header.Set("X-Amzn-Errortype", string(done.code)+":")
		header.Set("X-Amzn-Errormessage", headerText(e.Message))
		if done.code == errUnknownOperation {
			done.op = unserved(op)
		}
	}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(done.status)
	_, _ = w.Write(body)
	return done
}

var jsonType = []string{"application/x-amz-json-1.1"}

// answer runs the operation of a request, and returns the JSON of the response.
func (h *handler) answer(r *http.Request, prefix, op string) ([]byte, error) {
	s := services[prefix]
	run := h.operation(prefix, op)
	if run == nil || r.Method != http.MethodPost { // our words
		return nil, refusef(errUnknownOperation, "The operation %s is not served: send a POST whose header X-Amz-Target names an operation that is.", unserved(op))
	}
	if r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	var sig *signature
	if prefix != idpTarget || !unsigned[op] {
		var err error
		if sig, err = h.signatureOf(r, s.name); err != nil { // before the body, so that a request without keys costs no memory
			return nil, err
		}
	}
	body, release, err := h.bodies.read(r)
	defer release()
	if err != nil {
		return nil, err
	}
	in, err := h.verifiedInput(r, sig, body)
	if err != nil {
		return nil, err
	}
	return run(&call{handler: h, ctx: r.Context(), r: r, body: body, in: in, sig: sig, base: h.baseURL(r)})
}

// verifiedInput returns the input of a request whose signature is right. sig is nil if the operation needs none.
func (h *handler) verifiedInput(r *http.Request, sig *signature, body []byte) (*input, error) {
	if sig == nil {
		return parseInput(body)
	}
	if err := h.verify(r, sig, body); err != nil {
		return nil, err
	}
	in, err := parseInput(body)
	if err != nil {
		return nil, err
	}
	return in, h.checkRegion(r, sig, in)
}

// unserved returns the name of an operation that is not served. The name comes from the request. Any text
// that cannot be the name of an operation becomes "unknown".
func unserved(op string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	if op == "" || len(op) > 64 || strings.Trim(op, letters) != "" {
		return "unknown"
	}
	return op
}

// httpStatus returns the HTTP status of an exception. Clients take the exception from the response. The
// status tells them only whether the request or the service is at fault.
//
// Source: the Errors sections of https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
func httpStatus(code importjob.Code) int {
	switch code {
	case importjob.ErrInternal:
		return http.StatusInternalServerError
	case errTooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// headerText makes a text fit a header: at most 512 bytes, and ? for each character that is not printable
// ASCII.
func headerText(s string) string {
	if len(s) > 512 {
		s = s[:512]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// encode returns v as JSON. Like the service, it does not escape characters of HTML.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(errors.Join(errors.New("cognitotest: cannot encode a response as JSON"), err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
