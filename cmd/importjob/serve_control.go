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

// withControl returns a handler that serves the requests that change f under /control, and leaves all other paths to
// others.
func withControl(f *fake, others http.Handler) http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("GET /control", func(rw http.ResponseWriter, _ *http.Request) { writeJSON(rw, http.StatusOK, f.state()) })
	control.HandleFunc("GET /control/code", f.showCode)
	for path, change := range map[string]func(*http.Request) error{
		"/control/advance": f.advance,
		"/control/fault":   f.addFault,
		"/control/latency": f.setLatency,
		"/control/speed":   f.setSpeed,
		"/control/role":    f.setRole,
		"/control/reset":   func(*http.Request) error { return f.reset() },
	} {
		control.HandleFunc("POST "+path, func(rw http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(rw, r.Body, 1<<16)
			if err := change(r); err != nil {
				writeError(rw, http.StatusBadRequest, err.Error())
				return
			}
			writeJSON(rw, http.StatusOK, f.state())
		})
	}
	control.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		writeError(rw, http.StatusNotFound, "unknown path or method; use GET /control, GET /control/code, or POST /control/advance, fault, latency, speed, role or reset")
	})
	guarded := onlyLoopback(http.NewCrossOriginProtection().Handler(control))
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/control" || strings.HasPrefix(r.URL.Path, "/control/") {
			guarded.ServeHTTP(rw, r)
			return
		}
		others.ServeHTTP(rw, r)
	})
}

// onlyLoopback refuses a request that comes from another machine, or whose Host is not a loopback address: a web page
// can make a browser on this machine send such a request.
func onlyLoopback(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.RemoteAddr) || !isLoopback(r.Host) {
			writeError(w, http.StatusForbidden, "requests to /control are accepted only from this machine, to a loopback address")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// isLoopback reports whether an address, with or without a port, is a loopback address.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = strings.Trim(addr, "[]")
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// state returns the response to GET /control.
func (f *fake) state() any {
	now := f.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	faults := make([]plannedFault, len(f.faults))
	for i, p := range f.faults {
		faults[i] = *p
	}
	return struct {
		Now       time.Time      `json:"now"`
		Ahead     string         `json:"ahead"` // of the clock of the machine
		Latency   string         `json:"latency"`
		Speed     int            `json:"rowsPerSecond"`
		Assumable bool           `json:"roleAssumable"`
		Faults    []plannedFault `json:"faults"`
	}{now.UTC(), f.ahead.String(), f.latency.String(), f.speed, !f.noRole, faults}
}

func (f *fake) advance(r *http.Request) error {
	by, err := duration(r, "by")
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if ahead := f.ahead + by; ahead >= f.ahead {
		f.ahead = ahead
		return nil
	}
	return fmt.Errorf("by: %s moves the clock too far; give less", by)
}

func (f *fake) setLatency(r *http.Request) error {
	latency, err := duration(r, "duration")
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latency = latency
	return nil
}

// duration parses a parameter such as 90s or 24h.
func duration(r *http.Request, name string) (time.Duration, error) {
	d, err := time.ParseDuration(r.FormValue(name))
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s: %q is not a duration; give one such as 90s or 24h", name, r.FormValue(name))
	}
	return d, nil
}

func (f *fake) addFault(r *http.Request) error {
	fault, err := parseFault(r.FormValue("fault"))
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, fault)
	return nil
}

func (f *fake) setSpeed(r *http.Request) error {
	const name = "rows-per-second"
	speed, err := strconv.Atoi(r.FormValue(name))
	if err != nil || speed < 0 {
		return fmt.Errorf("%s: %q is not a number of rows; give one such as 10, or 0 for all rows at once", name, r.FormValue(name))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.speed = speed
	f.cognito.SetRowsPerSecond(speed)
	return nil
}

func (f *fake) setRole(r *http.Request) error {
	assumable, err := strconv.ParseBool(r.FormValue("assumable"))
	if err != nil {
		return fmt.Errorf("assumable: %q is neither true nor false; give one of them", r.FormValue("assumable"))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.noRole = !assumable
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
