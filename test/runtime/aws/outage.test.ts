// Which errors are outages: the SDK's own, as its clients throw them.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand, HeadObjectCommand, InvalidObjectState, NotFound } from "@aws-sdk/client-s3";
import { SendEmailCommand } from "@aws-sdk/client-sesv2";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import test, { type ExecutionContext } from "ava";
import { createDynamoClient, createS3Client, createSesClient } from "../../../runtime/aws/clients.ts";
import { createMailer } from "../../../runtime/aws/mailer.ts";
import { troubleOf } from "../../../runtime/aws/outage.ts";
import { DeniedError, UnavailableError } from "../../../runtime/jobs/errors.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** A server that answers everything alike. */
async function answering(t: ExecutionContext, status: number, body: string, headers: Record<string, string> = {}) {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      requests += 1;
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // A listening server would keep a failed test's process.
  t.teardown(() => void server.close().closeAllConnections());
  return {
    settings: { endpoint, region: "us-east-1", credentials },
    requests: () => requests,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

const dynamoError = (name: string) =>
  JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "" });
const read = (settings: Parameters<typeof createDynamoClient>[0]) =>
  createDynamoClient(settings).send(new GetCommand({ TableName: "t", Key: { job_id: "j" } }));

/** What the client throws once it has an answer: on a busy machine it may give up connecting first, which is another outage. */
async function answered(t: ExecutionContext, send: () => Promise<unknown>, name: string) {
  for (;;) {
    const error = await t.throwsAsync(send(), { instanceOf: UnavailableError }, name);
    if ((error?.cause as Error | undefined)?.name !== "TimeoutError") return error;
  }
}

test("no connection, 5xx, throttling and refused credentials are outages", async (t) => {
  const gone = await answering(t, 200, "");
  await gone.close();
  await t.throwsAsync(read(gone.settings), {
    instanceOf: UnavailableError,
    message: /DynamoDB is not available: .*REFUSED/,
  });
  for (const [status, name] of [
    [500, "InternalServerError"],
    [400, "ProvisionedThroughputExceededException"],
    [400, "UnrecognizedClientException"],
    [400, "ExpiredTokenException"],
  ] as const) {
    const server = await answering(t, status, dynamoError(name), { "content-type": "application/x-amz-json-1.0" });
    const error = await answered(t, () => read(server.settings), name);
    t.like(error?.cause, { name });
    t.false(error instanceof DeniedError, name);
  }
});

test("a missing permission, policy or key is a refusal, whatever its status; refused credentials are an outage", async (t) => {
  const forbidden = await answering(
    t,
    403,
    "<Error><Code>AccessDenied</Code><Message>not authorized</Message></Error>",
    {
      "content-type": "application/xml",
    },
  );
  const s3 = createS3Client(forbidden.settings);
  await t.throwsAsync(s3.send(new GetObjectCommand({ Bucket: "b", Key: "k" })), {
    instanceOf: DeniedError,
    message: /S3 refuses: AccessDenied \(not authorized\)/,
  });
  // The answer to a HEAD request has no body that names the error.
  await t.throwsAsync(s3.send(new HeadObjectCommand({ Bucket: "b", Key: "k" })), { instanceOf: DeniedError });
  // DynamoDB's comes with status 400: it must not pass for the job's own fault.
  const denied = await answering(t, 400, dynamoError("AccessDeniedException"));
  await t.throwsAsync(read(denied.settings), { instanceOf: DeniedError });
  const unknownKey = await answering(t, 403, "<Error><Code>InvalidAccessKeyId</Code></Error>");
  const error = await t.throwsAsync(
    createS3Client(unknownKey.settings).send(new GetObjectCommand({ Bucket: "b", Key: "k" })),
    { instanceOf: UnavailableError },
  );
  t.false(error instanceof DeniedError);
});

test("what is an answer is thrown as it is", async (t) => {
  const missing = await answering(t, 404, "");
  await t.throwsAsync(createS3Client(missing.settings).send(new HeadObjectCommand({ Bucket: "b", Key: "k" })), {
    instanceOf: NotFound,
  });
  // 403, and yet no refusal: the archive is in cold storage only.
  const cold = await answering(t, 403, "<Error><Code>InvalidObjectState</Code></Error>", {
    "content-type": "application/xml",
  });
  await t.throwsAsync(createS3Client(cold.settings).send(new GetObjectCommand({ Bucket: "b", Key: "k" })), {
    instanceOf: InvalidObjectState,
  });
  const invalid = await answering(t, 400, dynamoError("ValidationException"));
  await t.throwsAsync(read(invalid.settings), { name: "ValidationException" });
  const aborted = Object.assign(new Error("gone"), { name: "AbortError", code: "ECONNRESET" });
  t.is(troubleOf(aborted), undefined);
  t.is(troubleOf(new TypeError("x is not a function")), undefined);
});

test("a mail is sent in one attempt: a second one of the SDK's own could mail twice", async (t) => {
  const failing = await answering(t, 500, "{}");
  const mail = new SendEmailCommand({ FromEmailAddress: "a@b.c", Destination: {}, Content: {} });
  await t.throwsAsync(createSesClient(failing.settings).send(mail), { instanceOf: UnavailableError });
  t.is(failing.requests(), 1);
});

test("the probe of mail gets an answer while the account may send", async (t) => {
  const json = { "content-type": "application/json" };
  const probe = async (status: number, body: object) => {
    const server = await answering(t, status, JSON.stringify(body), json);
    return createMailer({ client: createSesClient(server.settings), from: "a@b.c" }).probe();
  };
  await t.notThrowsAsync(probe(200, { SendingEnabled: true }));
  await t.throwsAsync(probe(200, { SendingEnabled: false }), { instanceOf: UnavailableError, message: /paused/ });
  await t.throwsAsync(probe(503, {}), { instanceOf: UnavailableError });
});
