package main

import (
	"context"
	"crypto/rand"
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

// fake is the Cognito in memory that is served, with the settings that requests to /control change. reset must be
// called before the first use.
type fake struct {
	pool          importjob.Pool
	rowsPerSecond int // after a reset
	subAsUsername bool
	hashes        bool // whether pools that are created later take password hashes
	options       cognitotest.Options

	mu      sync.Mutex
	cognito *memory.Cognito
	handler http.Handler
	ahead   time.Duration // how far the clock is ahead of the time of the machine
	latency time.Duration
	speed   int // in rows per second, of jobs that are started from now on
	faults  []*plannedFault
	noRole  bool // no role can be assumed
	codes   *codes
}

// plannedFault is a fault that the next calls of an operation will have.
type plannedFault struct {
	Op   importjob.Op   `json:"operation"`
	Code importjob.Code `json:"exception"`
	Left int            `json:"times"` // calls that will still fail
}

// reset makes a new Cognito with the empty pool, and the settings of a new server.
func (f *fake) reset() error {
	region, _, _ := strings.Cut(f.pool.ID, "_")
	cognito := memory.New(&memory.Options{
		Region: region, AccountID: f.options.AccountID, RowsPerSecond: f.rowsPerSecond, Now: f.now,
		MaxUploadBytes: f.options.MaxUploadBytes, AssumeRole: f.assumeRole, SubAsUsername: f.subAsUsername,
	})
	f.mu.Lock()
	f.ahead, f.latency, f.speed, f.faults, f.noRole = 0, 0, f.rowsPerSecond, nil, false
	f.mu.Unlock()
	if _, err := cognito.CreatePool(context.Background(), userpool.Pool{Pool: f.pool}); err != nil {
		return withoutOp(err)
	}
	options := f.options
	options.Directory = newPools{Cognito: cognito, hashes: f.hashes}
	codes := &codes{}
	options.OnCode = codes.add
	handler := cognitotest.Handler(backend.Intercept(cognito, f.interfere), &options)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cognito, f.handler, f.codes = cognito, handler, codes
	return nil
}

// newPools is a Cognito whose new pools take password hashes, or not.
type newPools struct {
	*memory.Cognito
	hashes bool
}

// CreatePool implements userpool.Pools.
func (p newPools) CreatePool(ctx context.Context, pool userpool.Pool) (userpool.Pool, error) {
	pool.PasswordHashes = p.hashes
	return p.Cognito.CreatePool(ctx, pool)
}

// newPoolID returns a random ID of a pool in a Region.
func newPoolID(region string) string { return region + "_" + rand.Text()[:9] }

// ServeHTTP serves the Cognito of the last reset.
func (f *fake) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	h := f.handler
	f.mu.Unlock()
	h.ServeHTTP(rw, r)
}

// now returns the time of the clock for jobs and URLs.
func (f *fake) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Now().Add(f.ahead)
}

func (f *fake) assumeRole(string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.noRole {
		return errors.New("it does not trust cognito-idp.amazonaws.com")
	}
	return nil
}

// interfere delays a call, and makes it fail if a fault is planned.
func (f *fake) interfere(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
	latency, code := f.nextFault(call.Op)
	slow := backend.Faults(backend.FaultOptions{Latency: latency})
	if code == "" {
		return slow(ctx, call, next)
	}
	return slow(ctx, call, func(context.Context) error {
		return &importjob.Error{Code: code, Message: "This fault was injected."}
	})
}

// nextFault returns the latency of the next call of an operation, and the exception that it fails with, or "". It
// uses up one call of a planned fault.
func (f *fake) nextFault(op importjob.Op) (time.Duration, importjob.Code) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.faults, func(p *plannedFault) bool { return p.Op == op })
	if i < 0 {
		return f.latency, ""
	}
	code := f.faults[i].Code
	if f.faults[i].Left--; f.faults[i].Left == 0 {
		f.faults = slices.Delete(f.faults, i, i+1)
	}
	return f.latency, code
}

// faultOps are the operations that can be made to fail.
var faultOps = []importjob.Op{
	importjob.OpCSVHeader, importjob.OpCreate, importjob.OpUpload, importjob.OpStart, importjob.OpStop,
	importjob.OpDescribe, importjob.OpList, importjob.OpResults, importjob.OpPool,
}

// faultCodes are the exceptions that they can fail with.
var faultCodes = []importjob.Code{
	importjob.ErrResourceNotFound, importjob.ErrInvalidParameter, importjob.ErrPreconditionNotMet, importjob.ErrLimitExceeded,
	importjob.ErrTooManyRequests, importjob.ErrNotAuthorized, importjob.ErrAccessDenied, importjob.ErrOperationNotEnabled,
	importjob.ErrInternal, userpool.ErrUserImportInProgress, userpool.ErrUserNotFound, userpool.ErrUsernameExists,
	userpool.ErrAliasExists,
	importjob.ErrS3AccessDenied, importjob.ErrS3SignatureDoesNotMatch, importjob.ErrS3IncompleteBody,
}

// parseFault parses OPERATION:EXCEPTION[:TIMES].
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
		return nil, fmt.Errorf("fault: unknown operation %q; give one of %v", op, faultOps)
	}
	if !slices.Contains(faultCodes, importjob.Code(parts[1])) {
		return nil, fmt.Errorf("fault: unknown exception %q; give one of %v", parts[1], faultCodes)
	}
	times, err := strconv.Atoi(parts[2])
	if err != nil || times < 1 {
		return nil, fmt.Errorf("fault: %q is not a number of calls; give 1 or more", parts[2])
	}
	return &plannedFault{op, importjob.Code(parts[1]), times}, nil
}
