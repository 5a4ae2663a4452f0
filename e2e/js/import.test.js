// A test of an import from begin to end, with the AWS SDK for JavaScript.
import { DescribeLogStreamsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AdminGetUserCommand,
  DescribeUserImportJobCommand,
  DescribeUserPoolCommand,
  ListUserImportJobsCommand,
  StartUserImportJobCommand,
  StopUserImportJobCommand,
  paginateListUsers,
} from "@aws-sdk/client-cognito-identity-provider";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { JobName, CloudWatchLogsRoleArn, UserPoolId } from "./client.js";
import { cognito, control, createJob, file, imported, logs, onJob, person, put, untilDone } from "./client.js";

beforeEach(() => control("reset"));

const many = Array.from({ length: 4000 }, (_, i) => person(`user${i}`));

test("a new job", async () => {
  const before = Date.now();
  const job = await createJob();
  const after = Date.now();
  assert.deepEqual(Object.keys(job).sort(), [
    "CloudWatchLogsRoleArn", "CreationDate", "FailedUsers", "ImportedUsers", "JobId",
    "JobName", "PreSignedUrl", "SkippedUsers", "Status", "UserPoolId",
  ]);
  assert.equal(job.JobName, JobName);
  assert.match(job.JobId, /^import-[0-9a-zA-Z]{10}$/);
  assert.equal(job.UserPoolId, UserPoolId);
  assert.equal(job.CloudWatchLogsRoleArn, CloudWatchLogsRoleArn);
  assert.equal(job.Status, "Created");
  assert.deepEqual([job.ImportedUsers, job.SkippedUsers, job.FailedUsers], [0, 0, 0]);
  assert.ok(job.CreationDate instanceof Date);
  assert.ok(before <= job.CreationDate.getTime() && job.CreationDate.getTime() <= after, "milliseconds are kept");
  assert.deepEqual(await onJob(DescribeUserImportJobCommand, job), job);
});

test("from the file to the users", async () => {
  const rows = [
    { ...person("zoë"), name: "Zoë, la 1ère" }, person("李雷"), person("zoë"), { ...person("unverified"), email_verified: "FALSE" }, ...many,
  ];
  const job = await createJob();
  const uploaded = await put(job.PreSignedUrl, await file(rows));
  assert.equal(uploaded.status, 200, await uploaded.text());
  assert.equal(uploaded.headers.get("x-amz-server-side-encryption"), "aws:kms");
  assert.match(uploaded.headers.get("etag"), /^"[0-9a-f]+"$/);

  const started = await onJob(StartUserImportJobCommand, job);
  assert.equal(started.Status, "Pending");
  assert.ok(started.StartDate >= started.CreationDate);
  assert.equal(started.CompletionDate, undefined);
  await control("advance", { by: "10m" });
  const seen = await onJob(DescribeUserImportJobCommand, job);
  assert.equal(seen.Status, "InProgress");
  assert.ok(seen.ImportedUsers >= 598 && seen.ImportedUsers < many.length, `${seen.ImportedUsers} at one a second`);

  const done = await untilDone(job);
  assert.equal(done.Status, "Succeeded");
  assert.deepEqual([done.ImportedUsers, done.SkippedUsers, done.FailedUsers], [many.length + 2, 1, 1]);
  assert.equal(done.CompletionDate - done.StartDate, rows.length * 1000, "a row a second");
  assert.equal(done.CompletionMessage, "Import Job Completed Successfully.");
  await logTells(job);
  await usersAreThere();
});

