package bulk_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// outdated is a client that tells of the pool as it was before its rules became stricter.
type outdated struct {
	importjob.Client
	pool importjob.Pool
}

func (o outdated) Pool(context.Context, string) (importjob.Pool, error) { return o.pool, nil }

// hostile are usernames that a page must show as they are.
var hostile = []string{
	"</script><img src=x onerror=alert(1)>",
	"</script><svg/onload=document.title='owned'>",
	"<!--<script>",
	`"><b>bold</b>&amp;{{.Rows}}`,
}

// importWithFailures imports n users, of which some fail, some exist and some are rejected. It
// returns the path of report.html.
func importWithFailures(t *testing.T, n int) (string, bulk.Summary) {
	dir := filepath.Join(t.TempDir(), "import")
	var s bulk.Summary
	synctest.Test(t, func(t *testing.T) {
		c := memory.New(&memory.Options{Seed: 1, RowsPerSecond: n / 100})
		strict := pool()
		strict.Schema = importjob.ClassicSchema().With(importjob.SchemaAttribute{Name: "nickname", Type: importjob.TypeString, MinLength: "0", MaxLength: "5"})
		_, err := c.CreatePool(t.Context(), strict)
		require.NoError(t, err)
		users := good(n)
		for i, u := range users {
			switch {
			case i < len(hostile):
				u["cognito:username"] = hostile[i]
				u["nickname"] = "too long a name"
			case i%7 == 3:
				_, err := c.AddUser(t.Context(), poolID, importjob.PoolUser{Username: u["cognito:username"]})
				require.NoError(t, err)
			case i%11 == 5:
				u["nickname"] = "too long a name"
			case i%13 == 6:
				u["email"] = fmt.Sprintf("%d at example.com", i)
			case i%97 == 8:
				u["cognito:username"] = "user1"
			case i%89 == 9:
				u["cognito:username"] = "USER2"
			}
		}
		s, err = bulk.Import(t.Context(), outdated{c, pool()}, input(), sequence(users...), dir, &bulk.Options{PartRows: n/4 + 1})
		require.NoError(t, err)
	})
	return filepath.Join(dir, "report.html"), s
}

func TestPreview(t *testing.T) {
	out := os.Getenv("PREVIEW")
	if out == "" {
		t.Skip()
	}
	c := newChromium(t)
	for _, n := range []int{400, 50000} {
		page, _ := importWithFailures(t, n)
		for _, mode := range []string{"light", "dark"} {
			for _, width := range []int{1280, 380} {
				c.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": mode}}}, nil)
				c.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 1600, "deviceScaleFactor": 1, "mobile": false}, nil)
				c.open("file://" + page)
				t.Log(n, mode, width, c.text("document.documentElement.scrollWidth"), c.requests, c.trouble, c.text("document.title"), c.text("document.getElementById('count').textContent"))
				var shot struct{ Data string }
				c.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true, "clip": map[string]any{"x": 0, "y": 0, "width": width, "height": 2600, "scale": 1}}, &shot)
				png, _ := base64.StdEncoding.DecodeString(shot.Data)
				os.WriteFile(fmt.Sprintf("%s/%d-%s-%d.png", out, n, mode, width), png, 0o600)
			}
		}
		text, _ := os.ReadFile(page)
		os.WriteFile(fmt.Sprintf("%s/%d.html", out, n), text, 0o600)
	}
}
