package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// proxyFlags say by which host clients reach the server if that is not its address.
type proxyFlags struct {
	BaseURL    string `name:"base-url" placeholder:"URL" help:"Scheme and host of upload URLs, such as https://fake.test (default: the scheme and host of the request)."`
	Issuer     string `placeholder:"URL" help:"What the issuer of tokens begins with, such as http://127.0.0.1:9229, so that verifiers find the keys here (default: the service's own URL)."`
	TrustProxy bool   `help:"Take the scheme and host of requests from X-Forwarded-Proto and X-Forwarded-Host. Use it only behind a proxy that sets both."`
}

// validate refuses a base and an issuer that are none.
func (f *proxyFlags) validate() error {
	u, err := url.Parse(f.BaseURL)
	if f.BaseURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" ||
		strings.TrimSuffix(f.BaseURL, "/") != u.Scheme+"://"+u.Host) {
		return fmt.Errorf("--base-url %s: give a scheme and a host, such as https://fake.test", f.BaseURL)
	}
	u, err = url.Parse(f.Issuer)
	if f.Issuer != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Errorf("--issuer %s: give a URL such as http://127.0.0.1:9229", f.Issuer)
	}
	return nil
}

// forwarded gives a handler requests as they came to the proxy.
func (f *proxyFlags) forwarded(h http.Handler) http.Handler {
	if !f.TrustProxy {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(r.Context())
		r.Host = f.host(r)
		if strings.EqualFold(first(r.Header.Get("X-Forwarded-Proto")), "https") {
			u := *r.URL
			u.Scheme = "https"
			r.URL = &u
		}
		h.ServeHTTP(w, r)
	})
}

// host returns the host of a request as it came to the proxy.
func (f *proxyFlags) host(r *http.Request) string {
	host := first(r.Header.Get("X-Forwarded-Host"))
	if u, err := url.Parse("//" + host); !f.TrustProxy || host == "" || err != nil || u.Host != host {
		return r.Host
	}
	return host
}

// baseHost returns the host of --base-url.
func (f *proxyFlags) baseHost() string {
	u, err := url.Parse(f.BaseURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// first returns the first element of a list in a header, which the outermost proxy set.
func first(list string) string {
	value, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(value)
}
