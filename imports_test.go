package importjob_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/cognito-import/importjob"
	jwt    = "github.com/golang-jwt/jwt/v5"
)

// foreignDeps lists what the packages import, directly or not, that is not standard library.
func foreignDeps(t *testing.T, packages ...string) []string {
	t.Helper()
	args := append([]string{"list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}"}, packages...)
	var out, trouble strings.Builder
	list := exec.Command("go", args...)
	list.Stdout, list.Stderr = &out, &trouble
	require.NoError(t, list.Run(), &trouble)
	return strings.Fields(out.String())
}

func TestRootImportsOnlyTheStandardLibrary(t *testing.T) {
	for _, dep := range foreignDeps(t, ".") {
		assert.True(t, dep == module || strings.HasPrefix(dep, module+"/internal/"), "the root imports %s", dep)
	}
}

func TestBackendImportsNoThirdParty(t *testing.T) {
	deps := foreignDeps(t, "./userpool", "./backend", "./source/pwhash")
	assert.Contains(t, deps, module+"/userpool")
	for _, dep := range deps {
		assert.True(t, dep == module || strings.HasPrefix(dep, module+"/"), "%s is third party", dep)
	}
}

// TestMemoryImportsHashesOnly allows golang.org/x/crypto, which checks imported password hashes, and what it needs.
func TestMemoryImportsHashesOnly(t *testing.T) {
	deps := foreignDeps(t, "./memory", "./backend/...")
	assert.Contains(t, deps, module+"/memory")
	for _, dep := range deps {
		assert.True(t, dep == module || strings.HasPrefix(dep, module+"/") ||
			strings.HasPrefix(dep, "golang.org/x/crypto/") || dep == "golang.org/x/sys/cpu", "%s is third party", dep)
	}
}

// The clients of AWS services are large, and a program that serves the protocol needs none of them.
func TestCognitotestImportsNoServiceOfAWS(t *testing.T) {
	deps := foreignDeps(t, "./cognitotest")
	assert.Contains(t, deps, "github.com/aws/aws-sdk-go-v2/aws/signer/v4")
	assert.Contains(t, deps, jwt)
	for _, dep := range deps {
		assert.NotContains(t, dep, "aws-sdk-go-v2/service/", "a client of an AWS service")
	}
}

// Only awsbackend waits for the rates of the service.
func TestRateLimiterReachesNobodyElse(t *testing.T) {
	const limiter = "golang.org/x/time/rate"
	assert.Contains(t, foreignDeps(t, "./awsbackend"), limiter)
	assert.NotContains(t, foreignDeps(t, ".", "./userpool", "./memory", "./backend/...", "./cognitotest", "./bulk", "./awsbackend/awstest"), limiter)
}

func TestAwstestImportsCognitoOnly(t *testing.T) {
	const cognito = "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	deps := foreignDeps(t, "./awsbackend/awstest")
	assert.Contains(t, deps, cognito)
	for _, dep := range deps {
		switch {
		case dep == module || strings.HasPrefix(dep, module+"/"):
		case dep == cognito || strings.HasPrefix(dep, cognito+"/"):
		case dep == jwt: // signs tokens; cognitotest needs it
		case strings.HasPrefix(dep, "github.com/aws/smithy-go"):
		case strings.HasPrefix(dep, "github.com/aws/aws-sdk-go-v2/aws"), strings.HasPrefix(dep, "github.com/aws/aws-sdk-go-v2/internal/"):
		default:
			t.Errorf("awstest imports %s", dep)
		}
	}
}

// The readers of exports know nothing of Cognito, and need no more than three modules.
func TestFormatImportsNoOtherPackage(t *testing.T) {
	for _, dep := range foreignDeps(t, "./source/format") {
		switch {
		case dep == module+"/source/format":
		case strings.HasPrefix(dep, "github.com/go-json-experiment/json/"):
		case strings.HasPrefix(dep, "github.com/klauspost/compress"):
		case strings.HasPrefix(dep, "golang.org/x/text/"):
		default:
			t.Errorf("source/format imports %s", dep)
		}
	}
}
