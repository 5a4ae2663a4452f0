package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// world is a Cognito that is served, and what can be changed about it from outside. reset makes
// it ready for use.
type world struct {
	pool          importjob.Pool
	rowsPerSecond int
	options       cognitotest.Options

	mu      sync.Mutex
	handler http.Handler
	ahead   time.Duration // of the clock
	latency time.Duration
	faults  []*plannedFault
	noRole  bool // no role can be assumed
}

// plannedFault is a fault that is yet to come.
type plannedFault struct {
	Op   importjob.Op   `json:"operation"`
	Code importjob.Code `json:"exception"`
	Left int            `json:"times"`
}

// reset makes everything as it was in the beginning.
func (w *world) reset() error {
	region, _, _ := strings.Cut(w.pool.ID, "_")
	cognito := memory.New(&memory.Options{
		Region: region, RowsPerSecond: w.rowsPerSecond, Now: w.now, AssumeRole: w.assumeRole,
	})
	w.mu.Lock()
	w.ahead, w.latency, w.faults, w.noRole = 0, 0, nil, false
	w.mu.Unlock()
	if _, err := cognito.CreatePool(context.Background(), userpool.Pool{Pool: w.pool}); err != nil {
		return withoutOp(err)
	}
	options := w.options
	options.Directory = cognito
	handler := cognitotest.Handler(backend.Intercept(cognito, w.interfere), &options)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.handler = handler
	return nil
}

// ServeHTTP serves the Cognito of now.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	h := w.handler
	w.mu.Unlock()
	h.ServeHTTP(rw, r)
}

// now is the clock of jobs.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *world) assumeRole(string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.noRole {
		return errors.New("it does not trust cognito-idp.amazonaws.com")
	}
	return nil
}

// interfere makes a call slow or fail.
func (w *world) interfere(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
	latency, code := w.plan(call.Op)
	slow := backend.Faults(backend.FaultOptions{Latency: latency})
	if code == "" {
		return slow(ctx, call, next)
	}
	return slow(ctx, call, func(context.Context) error {
		return &importjob.Error{Code: code, Message: "This error was asked for."}
	})
}

// plan says how slow the next call of an operation is, and with what it fails.
func (w *world) plan(op importjob.Op) (time.Duration, importjob.Code) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.faults, func(f *plannedFault) bool { return f.Op == op })
	if i < 0 {
		return w.latency, ""
	}
	code := w.faults[i].Code
	if w.faults[i].Left--; w.faults[i].Left == 0 {
		w.faults = slices.Delete(w.faults, i, i+1)
	}
	return w.latency, code
}

// faultOps are the operations that can be made to fail.
var faultOps = []importjob.Op{
	importjob.OpCSVHeader, importjob.OpCreate, importjob.OpUpload, importjob.OpStart, importjob.OpStop,
	importjob.OpDescribe, importjob.OpList, importjob.OpResults, importjob.OpPool,
}

// faultCodes are what they can fail with.
var faultCodes = []importjob.Code{
	importjob.ErrResourceNotFound, importjob.ErrInvalidParameter, importjob.ErrPreconditionNotMet, importjob.ErrLimitExceeded,
	importjob.ErrTooManyRequests, importjob.ErrNotAuthorized, importjob.ErrAccessDenied, importjob.ErrOperationNotEnabled,
	importjob.ErrInternal, userpool.ErrUserImportInProgress, userpool.ErrUserNotFound, userpool.ErrUsernameExists,
	importjob.ErrS3AccessDenied, importjob.ErrS3SignatureDoesNotMatch, importjob.ErrS3IncompleteBody,
}

// parseFault reads OPERATION:EXCEPTION[:TIMES].
func parseFault(text string) (*plannedFault, error) {
	parts := strings.Split(text, ":")
	if len(parts) == 2 {
		parts = append(parts, "1")
	}
	if len(parts) != 3 || parts[1] == "" {
		return nil, errors.New("fault: give OPERATION:EXCEPTION:TIMES, such as StartUserImportJob:TooManyRequestsException:2")
	}
	op := importjob.Op(parts[0])
	if !slices.Contains(faultOps, op) {
		return nil, fmt.Errorf("fault: operation %q is none of %v", op, faultOps)
	}
	if !slices.Contains(faultCodes, importjob.Code(parts[1])) {
		return nil, fmt.Errorf("fault: exception %q is none of %v", parts[1], faultCodes)
	}
	times, err := strconv.Atoi(parts[2])
	if err != nil || times < 1 {
		return nil, fmt.Errorf("fault: %q is not a number of times", parts[2])
	}
	return &plannedFault{op, importjob.Code(parts[1]), times}, nil
}