async function logTells(job) {
  const logGroupName = `/aws/cognito/userpools/${UserPoolId}/MyUserPool`;
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: job.JobId + "/" }));
  assert.deepEqual(logStreams.map((s) => s.logStreamName), [`${job.JobId}/${JobName}`]);
  const input = { logGroupName, logStreamName: logStreams[0].logStreamName, startFromHead: true };
  const { events, nextForwardToken } = await logs.send(new GetLogEventsCommand({ ...input, limit: 6 }));
  assert.deepEqual(events.slice(2).map((e) => e.message), [
    "[SUCCEEDED] Line Number 2 - The import succeeded.",
    "[SUCCEEDED] Line Number 3 - The import succeeded.",
    "[SKIPPED] Line Number 4 - The user already exists.",
    "[FAILED] Line Number 5 - The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).",
  ]);
  const rest = await logs.send(new GetLogEventsCommand({ ...input, nextToken: nextForwardToken }));
  assert.equal(rest.events.length, many.length);
  assert.equal(rest.events.at(-1).message, `[SUCCEEDED] Line Number ${many.length + 5} - The import succeeded.`);
}

async function usersAreThere() {
  const zoe = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username: "zoë" }));
  assert.equal(zoe.UserStatus, "RESET_REQUIRED");
  assert.equal(zoe.Enabled, true);
  assert.ok(zoe.UserCreateDate instanceof Date);
  const value = (name) => zoe.UserAttributes.find((a) => a.Name === name)?.Value;
  assert.equal(value("name"), "Zoë, la 1ère");
  assert.equal(value("email"), "zoë@example.com");

  const names = [];
  for await (const page of paginateListUsers({ client: cognito, pageSize: 60 }, { UserPoolId, Filter: 'username ^= "user1"' })) {
    names.push(...page.Users.map((u) => u.Username));
  }
  assert.equal(names.length, 1111, "user1, user10 to 19, user100 to 199, user1000 to 1999");
  assert.equal(new Set(names).size, names.length);
}

test("hashes of passwords", async () => {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
  assert.equal(UserPool.Id, UserPoolId);
  assert.deepEqual(UserPool.AutoVerifiedAttributes, ["email"]);

  const password_hash = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
  const body = await file([{ ...person("one"), password_hash }, { ...person("two"), password_hash: "secret" }, { ...person("three"), password_hash }]);
  const job = await imported(body, { PasswordHashingAlgorithm: "BCRYPT" });
  assert.equal(job.PasswordHashingAlgorithm, "BCRYPT");
  assert.deepEqual([job.ImportedUsers, job.SkippedUsers, job.FailedUsers], [2, 0, 1]);
  const user = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username: "one" }));
  assert.equal(user.UserStatus, "CONFIRMED");
  assert.ok(!JSON.stringify(user).includes(password_hash));
});

test("pages, by hand", async () => {
  const jobs = [];
  for (let i = 0; i < 7; i++) {
    jobs.push(await createJob({ JobName: `job ${i}` }));
  }
  const sizes = [], listed = [];
  let PaginationToken;
  do {
    const page = await cognito.send(new ListUserImportJobsCommand({ UserPoolId, MaxResults: 3, PaginationToken }));
    sizes.push(page.UserImportJobs.length);
    listed.push(...page.UserImportJobs);
    PaginationToken = page.PaginationToken;
  } while (PaginationToken && sizes.length < 5);
  assert.deepEqual(sizes, [3, 3, 1]);
  assert.deepEqual(listed, jobs.toReversed());
});

test("stop", async () => {
  const job = await createJob();
  await put(job.PreSignedUrl, await file(many));
  await onJob(StartUserImportJobCommand, job);
  await control("advance", { by: "1m" });
  await onJob(StopUserImportJobCommand, job);
  const stopped = await untilDone(job);
  assert.equal(stopped.Status, "Stopped");
  assert.ok(stopped.ImportedUsers >= 59 && stopped.ImportedUsers < many.length, `${stopped.ImportedUsers} at one a second`);
});

test("the same file again", async () => {
  const body = await file([person("one"), person("two")]);
  assert.equal((await imported(body)).Status, "Succeeded");
  const again = await imported(body);
  assert.equal(again.Status, "Failed");
  assert.deepEqual([again.ImportedUsers, again.SkippedUsers, again.FailedUsers], [0, 2, 0]);
  assert.match(again.CompletionMessage, /^Too many users have failed or been skipped/);
});
