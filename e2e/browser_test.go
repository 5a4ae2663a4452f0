package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/testkit"
)

// pageHead has the functions that the pages of the tests call. call sends an operation to the server with a
// signature that is well-formed and no more.
const pageHead = `<!DOCTYPE html><title>x</title><script>
const server = %q;
async function call(operation, input) {
	const res = await fetch(server + "/", {method: "POST", body: JSON.stringify(input), cache: "no-store", headers: {
		"Content-Type": "application/x-amz-json-1.1",
		"X-Amz-Target": "AWSCognitoIdentityProviderService." + operation,
		"X-Amz-Date": "20190123T192955Z",
		"X-Amz-User-Agent": "page",
		"Authorization": "AWS4-HMAC-SHA256 Credential=AKID/20190123/us-west-2/cognito-idp/aws4_request, SignedHeaders=host, Signature=00",
	}});
	return {status: res.status, id: res.headers.get("x-amzn-requestid"), type: res.headers.get("x-amzn-errortype"), body: await res.json()};
}
async function test() { %s }
test().catch(e => ({error: String(e)})).then(result => fetch("/result", {method: "POST", body: JSON.stringify(result)}));
</script>`

// inPage runs the body of a JavaScript function in a page of another origin than the server's, and decodes
// what it returns into result.
func inPage(t *testing.T, s server, script string, result any) {
	t.Helper()
	testkit.Long(t, "starts a browser")
	results := make(chan []byte, 1)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/result" {
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, pageHead, s.url, script)
			return
		}
		body, _ := io.ReadAll(r.Body)
		select {
		case results <- body:
		default:
		}
	}))
	defer page.Close()
	ctx, cancel := context.WithTimeout(t.Context(), commandLimit)
	defer cancel()
	defer browse(ctx, t, page.URL)()
	select {
	case got := <-results:
		require.NoError(t, json.Unmarshal(got, result), string(got))
	case <-ctx.Done():
		t.Fatal("the page reported nothing")
	}
}

// browse opens an address in a browser, and returns a function that closes it.
func browse(ctx context.Context, t *testing.T, address string) (closeAll func()) {
	t.Helper()
	path := testkit.Program(t, "apt-get install -y chromium", "chromium", "chromium-browser", "google-chrome")
	home, err := os.MkdirTemp("", "chromium")
	require.NoError(t, err)
	toBrowser, in, err := os.Pipe() // while it is open, the browser stays
	require.NoError(t, err)
	out, fromBrowser, err := os.Pipe()
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+home, "--remote-debugging-pipe", address)
	cmd.Env = append(cleanEnv(), "HOME="+home)
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	require.NoError(t, cmd.Start())
	require.NoError(t, toBrowser.Close())
	require.NoError(t, fromBrowser.Close())
	return func() {
		_, _ = io.WriteString(in, `{"id":1,"method":"Browser.close"}`+"\x00")
		_, _ = io.Copy(io.Discard, out) // until it has closed
		_ = cmd.Wait()
		_, _ = in.Close(), out.Close()
		for range 1000 { // processes of the browser may write there yet
			if os.RemoveAll(home) == nil {
				break
			}
		}
	}
}

// answer is what a page saw of a response.
type answer struct {
	Error, ID, Type string
	Status          int
	Body            map[string]any
}

// A page of another origin calls the API, if its origin is allowed.
func TestPageCallsTheAPI(t *testing.T) {
	const script = `return [await call("DescribeUserPool", {UserPoolId: "` + poolID + `"}), await call("DescribeUserPool", {UserPoolId: "us-west-2_none"})];`
	var got []answer
	inPage(t, serve(t, "--credentials="), script, &got)
	require.Len(t, got, 2)
	assert.Equal(t, 200, got[0].Status)
	assert.NotEmpty(t, got[0].ID, "the page can read the header")
	assert.Contains(t, got[0].Body, "UserPool")
	assert.Equal(t, 400, got[1].Status)
	assert.Equal(t, "ResourceNotFoundException:", got[1].Type)

	var refused answer
	inPage(t, serve(t, "--credentials=", "--allow-origin=https://app.example"), script, &refused)
	assert.Contains(t, refused.Error, "TypeError", "the browser lets the page read nothing")
}

// A page of another origin uploads a file to a pre-signed URL, and starts its job.
func TestPageUploads(t *testing.T) {
	const script = `
		const names = {UserPoolId: "` + poolID + `", JobName: "J", CloudWatchLogsRoleArn: "` + roleARN + `"};
		const job = (await call("CreateUserImportJob", names)).body.UserImportJob;
		const header = (await call("GetCSVHeader", names)).body.CSVHeader;
		const cells = {"cognito:username": "ann", email: "ann@example.com", email_verified: "TRUE"};
		const file = header.join(",") + "\n" + header.map(name => cells[name] ?? "").join(",") + "\n";
		const denied = await fetch(job.PreSignedUrl, {method: "PUT", body: file});
		const res = await fetch(job.PreSignedUrl, {method: "PUT", body: file, headers: {"x-amz-server-side-encryption": "aws:kms", "Content-Type": "text/csv"}});
		const ref = {UserPoolId: job.UserPoolId, JobId: job.JobId};
		await call("StartUserImportJob", ref);
		const done = await call("DescribeUserImportJob", ref);
		return {status: res.status, type: res.headers.get("etag"), id: await denied.text(), body: done.body.UserImportJob};`
	var got answer
	inPage(t, serve(t, "--credentials="), script, &got)
	assert.Empty(t, got.Error)
	assert.Equal(t, 200, got.Status)
	assert.Regexp(t, `^"[0-9a-f]{32}"$`, got.Type, "the page can read the ETag")
	assert.Contains(t, got.ID, "SignatureDoesNotMatch")
	assert.Equal(t, "Succeeded", got.Body["Status"])
}
