package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// originFlags say by which names clients may call the server, and which web pages may.
type originFlags struct {
	AllowHost   []string `placeholder:"HOST" help:"Host name of the server besides localhost and loopback addresses; for a server without --credentials. Repeatable."`
	AllowOrigin []string `placeholder:"ORIGIN" default:"http://localhost:*,http://127.0.0.1:*" help:"Origin of web pages that may call the API and upload (default ${default}). :* means any port. Repeatable."`
}

// validate refuses origins that no browser sends.
func (f *originFlags) validate() error {
	for _, pattern := range f.AllowOrigin {
		origin := strings.TrimSuffix(pattern, ":*")
		u, err := url.Parse(origin)
		if pattern != "*" && pattern != "" && (err != nil || u.Host == "" || origin != u.Scheme+"://"+u.Host) {
			return fmt.Errorf("--allow-origin %s: give an origin such as https://app.example.com or http://localhost:*", pattern)
		}
	}
	return nil
}

// guard decides which requests of web pages reach the handler.
type guard struct {
	handler http.Handler
	flags   originFlags
	proxy   proxyFlags
	open    bool // whether requests need no valid signature, so that any page could send them
	log     *slog.Logger
}

// ServeHTTP implements http.Handler. If the server is open, a request must name a host that no other machine
// can claim, and a page of another origin must be allowed. So neither a page whose name was pointed at this
// machine nor a form of another page reaches the handler.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	allowed := origin != "" && g.allowsOrigin(origin)
	preflight := r.Method == http.MethodOptions && origin != "" && r.Header.Get("Access-Control-Request-Method") != ""
	switch {
	case g.open && !g.allowsHost(r.Host):
		g.refuseHost(w, r, r.Host)
	case g.open && !g.allowsHost(g.proxy.host(r)): // a page can set X-Forwarded-Host, but not Host
		g.refuseHost(w, r, g.proxy.host(r))
	case preflight && allowed:
		permit(w, r)
	case preflight, g.open && !allowed && http.NewCrossOriginProtection().Check(r) != nil:
		g.refuse(w, r, fmt.Sprintf("The origin %q is not allowed: start importjob serve with --allow-origin.", origin))
	default:
		if allowed {
			share(w, r)
		}
		g.handler.ServeHTTP(w, r)
	}
}

func (g *guard) refuseHost(w http.ResponseWriter, r *http.Request, host string) {
	g.refuse(w, r, fmt.Sprintf("The host %q is not allowed: use a loopback address, or start importjob serve with --allow-host.", host))
}

// allowsHost reports whether a Host header is a loopback address, or a host of --allow-host or --base-url.
func (g *guard) allowsHost(host string) bool {
	if isLoopback(host) {
		return true
	}
	return slices.ContainsFunc(append([]string{g.proxy.baseHost()}, g.flags.AllowHost...), func(allowed string) bool {
		return allowed != "" && (strings.EqualFold(host, allowed) || strings.EqualFold(hostname(host), allowed))
	})
}

// hostname returns a host without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// allowsOrigin reports whether --allow-origin has an origin.
func (g *guard) allowsOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return slices.ContainsFunc(g.flags.AllowOrigin, func(pattern string) bool {
		anyPort, ok := strings.CutSuffix(pattern, ":*")
		return pattern == "*" || pattern == origin ||
			ok && err == nil && u.Scheme+"://"+strings.TrimSuffix(u.Host, ":"+u.Port()) == anyPort
	})
}

// isAPI reports whether a request is for a JSON operation and not for an upload.
func isAPI(r *http.Request) bool { return r.URL.Path == "/" || r.URL.Path == "" }

// isWellKnown reports whether a request is for the keys of tokens or the document that says where they are.
func isWellKnown(r *http.Request) bool { return strings.Contains(r.URL.Path, "/.well-known/") }

// share lets the page that sent a request read the response. Responses of the API have the headers that
// Cognito sends. Nothing is known about the responses of the bucket for uploads. (A51)
//
// Source: https://github.com/aws-amplify/amplify-js/issues/11034
func share(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	exposed := "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
	if !isAPI(r) && !isWellKnown(r) {
		exposed = "ETag, x-amz-request-id, x-amz-id-2"
	}
	w.Header().Set("Access-Control-Expose-Headers", exposed)
}

// permit answers the question of a browser whether a page may send a request.
func permit(w http.ResponseWriter, r *http.Request) {
	method := http.MethodPut
	switch {
	case isAPI(r):
		method = http.MethodPost
	case isWellKnown(r):
		method = http.MethodGet
	}
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Allow-Methods", method)
	if headers := r.Header.Values("Access-Control-Request-Headers"); len(headers) > 0 {
		header.Set("Access-Control-Allow-Headers", strings.Join(headers, ","))
	}
	header.Set("Access-Control-Max-Age", "172800")
	header.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
	w.WriteHeader(http.StatusOK)
}

// refuse answers 403 in the form that clients of the API, or of uploads, can read.
func (g *guard) refuse(w http.ResponseWriter, r *http.Request, message string) {
	g.log.InfoContext(r.Context(), "refused", "reason", message)
	if isAPI(r) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-Errortype", "AccessDeniedException:")
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": "AccessDeniedException", "message": message})
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusForbidden)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string   `xml:"Code"`
		Message string   `xml:"Message"`
	}{Code: "AccessDenied", Message: message})
}
