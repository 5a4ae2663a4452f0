// Tests that create pools with the AWS SDK for JavaScript.
import {
  AddCustomAttributesCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  GetCSVHeaderCommand,
  ListUsersCommand,
  StartUserImportJobCommand,
  UpdateUserPoolCommand,
  paginateListUserPools,
} from "@aws-sdk/client-cognito-identity-provider";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { UserPoolId, cognito, control, createJob, file, person, put } from "./client.js";

beforeEach(() => control("reset"));

const named = (name) => (err) => err.name === name;

test("a pool's life", async () => {
  const created = await cognito.send(new CreateUserPoolCommand({
    PoolName: "people",
    AutoVerifiedAttributes: ["email"],
    UsernameConfiguration: { CaseSensitive: false },
    Schema: [
      { Name: "family_name", Required: true, AttributeDataType: "String" },
      { Name: "age", AttributeDataType: "Number", NumberAttributeConstraints: { MinValue: "18", MaxValue: "120" } },
    ],
  }));
  const id = created.UserPool.Id;
  assert.match(id, /^us-west-2_[0-9a-zA-Z]+$/);
  await cognito.send(new AddCustomAttributesCommand({ UserPoolId: id, CustomAttributes: [{ Name: "tier", AttributeDataType: "String" }] }));
  await cognito.send(new UpdateUserPoolCommand({ UserPoolId: id, AutoVerifiedAttributes: ["email", "phone_number"] }));
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: id }));
  assert.equal(UserPool.Name, "people", "an update that names no name keeps it");
  assert.deepEqual(UserPool.AutoVerifiedAttributes, ["email", "phone_number"]);
  assert.equal(UserPool.MfaConfiguration, "OFF");
  assert.equal(UserPool.UsernameConfiguration.CaseSensitive, false);
  const attribute = (name) => UserPool.SchemaAttributes.find((a) => a.Name === name);
  assert.equal(attribute("family_name").Required, true);
  assert.deepEqual(attribute("custom:age").NumberAttributeConstraints, { MinValue: "18", MaxValue: "120" });
  const { CSVHeader } = await cognito.send(new GetCSVHeaderCommand({ UserPoolId: id }));
  assert.ok(CSVHeader.includes("custom:age") && CSVHeader.includes("custom:tier"));

  await cognito.send(new DeleteUserPoolCommand({ UserPoolId: id }));
  await assert.rejects(cognito.send(new DescribeUserPoolCommand({ UserPoolId: id })), named("ResourceNotFoundException"));
});

test("pages of pools", async () => {
  const want = [UserPoolId];
  for (const PoolName of ["a", "b", "c", "d"]) {
    want.push((await cognito.send(new CreateUserPoolCommand({ PoolName }))).UserPool.Id);
  }
  const ids = [];
  for await (const page of paginateListUserPools({ client: cognito, pageSize: 2 }, {})) {
    assert.ok(page.UserPools.length <= 2);
    ids.push(...page.UserPools.map((pool) => pool.Id));
  }
  assert.deepEqual(ids.toSorted(), want.toSorted());
});

test("a pool is busy while it imports", async () => {
  const job = await createJob();
  await put(job.PreSignedUrl, await file(Array.from({ length: 1000 }, (_, i) => person(`user${i}`))));
  await cognito.send(new StartUserImportJobCommand({ UserPoolId, JobId: job.JobId }));
  const busy = named("UserImportInProgressException");
  await assert.rejects(cognito.send(new DeleteUserPoolCommand({ UserPoolId })), busy);
  await assert.rejects(cognito.send(new UpdateUserPoolCommand({ UserPoolId })), busy);
  const more = { UserPoolId, CustomAttributes: [{ Name: "tier", AttributeDataType: "String" }] };
  await assert.rejects(cognito.send(new AddCustomAttributesCommand(more)), busy);
  await control("advance", { by: "1h" });
  await cognito.send(new AddCustomAttributesCommand(more));
});

test("users and filters", async () => {
  const add = (Username, email) => cognito.send(new AdminCreateUserCommand({
    UserPoolId, Username, MessageAction: "SUPPRESS", UserAttributes: [{ Name: "email", Value: email }, { Name: "name", Value: `"${Username}" \\ Jr.` }],
  }));
  const { User } = await add("ann", "ann@example.com");
  await add("bob", "bob@example.com");
  assert.equal(User.UserStatus, "FORCE_CHANGE_PASSWORD");
  assert.ok(User.UserCreateDate instanceof Date);
  await assert.rejects(add("ann", "x@example.com"), named("UsernameExistsException"));
  const found = async (Filter) => (await cognito.send(new ListUsersCommand({ UserPoolId, Filter }))).Users.map((u) => u.Username);
  assert.deepEqual(await found(`name = "\\"ann\\" \\\\ Jr."`), ["ann"]);
  assert.deepEqual(await found(`email ^= "b"`), ["bob"]);
  assert.deepEqual(await found(`sub = "${User.Attributes.find((a) => a.Name === "sub").Value}"`), ["ann"]);
  assert.deepEqual(await found(`status = "Disabled"`), []);
  for (const wrong of [`email`, `email = ann`, `email > "a"`, `nickname = "x"`, `email = "a" AND name = "b"`]) {
    await assert.rejects(found(wrong), named("InvalidParameterException"), wrong);
  }
  await assert.rejects(cognito.send(new AdminGetUserCommand({ UserPoolId, Username: "carl" })), named("UserNotFoundException"));
});
