package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// withControl serves a world, and under /control what steers it.
func withControl(w *world) http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("GET /control", func(rw http.ResponseWriter, _ *http.Request) { writeJSON(rw, http.StatusOK, w.state()) })
	for path, change := range map[string]func(*http.Request) error{
		"/control/advance": w.advance,
		"/control/fault":   w.addFault,
		"/control/latency": w.setLatency,
		"/control/role":    w.setRole,
		"/control/reset":   func(*http.Request) error { return w.reset() },
	} {
		control.HandleFunc("POST "+path, func(rw http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(rw, r.Body, 1<<16)
			if err := change(r); err != nil {
				writeError(rw, http.StatusBadRequest, err.Error())
				return
			}
			writeJSON(rw, http.StatusOK, w.state())
		})
	}
	control.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		writeError(rw, http.StatusNotFound, "not known: GET /control, or POST /control/advance, fault, latency, role or reset")
	})
	guarded := fromHere(http.NewCrossOriginProtection().Handler(control))
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/control" || strings.HasPrefix(r.URL.Path, "/control/") {
			guarded.ServeHTTP(rw, r)
			return
		}
		w.ServeHTTP(rw, r)
	})
}

// fromHere refuses requests that come from another machine, or by a name that is not the
// machine's own, as a web page's would.
func fromHere(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.RemoteAddr) || !isLoopback(r.Host) {
			writeError(w, http.StatusForbidden, "control is for this machine only")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// isLoopback reports whether an address with or without a port is one of the machine's own.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = strings.Trim(addr, "[]")
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// state is what GET /control shows.
func (w *world) state() any {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	faults := make([]plannedFault, len(w.faults))
	for i, f := range w.faults {
		faults[i] = *f
	}
	return struct {
		Now       time.Time      `json:"now"`
		Ahead     string         `json:"ahead"` // of the machine's clock
		Latency   string         `json:"latency"`
		Assumable bool           `json:"roleAssumable"`
		Faults    []plannedFault `json:"faults"`
	}{now.UTC(), w.ahead.String(), w.latency.String(), !w.noRole, faults}
}

func (w *world) advance(r *http.Request) error {
	by, err := duration(r, "by")
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if ahead := w.ahead + by; ahead >= w.ahead {
		w.ahead = ahead
		return nil
	}
	return fmt.Errorf("by: %s is more than the clock can take", by)
}

func (w *world) setLatency(r *http.Request) error {
	latency, err := duration(r, "duration")
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latency = latency
	return nil
}

// duration reads a parameter such as 90s or 24h.
func duration(r *http.Request, name string) (time.Duration, error) {
	d, err := time.ParseDuration(r.FormValue(name))
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s: %q is not a duration such as 90s or 24h", name, r.FormValue(name))
	}
	return d, nil
}

func (w *world) addFault(r *http.Request) error {
	fault, err := parseFault(r.FormValue("fault"))
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, fault)
	return nil
}

func (w *world) setRole(r *http.Request) error {
	assumable, err := strconv.ParseBool(r.FormValue("assumable"))
	if err != nil {
		return fmt.Errorf("assumable: %q is neither true nor false", r.FormValue("assumable"))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noRole = !assumable
	return nil
}

func writeError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"error": message})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
