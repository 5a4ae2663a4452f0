// Tests of the errors that the AWS SDK for JavaScript throws.
import {
  CognitoIdentityProviderClient,
  DescribeUserImportJobCommand,
  GetCSVHeaderCommand,
  ListIdentityProvidersCommand,
  ListUserImportJobsCommand,
  NotAuthorizedException,
  PreconditionNotMetException,
  ResourceNotFoundException,
  StartUserImportJobCommand,
  StopUserImportJobCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { UserPoolId, cognito, config, control, createJob, file, onJob, person, put, untilDone } from "./client.js";

beforeEach(() => control("reset"));

/** refused demands that a promise fails with an error of the service. */
async function refused(promise, name, message = /./) {
  const err = await promise.then(() => assert.fail(`no ${name}`), (e) => e);
  assert.equal(err.name, name, err.stack);
  assert.match(err.message, message);
  assert.equal(err.$metadata.httpStatusCode, 400);
  assert.match(err.$metadata.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return err;
}

test("names, classes and texts", async () => {
  const unknown = { JobId: "import-qQ0DCt2fRh" };
  const err = await refused(onJob(DescribeUserImportJobCommand, unknown), "ResourceNotFoundException");
  assert.ok(err instanceof ResourceNotFoundException);
  assert.equal(err.$fault, "client");
  assert.equal(err.$metadata.attempts, 1, "not tried again");
  await refused(createJob({ UserPoolId: "us-west-2_bbbbbbbbb" }), "ResourceNotFoundException", /^User pool us-west-2_bbbbbbbbb does not exist\.$/);
  await refused(createJob({ UserPoolId: "aaaaaaaaa" }), "InvalidParameterException", /'userPoolId' failed to satisfy constraint/);
  await refused(createJob({ JobName: undefined }), "InvalidParameterException", /^1 validation error detected: .*'jobName'.* must not be null$/);
  await refused(createJob({ PasswordHashingAlgorithm: "MD5" }), "InvalidParameterException", /'passwordHashingAlgorithm'/);
  await refused(createJob({ JobName: 1 }), "SerializationException");
  await refused(createJob({ JobName: "a/b" }), "InvalidParameterException", /'jobName'/);
  await refused(cognito.send(new ListUserImportJobsCommand({ UserPoolId, MaxResults: 61 })), "InvalidParameterException", /less than or equal to 60/);
  await refused(cognito.send(new ListIdentityProvidersCommand({ UserPoolId })), "UnknownOperationException");
  await refused(cognito.send(new ListUserImportJobsCommand({ UserPoolId })), "InvalidParameterException", /'maxResults'/);
});

test("a job at the wrong time", async () => {
  const job = await createJob();
  const noFile = await refused(onJob(StartUserImportJobCommand, job), "PreconditionNotMetException", /^No csv file was uploaded for import-/);
  assert.ok(noFile instanceof PreconditionNotMetException);
  await refused(onJob(StopUserImportJobCommand, job), "PreconditionNotMetException");
  assert.equal((await put(job.PreSignedUrl, await file([person("one")]))).status, 200);
  await onJob(StartUserImportJobCommand, job);
  await refused(onJob(StartUserImportJobCommand, job), "PreconditionNotMetException");
  assert.equal((await untilDone(job)).Status, "Succeeded");
  await refused(onJob(StartUserImportJobCommand, job), "PreconditionNotMetException");

  const forgotten = await createJob();
  await control("advance", { by: "48h" });
  assert.equal((await onJob(DescribeUserImportJobCommand, forgotten)).Status, "Expired");
  await refused(onJob(StartUserImportJobCommand, forgotten), "PreconditionNotMetException");
});

test("uploads", async () => {
  const job = await createJob();
  const code = async (answer) => [answer.status, (await answer.text()).match(/<Code>(\w+)<\/Code>/)?.[1]];
  const body = await file([person("one")]);
  assert.deepEqual(await code(await put(job.PreSignedUrl, body, {})), [403, "SignatureDoesNotMatch"]);
  assert.deepEqual(await code(await put(job.PreSignedUrl, body, { "x-amz-server-side-encryption": "AES256" })), [403, "SignatureDoesNotMatch"]);
  assert.deepEqual(await code(await put(job.PreSignedUrl.replace(job.JobId, "import-0000000000"), body)), [403, "SignatureDoesNotMatch"]);
  assert.deepEqual(await code(await fetch(job.PreSignedUrl)), [403, "SignatureDoesNotMatch"]);
  await control("advance", { by: "16m" });
  assert.deepEqual(await code(await put(job.PreSignedUrl, body)), [403, "AccessDenied"]);
});

test("a stream of unknown length", async () => {
  const job = await createJob();
  const body = new Blob([await file([person("one")])]).stream();
  const headers = { "x-amz-server-side-encryption": "aws:kms" };
  const answer = await fetch(job.PreSignedUrl, { method: "PUT", body, headers, duplex: "half" });
  assert.equal(answer.status, 501);
  assert.match(await answer.text(), /<Code>NotImplemented<\/Code>/);
});

test("throttling and trouble are tried again", async () => {
  const getHeader = () => cognito.send(new GetCSVHeaderCommand({ UserPoolId }));
  await control("fault", { fault: "GetCSVHeader:TooManyRequestsException:1" });
  assert.equal((await getHeader()).$metadata.attempts, 2);
  await control("fault", { fault: "GetCSVHeader:InternalErrorException:2" });
  assert.equal((await getHeader()).$metadata.attempts, 3);
  await control("fault", { fault: "GetCSVHeader:InternalErrorException:3" });
  const err = await getHeader().then(() => assert.fail("no error"), (e) => e);
  assert.equal(err.name, "InternalErrorException");
  assert.equal(err.$fault, "server");
  assert.equal(err.$metadata.httpStatusCode, 500);
});

test("who may call", async () => {
  const guessed = new CognitoIdentityProviderClient({ ...config, credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: "guessed" } });
  await refused(guessed.send(new GetCSVHeaderCommand({ UserPoolId })), "InvalidSignatureException");
  const stranger = new CognitoIdentityProviderClient({ ...config, credentials: { accessKeyId: "AKIDSTRANGER", secretAccessKey: "x" } });
  await refused(stranger.send(new GetCSVHeaderCommand({ UserPoolId })), "UnrecognizedClientException");
  await control("fault", { fault: "GetCSVHeader:NotAuthorizedException" });
  const err = await refused(cognito.send(new GetCSVHeaderCommand({ UserPoolId })), "NotAuthorizedException");
  assert.ok(err instanceof NotAuthorizedException);
});
