package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob/internal/testkit"
)

// A page of another origin signs imported users in, with amazon-cognito-identity-js and without keys.
func TestPageSignsIn(t *testing.T) {
	const library = "js/node_modules/amazon-cognito-identity-js/dist/amazon-cognito-identity.min.js"
	a := newAWS(t, "--auto-verified=email", "--password-hashing-algorithm=BCRYPT")
	if _, err := os.Stat(library); err != nil {
		testkit.Missing(t, "the packages of e2e/js are not installed: npm ci --prefix e2e/js")
	}
	a.migrate()
	scripts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, library) }))
	defer scripts.Close()
	script := `
		await new Promise((onload, onerror) => document.head.append(Object.assign(document.createElement("script"), {src: "` + scripts.URL + `", onload, onerror})));
		const Pool = new AmazonCognitoIdentity.CognitoUserPool({UserPoolId: "` + poolID + `", ClientId: "` + a.newClient().ClientID + `", endpoint: server});
		const Password = "` + oldPassword + `";
		const signIn = (Username, flow) => new Promise((resolve) => {
			const user = new AmazonCognitoIdentity.CognitoUser({Username, Pool});
			user.setAuthenticationFlowType(flow);
			user.authenticateUser(new AmazonCognitoIdentity.AuthenticationDetails({Username, Password}), {
				onSuccess: (session) => resolve(session.getIdToken().payload.email),
				onFailure: (err) => resolve(err.name),
			});
		});
		return [
			await signIn("ann", "USER_SRP_AUTH"), await signIn("ann", "USER_PASSWORD_AUTH"),
			await signIn("bob", "USER_SRP_AUTH"), await signIn("bob", "USER_PASSWORD_AUTH"), await signIn("bob", "USER_SRP_AUTH"),
		];`
	var got []string
	inPage(t, a.server, script, &got)
	assert.Equal(t, []string{
		"PasswordResetRequiredException", "PasswordResetRequiredException",
		"NotAuthorizedException", "bob@example.com", "bob@example.com",
	}, got)
}
