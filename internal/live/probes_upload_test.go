package live_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/cognito-import/importjob"
)

// askShortUpload sends half of a file, and then says that nothing more will come. awsbackend never does that, so the
// request is written by hand.
func askShortUpload(l *lab) answer {
	job := l.created()
	file := l.file(l.good("a"))
	began := time.Now()
	status, code, err := halfUpload(l.ctx, job.PreSignedURL, file)
	if err != nil {
		err = errors.New("the connection broke before an answer came") // its own text can have the URL
	}
	l.log.record(began, entry{Op: string(importjob.OpUpload), Job: job.JobID, Input: "half of the announced bytes", Answer: fmt.Sprint(status, " ", code)}, err)
	if err != nil {
		return answer{verdict: undecided, text: err.Error()}
	}
	_, start := l.client.Start(l.ctx, job.Ref())
	return whether(code == string(importjob.ErrS3IncompleteBody) && errors.Is(start, importjob.ErrPreconditionNotMet),
		"HTTP status %d, %s; then Start: %s", status, code, fault(start))
}

var codeElement = regexp.MustCompile(`<Code>([^<]*)</Code>`)

// halfUpload sends half of a file with the Content-Length of all of it, and closes the sending side.
func halfUpload(ctx context.Context, rawURL, file string) (status int, code string, err error) {
	target, err := url.Parse(rawURL)
	if err != nil {
		return 0, "", err
	}
	conn, err := dial(ctx, target)
	if err != nil {
		return 0, "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	head := fmt.Sprintf("PUT %s HTTP/1.1\r\nHost: %s\r\nx-amz-server-side-encryption: aws:kms\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
		target.RequestURI(), target.Host, len(file))
	if _, err := io.WriteString(conn, head+file[:len(file)/2]); err != nil {
		return 0, "", err
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if m := codeElement.FindSubmatch(body); m != nil {
		code = string(m[1])
	}
	return answer.StatusCode, code, err
}

// dial connects to the host of a URL. It uses no proxy.
func dial(ctx context.Context, target *url.URL) (net.Conn, error) {
	address := target.Host
	if target.Port() == "" {
		address = net.JoinHostPort(target.Hostname(), target.Scheme)
	}
	if target.Scheme == "https" {
		return (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}
