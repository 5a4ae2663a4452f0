// Imported users of the server at IMPORTJOB_ENDPOINT, the app clients that they sign in to, and what verifies their tokens.
import { CreateUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { UserPoolId, cognito, control, endpoint, file, imported, person } from "./client.js";

export const oldPassword = "P@ssw0rd!";
export const newPassword = "Correct-horse-1";

// A hash of oldPassword that another implementation of bcrypt made.
const vectors = readFileSync(new URL("../../internal/passwords/testdata/vectors.jsonl", import.meta.url), "utf8").trim().split("\n").map(JSON.parse);
export const oldHash = vectors.find((v) => v.algorithm === "BCRYPT" && v.password === oldPassword).hash;

/** migrate empties the pool and imports ann without a password hash, and bob and carl with one. */
export async function migrate() {
  await control("reset");
  await control("speed", { "rows-per-second": "0" });
  const rows = [person("ann"), { ...person("bob"), password_hash: oldHash }, { ...person("carl"), password_hash: oldHash }];
  const job = await imported(await file(rows), { PasswordHashingAlgorithm: "BCRYPT" });
  assert.equal(job.ImportedUsers, rows.length, job.CompletionMessage);
}

/** appClient creates an app client. */
export async function appClient(more = {}) {
  const output = await cognito.send(new CreateUserPoolClientCommand({
    UserPoolId, ClientName: "app", ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], ...more,
  }));
  return output.UserPoolClient;
}

/** codeOf returns the last confirmation code of a user. */
export async function codeOf(username) {
  const answer = await fetch(`${endpoint}/control/code?${new URLSearchParams({ user_pool_id: UserPoolId, username })}`);
  assert.equal(answer.status, 200);
  return (await answer.json()).code;
}

/** verified verifies tokens with the keys that the server publishes, and returns the claims of both. */
export async function verified({ idToken, accessToken }, clientId) {
  const jwks = await (await fetch(`${endpoint}/${UserPoolId}/.well-known/jwks.json`)).json();
  const verify = (token, tokenUse) => {
    const verifier = CognitoJwtVerifier.create({ userPoolId: UserPoolId, tokenUse, clientId });
    verifier.cacheJwks(jwks);
    return verifier.verify(token);
  };
  return { id: await verify(idToken, "id"), access: await verify(accessToken, "access") };
}

/** failsAs demands that a promise fails with an exception of the service. */
export async function failsAs(promise, name, message = /./) {
  const err = await promise.then(() => assert.fail(`no ${name}`), (e) => e);
  assert.equal(err.name, name, err.stack);
  assert.match(err.message, message);
}
