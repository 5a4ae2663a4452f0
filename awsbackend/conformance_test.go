package awsbackend_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
)

// overTheWire is a Client that reaches c through the SDK and the protocol, in process.
func overTheWire(c importjob.Client) importjob.Client {
	return newClient(cognitotest.Transport(cognitotest.Handler(c, nil)))
}

// largest skips the rules about the largest files, which cost more than all others together, unless
// the long campaigns are asked for. TestConformance does not skip them.
func largest(rule backendtest.Rule) string {
	if os.Getenv("IMPORTJOB_LONG") == "" && (rule.Name == "file/most-rows" || rule.Name == "file/too-large") {
		return "set IMPORTJOB_LONG=1 to send the largest files this way too"
	}
	return ""
}

func TestConformance(t *testing.T) {
	backendtest.Run(t, backendtest.Wrapping(overTheWire))
}

// What the SDK makes of the protocol is served by the protocol once more.
func TestConformanceOverTwoWires(t *testing.T) {
	cfg := backendtest.Wrapping(func(c importjob.Client) importjob.Client { return overTheWire(overTheWire(c)) })
	cfg.Skip = largest
	backendtest.Run(t, cfg)
}

// toServer sends requests to AWS to a server instead. Any others it sends to that server only.
type toServer struct {
	base *url.URL
	rt   http.RoundTripper
}

func (s toServer) RoundTrip(req *http.Request) (*http.Response, error) {
	switch {
	case strings.HasSuffix(req.URL.Host, ".amazonaws.com"):
		req = req.Clone(req.Context())
		req.URL.Scheme, req.URL.Host = s.base.Scheme, s.base.Host
		// The SDK closes its body as soon as the answer begins. Its WriteTo then ends in io.EOF, for which
		// net/http closes the connection, in the middle of the answer where the server is that fast.
		req.Body = struct{ io.ReadCloser }{ReadCloser: req.Body}
	case req.URL.Host != s.base.Host:
		_ = req.Body.Close()
		return nil, &net.DNSError{Err: "no such host", Name: req.URL.Host, IsNotFound: true}
	}
	return s.rt.RoundTrip(req)
}

// dial is a Client of a server on loopback.
func dial(s *httptest.Server, options ...func(*cognito.Options)) importjob.Client {
	base, err := url.Parse(s.URL)
	if err != nil {
		panic(err)
	}
	return newClient(toServer{base: base, rt: s.Client().Transport}, options...)
}

// A bubble cannot hold a socket, so the clock of the service is stepped.
func TestConformanceOverASocket(t *testing.T) {
	backendtest.Run(t, backendtest.Config{NoBubble: true, Skip: largest, New: func(ctx context.Context, setup backendtest.Setup) (backendtest.Fixture, error) {
		c := testkit.NewClock(time.Now()) // the SDK asks once, since its pauses would be real ones
		m, err := setup.Memory(ctx, func(o *memory.Options) { o.Now = c.Now })
		if err != nil {
			return backendtest.Fixture{}, err
		}
		s := httptest.NewUnstartedServer(nil)
		s.Config.Handler = cognitotest.Handler(m, &cognitotest.Options{BaseURL: "http://" + s.Listener.Addr().String()})
		s.Start()
		return backendtest.Fixture{Client: dial(s, once), Directory: m, Now: c.Now, Advance: c.Advance, Close: s.Close}, nil
	}})
}
