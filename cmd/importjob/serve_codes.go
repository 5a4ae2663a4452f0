package main

import (
	"net/http"
	"slices"
	"sync"

	"github.com/cognito-import/importjob/userpool"
)

// maxCodes is the number of users whose last code is kept.
const maxCodes = 1000

// codes are the last confirmation codes of users, which no message delivers.
type codes struct {
	mu    sync.Mutex
	last  map[userpool.Ref]userpool.Code
	order []userpool.Ref // the user whose code was made first comes first
}

// add keeps a code. It forgets the oldest one if there are too many.
func (c *codes) add(ref userpool.Ref, code userpool.Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		c.last = map[userpool.Ref]userpool.Code{}
	}
	if _, ok := c.last[ref]; ok {
		c.order = slices.DeleteFunc(c.order, func(other userpool.Ref) bool { return other == ref })
	} else if len(c.order) == maxCodes {
		delete(c.last, c.order[0])
		c.order = slices.Delete(c.order, 0, 1)
	}
	c.last[ref] = code
	c.order = append(c.order, ref)
}

func (c *codes) get(ref userpool.Ref) (userpool.Code, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	code, ok := c.last[ref]
	return code, ok
}

// showCode answers GET /control/code with the last code of a user.
func (f *fake) showCode(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	cognito, codes := f.cognito, f.codes
	f.mu.Unlock()
	ref := userpool.Ref{UserPoolID: r.FormValue("user_pool_id"), Username: r.FormValue("username")}
	if ref.UserPoolID == "" || ref.Username == "" {
		writeError(w, http.StatusBadRequest, "give user_pool_id and username")
		return
	}
	if user, err := cognito.User(r.Context(), ref); err == nil {
		ref.Username = user.Username // it can be an alias in the request
	}
	code, ok := codes.get(ref)
	if !ok {
		writeError(w, http.StatusNotFound, "the user got no code; ForgotPassword and AdminResetUserPassword make one")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"code": code.Code, "attribute": code.Attribute, "medium": code.Medium,
		"destination": code.Destination, "expires": code.Expires})
}
