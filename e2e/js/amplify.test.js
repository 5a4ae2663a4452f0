// Tests that imported users sign in with AWS Amplify.
import { Amplify } from "aws-amplify";
import {
  confirmResetPassword, confirmSignIn, fetchAuthSession, fetchUserAttributes, getCurrentUser, resetPassword, signIn, signOut, updatePassword,
} from "aws-amplify/auth";
import { AdminCreateUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { UserPoolId, cognito, endpoint } from "./client.js";
import { appClient, codeOf, failsAs, migrate, newPassword, oldPassword, verified } from "./people.js";

const bySRP = "USER_SRP_AUTH";
const byPassword = "USER_PASSWORD_AUTH";

let clientId;

beforeEach(async () => {
  await migrate();
  clientId = (await appClient()).ClientId;
  Amplify.configure({ Auth: { Cognito: { userPoolId: UserPoolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } } });
});

/** enter signs in. */
const enter = (username, password, authFlowType) => signIn({ username, password, options: { authFlowType } });

/** claims verifies the tokens of who is signed in. */
async function claims() {
  const { tokens } = await fetchAuthSession();
  return verified({ idToken: tokens.idToken.toString(), accessToken: tokens.accessToken.toString() }, clientId);
}

for (const flow of [bySRP, byPassword]) {
  test(`without a hash, ${flow}`, async () => {
    const { isSignedIn, nextStep } = await enter("ann", oldPassword, flow);
    assert.equal(isSignedIn, false);
    assert.equal(nextStep.signInStep, "RESET_PASSWORD");
    const reset = await resetPassword({ username: "ann" });
    assert.equal(reset.nextStep.resetPasswordStep, "CONFIRM_RESET_PASSWORD_WITH_CODE");
    assert.deepEqual(reset.nextStep.codeDeliveryDetails, { attributeName: "email", deliveryMedium: "EMAIL", destination: "a***@e***" });
    await confirmResetPassword({ username: "ann", newPassword, confirmationCode: await codeOf("ann") });
    await failsAs(enter("ann", oldPassword, flow), "NotAuthorizedException", /^Incorrect username or password\.$/);
    assert.equal((await enter("ann", newPassword, flow)).isSignedIn, true);
    assert.equal((await claims()).id["cognito:username"], "ann");
    assert.equal((await getCurrentUser()).username, "ann");
    await signOut();
  });
}

test("with a hash", async () => {
  await failsAs(enter("bob", oldPassword, bySRP), "NotAuthorizedException", /^Incorrect username or password\.$/);
  assert.equal((await enter("bob", oldPassword, byPassword)).isSignedIn, true);
  assert.equal((await fetchUserAttributes()).email, "bob@example.com");
  const { access } = await claims();
  await fetchAuthSession({ forceRefresh: true });
  assert.equal((await claims()).access.origin_jti, access.origin_jti);
  await updatePassword({ oldPassword, newPassword });
  await signOut();
  assert.equal((await enter("bob", newPassword, bySRP)).isSignedIn, true);
  await signOut({ global: true });
});

test("a temporary password", async () => {
  for (const flow of [bySRP, byPassword]) {
    const Username = `dora-${flow}`;
    await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword: "Temp0rary!", MessageAction: "SUPPRESS" }));
    const { nextStep } = await enter(Username, "Temp0rary!", flow);
    assert.equal(nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED");
    assert.equal((await confirmSignIn({ challengeResponse: newPassword })).isSignedIn, true);
    assert.equal((await claims()).access.username, Username);
    await signOut();
  }
});
