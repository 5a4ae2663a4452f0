// The clients of the server at IMPORTJOB_ENDPOINT, and helper functions of the tests.
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityProviderClient,
  CreateUserImportJobCommand,
  DescribeUserImportJobCommand,
  GetCSVHeaderCommand,
  StartUserImportJobCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import assert from "node:assert/strict";

export const endpoint = process.env.IMPORTJOB_ENDPOINT;
assert.match(endpoint ?? "", /^http:\/\/127\.0\.0\.1:\d+$/, "IMPORTJOB_ENDPOINT");

export const UserPoolId = "us-west-2_aaaaaaaaa";
export const JobName = "MyImportJob";
export const CloudWatchLogsRoleArn = "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole";

// The SDK takes the keys from the environment.
export const config = { endpoint, region: "us-west-2" };
export const cognito = new CognitoIdentityProviderClient(config);
export const logs = new CloudWatchLogsClient(config);

/** control steers the server. */
export async function control(change, parameters = {}) {
  const answer = await fetch(`${endpoint}/control/${change}`, { method: "POST", body: new URLSearchParams(parameters) });
  assert.equal(answer.status, 200, await answer.text());
}

/** createJob creates a job with the names above. */
export async function createJob(more = {}) {
  const output = await cognito.send(new CreateUserImportJobCommand({ UserPoolId, JobName, CloudWatchLogsRoleArn, ...more }));
  return output.UserImportJob;
}

/** onJob sends a command that names a job, and returns the job of the answer. */
export async function onJob(Command, { JobId }) {
  return (await cognito.send(new Command({ UserPoolId, JobId }))).UserImportJob;
}

/** file is a CSV file of the pool with one row for each object. */
export async function file(rows) {
  const { CSVHeader } = await cognito.send(new GetCSVHeaderCommand({ UserPoolId }));
  const line = (row) => CSVHeader.map((column) => (row[column] ?? "").replaceAll(",", "\\,")).join(",");
  return [CSVHeader.join(","), ...rows.map(line), ""].join("\n");
}

/** person is the row of a user who can be imported. */
export function person(name) {
  return { "cognito:username": name, email: `${name}@example.com`, email_verified: "TRUE" };
}

/** put uploads a body, with the header that the URL asks for unless told otherwise. */
export function put(url, body, headers = { "x-amz-server-side-encryption": "aws:kms" }) {
  return fetch(url, { method: "PUT", body, headers });
}

/** untilDone describes a job until it has ended, an hour apart by the server's clock. */
export async function untilDone(job) {
  const looks = 5;
  for (let i = 0; i < looks; i++) {
    const seen = await onJob(DescribeUserImportJobCommand, job);
    if (!["Pending", "InProgress", "Stopping"].includes(seen.Status)) {
      return seen;
    }
    await control("advance", { by: "1h" });
  }
  assert.fail("the job has not ended");
}

/** imported runs a job of a file to its end. */
export async function imported(body, more) {
  const job = await createJob(more);
  assert.equal((await put(job.PreSignedUrl, body)).status, 200);
  await onJob(StartUserImportJobCommand, job);
  return untilDone(job);
}
