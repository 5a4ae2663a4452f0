// Tests that imported users sign in with amazon-cognito-identity-js.
import { AdminAddUserToGroupCommand, AdminCreateUserCommand, CreateGroupCommand } from "@aws-sdk/client-cognito-identity-provider";
import Identity from "amazon-cognito-identity-js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { UserPoolId, cognito, endpoint } from "./client.js";
import { appClient, codeOf, failsAs, migrate, newPassword, oldPassword, verified } from "./people.js";

const bySRP = "USER_SRP_AUTH";
const byPassword = "USER_PASSWORD_AUTH";
const flows = [bySRP, byPassword];

beforeEach(migrate);

/** userOf returns a user of the library in a new app client. */
async function userOf(Username, more) {
  const { ClientId } = await appClient(more);
  const Pool = new Identity.CognitoUserPool({ UserPoolId, ClientId, endpoint });
  return new Identity.CognitoUser({ Username, Pool });
}

/** signIn resolves to the session. The answer to a demand for a new password is newPassword. */
function signIn(user, Password, flow) {
  user.setAuthenticationFlowType(flow);
  const details = new Identity.AuthenticationDetails({ Username: user.getUsername(), Password });
  return new Promise((onSuccess, onFailure) => {
    const callbacks = { onSuccess, onFailure, newPasswordRequired: () => user.completeNewPasswordChallenge(newPassword, {}, callbacks) };
    user.authenticateUser(details, callbacks);
  });
}

/** call calls a method of a user that takes onSuccess and onFailure. */
const call = (user, method, ...args) => new Promise((onSuccess, onFailure) => {
  user[method](...args, { onSuccess, onFailure, inputVerificationCode: onSuccess });
});

/** callback calls a method of a user that takes a function with an error and a result. */
const callback = (user, method, ...args) => new Promise((resolve, reject) => {
  user[method](...args, (err, result) => (err ? reject(err) : resolve(result)));
});

const tokensOf = (session) => ({ idToken: session.getIdToken().getJwtToken(), accessToken: session.getAccessToken().getJwtToken() });

for (const flow of flows) {
  test(`without a hash, ${flow}`, async () => {
    const ann = await userOf("ann");
    await failsAs(signIn(ann, oldPassword, flow), "PasswordResetRequiredException", /^Password reset required for the user$/);
    const { CodeDeliveryDetails } = await call(ann, "forgotPassword");
    assert.deepEqual(CodeDeliveryDetails, { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "a***@e***" });
    const code = await codeOf("ann");
    const wrong = code === "000000" ? "000001" : "000000";
    await failsAs(call(ann, "confirmPassword", wrong, newPassword), "CodeMismatchException");
    await failsAs(call(ann, "confirmPassword", code, "weak"), "InvalidPasswordException");
    await call(ann, "confirmPassword", code, newPassword);
    await failsAs(signIn(ann, oldPassword, flow), "NotAuthorizedException", /^Incorrect username or password\.$/);
    const { id, access } = await verified(tokensOf(await signIn(ann, newPassword, flow)), ann.pool.getClientId());
    assert.equal(id["cognito:username"], "ann");
    assert.equal(id.email_verified, true);
    assert.equal(access.sub, id.sub);
    assert.equal(access["cognito:groups"], undefined);
  });
}

test("with a hash", async () => {
  const bob = await userOf("bob");
  await failsAs(signIn(bob, oldPassword, bySRP), "NotAuthorizedException", /^Incorrect username or password\.$/);
  await failsAs(signIn(bob, newPassword, byPassword), "NotAuthorizedException", /^Incorrect username or password\.$/);
  await verified(tokensOf(await signIn(bob, oldPassword, byPassword)), bob.pool.getClientId());
  const { id } = await verified(tokensOf(await signIn(bob, oldPassword, bySRP)), bob.pool.getClientId());
  assert.equal(id.email, "bob@example.com");
  await failsAs(signIn(await userOf("carl"), oldPassword, bySRP), "NotAuthorizedException");
});

test("what a user does after the sign-in", async () => {
  await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: "editors" }));
  await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName: "editors", Username: "bob" }));
  const bob = await userOf("bob");
  const session = await signIn(bob, oldPassword, byPassword);
  assert.deepEqual(session.getAccessToken().payload["cognito:groups"], ["editors"]);
  const attributes = await callback(bob, "getUserAttributes");
  assert.equal(attributes.find((a) => a.getName() === "email").getValue(), "bob@example.com");
  const refreshed = await callback(bob, "refreshSession", session.getRefreshToken());
  const { access } = await verified(tokensOf(refreshed), bob.pool.getClientId());
  assert.equal(access.origin_jti, session.getAccessToken().payload.origin_jti);
  await failsAs(callback(bob, "changePassword", newPassword, newPassword), "NotAuthorizedException", /^Incorrect username or password\.$/);
  await callback(bob, "changePassword", oldPassword, newPassword);
  await call(await signIn(bob, newPassword, bySRP) && bob, "globalSignOut");
  await failsAs(callback(bob, "refreshSession", session.getRefreshToken()), "NotAuthorizedException", /^Refresh Token has been revoked$/);
});

test("a temporary password", async () => {
  for (const flow of flows) {
    const Username = `dora-${flow}`;
    await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword: "Temp0rary!", MessageAction: "SUPPRESS" }));
    const dora = await userOf(Username);
    await verified(tokensOf(await signIn(dora, "Temp0rary!", flow)), dora.pool.getClientId());
    await signIn(dora, newPassword, bySRP);
  }
});

test("users who do not exist", async () => {
  for (const flow of flows) {
    await failsAs(signIn(await userOf("nobody"), oldPassword, flow), "UserNotFoundException", /^User does not exist\.$/);
    const hidden = { PreventUserExistenceErrors: "ENABLED" };
    await failsAs(signIn(await userOf("nobody", hidden), oldPassword, flow), "NotAuthorizedException", /^Incorrect username or password\.$/);
    await failsAs(signIn(await userOf("ann", hidden), oldPassword, flow), "NotAuthorizedException", /^Incorrect username or password\.$/);
  }
  await failsAs(signIn(await userOf("bob", { ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH"] }), oldPassword, byPassword), "InvalidParameterException", /^USER_PASSWORD_AUTH flow not enabled for this client$/);
});
