package bulk_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/testkit"
)

// chromium is a headless browser, which is spoken to over a pipe.
//
// Source: https://chromedevtools.github.io/devtools-protocol/
type chromium struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Reader
	session string // of the page
	calls   int

	requests []string // what the page has loaded
	trouble  []string // errors, messages of the console and dialogs
}

// message is one to or from the browser.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// newChromium starts a browser with an empty page, or skips the test.
func newChromium(t *testing.T) *chromium {
	path := findChromium(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	home, err := os.MkdirTemp("", "chromium")
	require.NoError(t, err)
	toBrowser, in, err := os.Pipe()
	require.NoError(t, err)
	out, fromBrowser, err := os.Pipe()
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+home, "--remote-debugging-pipe")
	cmd.Env = append(os.Environ(), "HOME="+home)
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	require.NoError(t, cmd.Start())
	require.NoError(t, toBrowser.Close())
	require.NoError(t, fromBrowser.Close())
	c := &chromium{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		_, _ = io.WriteString(in, `{"id":1000000,"method":"Browser.close"}`+"\x00")
		_, _ = io.Copy(io.Discard, out) // until it has closed
		cancel()
		_ = cmd.Wait()
		_, _ = in.Close(), out.Close()
		for range 1000 { // processes of the browser may write there yet
			if os.RemoveAll(home) == nil {
				break
			}
		}
	})
	var target struct{ TargetID, SessionID string }
	c.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	c.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	c.session = target.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		c.call(domain+".enable", nil, nil)
	}
	return c
}

// run runs a subtest with the browser.
func (c *chromium) run(name string, f func(t *testing.T)) {
	was := c.t
	was.Run(name, func(t *testing.T) {
		c.t = t
		defer func() { c.t = was }()
		f(t)
	})
}

// findChromium returns the path of the browser.
func findChromium(t *testing.T) string {
	testkit.Long(t, "starts a browser")
	return testkit.Program(t, "apt-get install -y chromium", "chromium", "chromium-browser", "google-chrome")
}

// call calls a method of the browser.
func (c *chromium) call(method string, params, result any) {
	c.t.Helper()
	c.calls++
	text, err := json.Marshal(message{ID: c.calls, SessionID: c.session, Method: method, Params: params})
	require.NoError(c.t, err)
	_, err = c.in.Write(append(text, 0))
	require.NoError(c.t, err)
	answer := c.until(func(m message) bool { return m.ID == c.calls })
	require.Empty(c.t, string(answer.Error), method)
	if result != nil {
		require.NoError(c.t, json.Unmarshal(answer.Result, result))
	}
}

// until reads what the browser says until a message comes that is waited for.
func (c *chromium) until(wanted func(message) bool) message {
	c.t.Helper()
	for {
		text, err := c.out.ReadBytes(0)
		require.NoError(c.t, err, "the browser has ended")
		var m message
		require.NoError(c.t, json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m))
		switch m.Method {
		case "Network.requestWillBeSent":
			c.requests = append(c.requests, m.Params.(map[string]any)["request"].(map[string]any)["url"].(string))
		case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Page.javascriptDialogOpening":
			c.trouble = append(c.trouble, string(text))
		}
		if wanted(m) {
			return m
		}
	}
}

// open opens an address.
func (c *chromium) open(url string) {
	c.t.Helper()
	c.call("Page.navigate", map[string]any{"url": "about:blank"}, nil) // another fragment alone loads nothing
	c.until(func(m message) bool { return m.Method == "Page.loadEventFired" })
	c.requests, c.trouble = nil, nil
	c.call("Page.navigate", map[string]any{"url": url}, nil)
	c.until(func(m message) bool { return m.Method == "Page.loadEventFired" })
}

// text evaluates a JavaScript expression, and returns its value as a string.
func (c *chromium) text(expression string, args ...any) string {
	c.t.Helper()
	var got struct {
		Result           struct{ Value string }
		ExceptionDetails json.RawMessage
	}
	c.call("Runtime.evaluate", map[string]any{"expression": "String(" + fmt.Sprintf(expression, args...) + ")"}, &got)
	require.Empty(c.t, string(got.ExceptionDetails))
	return got.Result.Value
}

// choose selects an option, as a person does.
func (c *chromium) choose(selector, value string) {
	c.t.Helper()
	c.text(`(document.querySelector(%[1]q).value = %[2]q, document.querySelector(%[1]q).dispatchEvent(new Event('change')))`, selector, value)
}

// texts returns the texts of the elements that a selector finds.
func (c *chromium) texts(selector string) []string {
	c.t.Helper()
	const none = "\x1e"
	joined := c.text(`[...document.querySelectorAll(%q)].map(e => e.textContent.trim()).join(%q)`, selector, none)
	if joined == "" {
		return nil
	}
	return strings.Split(joined, none)
}

// typeInto types a text into a field, as a person does.
func (c *chromium) typeInto(selector, text string) {
	c.t.Helper()
	c.text(`(document.querySelector(%[1]q).focus(), document.querySelector(%[1]q).select())`, selector)
	c.call("Input.insertText", map[string]any{"text": text}, nil)
}
