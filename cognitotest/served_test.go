package cognitotest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// update makes the tests write testdata/operations.txt and the list in docs/serve.md: go test ./cognitotest -update
var update = flag.Bool("update", false, "write the list of operations anew")

// subjects are the operations of the service that this module does not want to serve, by what they are about.
var subjects = []struct {
	name  string
	about *regexp.Regexp
}{
	{"identity providers", regexp.MustCompile(`IdentityProvider|ProviderForUser|SigningCertificate`)},
	{"domains and their pages", regexp.MustCompile(`Domain|Branding|UICustomization|Terms`)},
	{"resource servers and clients without users", regexp.MustCompile(`ResourceServer|GetClientToken`)},
	{"devices", regexp.MustCompile(`Device`)},
	{"WebAuthn", regexp.MustCompile(`WebAuthn`)},
	{"multi-factor authentication beyond the challenge", regexp.MustCompile(`UserMFAPreference|SoftwareToken|UserSettings|AuthFactors`)},
	{"threat protection and logs of the service", regexp.MustCompile(`RiskConfiguration|AuthEvent|LogDelivery`)},
	{"accounts: limits and copies in other Regions", regexp.MustCompile(`ProvisionedLimit|Replica`)},
}

// serviceOperations returns the names of all operations of the service: the methods of the SDK's client.
func serviceOperations(t *testing.T) []string {
	var names []string
	for method := range reflect.TypeFor[*cognito.Client]().Methods() {
		if method.Name != "Options" {
			names = append(names, method.Name)
		}
	}
	slices.Sort(names)
	file := filepath.Join("testdata", "operations.txt")
	text := strings.Join(names, "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, text, string(kept), "the SDK has other operations: go test ./cognitotest -update")
	return names
}

// The list of docs/serve.md says of each operation of the service whether a handler serves it.
func TestListOfOperations(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	var served, missing []string
	outside := make([][]string, len(subjects))
	names := serviceOperations(t)
	for _, op := range names {
		i := slices.IndexFunc(subjects, func(s struct {
			name  string
			about *regexp.Regexp
		}) bool {
			return s.about.MatchString(op)
		})
		switch {
		case !strings.Contains(send(h, idp+op, `{}`).Body.String(), `"UnknownOperationException"`):
			served = append(served, op)
		case i >= 0:
			outside[i] = append(outside[i], op)
		default:
			missing = append(missing, op)
		}
	}
	var b strings.Builder
	list := func(what string, ops []string) { fmt.Fprintf(&b, "| %s | `%s` |\n", what, strings.Join(ops, "`, `")) }
	fmt.Fprintf(&b, "Of the %d operations of the service, %d are served.\n\n| | operations |\n|---|---|\n", len(names), len(served))
	list("served", served)
	if len(missing) > 0 {
		list("not served", missing)
	}
	for i, s := range subjects {
		list("no goal: "+s.name, outside[i])
	}
	const begin, end = "<!-- written by: go test ./cognitotest -update -->\n\n", "\n<!-- end -->"
	file := filepath.Join("..", "docs", "serve.md")
	doc, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(doc), begin)
	require.True(t, ok)
	old, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+b.String()+end+after), 0o644))
		old = b.String()
	}
	assert.Equal(t, b.String(), old, "go test ./cognitotest -update writes the list")
}
