// Tests that imported users sign in to an app client with a secret, with the AWS SDK for JavaScript. cognito-srp-helper
// computes the SRP values and the secret hash.
import {
  AdminInitiateAuthCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import helper from "cognito-srp-helper";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { UserPoolId, cognito } from "./client.js";
import { appClient, codeOf, failsAs, migrate, newPassword, oldPassword, verified } from "./people.js";

let ClientId, ClientSecret;

beforeEach(async () => {
  await migrate();
  ({ ClientId, ClientSecret } = await appClient({
    GenerateSecret: true,
    ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  }));
  assert.match(ClientSecret, /^[0-9a-z]{51,52}$/);
});

const hash = (username) => helper.createSecretHash(username, ClientId, ClientSecret);

/** byPassword sends a password with a secret hash. */
const byPassword = (USERNAME, PASSWORD, SECRET_HASH = hash(USERNAME)) => cognito.send(new InitiateAuthCommand({
  ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME, PASSWORD, ...(SECRET_HASH && { SECRET_HASH }) },
}));

/** bySRP signs in by SRP. */
async function bySRP(username, password) {
  const session = helper.createSrpSession(username, password, UserPoolId, false);
  const initiated = await cognito.send(new InitiateAuthCommand(helper.wrapInitiateAuth(session, {
    ClientId, AuthFlow: "USER_SRP_AUTH", AuthParameters: { USERNAME: username, SECRET_HASH: hash(username) },
  })));
  assert.equal(initiated.ChallengeName, "PASSWORD_VERIFIER");
  return cognito.send(new RespondToAuthChallengeCommand(helper.wrapAuthChallenge(helper.signSrpSession(session, initiated), {
    ClientId, ChallengeName: "PASSWORD_VERIFIER", ChallengeResponses: { USERNAME: username, SECRET_HASH: hash(username) },
  })));
}

const tokensOf = ({ AuthenticationResult: r }) => ({ idToken: r.IdToken, accessToken: r.AccessToken });

test("without a hash of the password", async () => {
  await failsAs(byPassword("ann", oldPassword), "PasswordResetRequiredException");
  await failsAs(bySRP("ann", oldPassword), "PasswordResetRequiredException");
  const ref = { ClientId, Username: "ann" };
  await failsAs(cognito.send(new ForgotPasswordCommand(ref)), "NotAuthorizedException", /is configured with secret but SECRET_HASH was not received$/);
  await cognito.send(new ForgotPasswordCommand({ ...ref, SecretHash: hash("ann") }));
  await cognito.send(new ConfirmForgotPasswordCommand({ ...ref, SecretHash: hash("ann"), ConfirmationCode: await codeOf("ann"), Password: newPassword }));
  await verified(tokensOf(await bySRP("ann", newPassword)), ClientId);
});

test("with a hash of the password", async () => {
  await failsAs(bySRP("bob", oldPassword), "NotAuthorizedException", /^Incorrect username or password\.$/);
  await failsAs(byPassword("bob", oldPassword, ""), "NotAuthorizedException", /is configured with secret but SECRET_HASH was not received$/);
  await failsAs(byPassword("bob", oldPassword, hash("ann")), "NotAuthorizedException", /^Unable to verify secret hash for client /);
  await verified(tokensOf(await byPassword("bob", oldPassword)), ClientId);
  const signedIn = await bySRP("bob", oldPassword);
  const { access } = await verified(tokensOf(signedIn), ClientId);
  assert.equal(access.username, "bob");
});

test("tokens", async () => {
  const { AuthenticationResult: first } = await byPassword("bob", oldPassword);
  const refresh = (SECRET_HASH) => cognito.send(new AdminInitiateAuthCommand({
    UserPoolId, ClientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: first.RefreshToken, SECRET_HASH },
  }));
  await verified(tokensOf(await refresh(hash("bob"))), ClientId);
  await failsAs(refresh(hash("ann")), "NotAuthorizedException", /^Unable to verify secret hash for client /);
  const again = await cognito.send(new GetTokensFromRefreshTokenCommand({ ClientId, ClientSecret, RefreshToken: first.RefreshToken }));
  await verified(tokensOf(again), ClientId);
  const { Username } = await cognito.send(new GetUserCommand({ AccessToken: again.AuthenticationResult.AccessToken }));
  assert.equal(Username, "bob");
  await cognito.send(new RevokeTokenCommand({ ClientId, ClientSecret, Token: first.RefreshToken }));
  await failsAs(refresh(hash("bob")), "NotAuthorizedException", /^Refresh Token has been revoked$/);
  await failsAs(cognito.send(new GetUserCommand({ AccessToken: first.AccessToken })), "NotAuthorizedException", /^Access Token has been revoked$/);
});
