import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import test from "ava";
import { checkPostPolicy, checkPostSize, readPostPolicy } from "../../../../local/aws/s3/post-policy.ts";
import { callsDuring, type GatewayWorld, gatewayWorld, role } from "../../gateway/world.ts";

const Bucket = "inputs";
const Key = "gas/user/4f0c~sample file.vcf";
const web = role("web");
const origin = "http://localhost:8080";
const redirect = `${origin}/annotate/job`;

let world: GatewayWorld;
let s3: S3Client;
test.before(async () => {
  world = await gatewayWorld();
  s3 = new S3Client(world.as(web));
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: {
        CORSRules: [
          { AllowedOrigins: ["https://elsewhere.example"], AllowedMethods: ["GET"], AllowedHeaders: ["*"] },
          {
            AllowedOrigins: [origin],
            AllowedMethods: ["POST"],
            AllowedHeaders: ["content-type"],
            ExposeHeaders: ["ETag", "Location"],
            MaxAgeSeconds: 300,
          },
        ],
      },
    }),
  );
});
test.after.always(() => world?.stop());

type Changes = { fields?: Record<string, string>; without?: string; file?: string | Blob; bucket?: string };

/** A form as the upload page makes it, changed as a test wishes. */
async function post(options: Partial<PresignedPostOptions> = {}, changes: Changes = {}): Promise<Response> {
  const { url, fields } = await createPresignedPost(s3, {
    Bucket,
    Key,
    Expires: 60,
    Fields: { "x-amz-server-side-encryption": "AES256", success_action_redirect: redirect, acl: "private" },
    Conditions: [["content-length-range", 1, 153_600]],
    ...options,
  });
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...changes.fields })) {
    if (name !== changes.without) form.append(name, value);
  }
  form.append("file", new Blob([changes.file ?? "##fileformat=VCFv4.2\n"]), "sample file.vcf");
  const target = changes.bucket === undefined ? url : url.replace(`/${Bucket}`, `/${changes.bucket}`);
  return fetch(target, { method: "POST", body: form, redirect: "manual", headers: { origin } });
}

async function stored(key = Key): Promise<string | undefined> {
  try {
    return await (await s3.send(new GetObjectCommand({ Bucket, Key: key }))).Body?.transformToString();
  } catch {
    return undefined;
  }
}

async function refusedWith(
  t: { is: (a: unknown, b: unknown) => unknown; regex: (a: string, b: RegExp) => unknown },
  answer: Response,
  status: number,
  text: RegExp,
) {
  const body = await answer.text();
  t.is(answer.status, status);
  t.regex(body, text);
}

test.serial("an upload within its policy is stored and the browser is sent on", async (t) => {
  const [call] = await callsDuring(world.gateway, async () => {
    const answer = await post();
    t.is(answer.status, 303);
    const location = new URL(answer.headers.get("location") ?? "");
    t.is(location.origin + location.pathname, redirect);
    t.is(location.searchParams.get("bucket"), Bucket);
    t.is(location.searchParams.get("key"), Key);
    t.regex(location.searchParams.get("etag") ?? "", /^"[0-9a-f]{32}"$/);
  });
  t.like(call, { service: "s3", action: "PostObject", caller: web, resource: `${Bucket}/${Key}`, status: 303 });
  t.is(await stored(), "##fileformat=VCFv4.2\n");
  t.is((await s3.send(new HeadObjectCommand({ Bucket, Key }))).ServerSideEncryption, "AES256");
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: S3's own notation
const openKey = "dir/${filename}";

test.serial("without a redirect the status is the one asked for", async (t) => {
  t.is((await post({ Fields: {} })).status, 204);
  const created = await post({ Fields: { success_action_status: "201" }, Key: openKey });
  t.is(created.status, 201);
  t.regex(await created.text(), /<PostResponse><Location>.*<Bucket>inputs<\/Bucket><Key>dir\/sample file.vcf<\/Key>/);
  t.is(await stored("dir/sample file.vcf"), "##fileformat=VCFv4.2\n");
});

test.serial("a file over the limit is refused whatever its size was said to be, and not stored", async (t) => {
  const answer = await post({ Key: "too-large" }, { file: "x".repeat(153_601) });
  await refusedWith(
    t,
    answer,
    400,
    /<Code>EntityTooLarge<\/Code><Message>Your proposed upload exceeds the maximum allowed size<\/Message><ProposedSize>153601<\/ProposedSize><MaxSizeAllowed>153600</,
  );
  t.is(await stored("too-large"), undefined);
  t.is((await post({ Key: "just-right" }, { file: "x".repeat(153_600) })).status, 303);
});

test.serial("an upload of many megabytes is refused with its reason, not with a broken connection", async (t) => {
  const answer = await post({ Key: "huge" }, { file: new Blob([Buffer.alloc(40_000_000)]) });
  await refusedWith(t, answer, 400, /<Code>EntityTooLarge<\/Code>.*<ProposedSize>40000000</);
});

test.serial("an empty file is refused", async (t) => {
  await refusedWith(t, await post({}, { file: "" }), 400, /<Code>EntityTooSmall<\/Code>/);
});

test.serial("another key, another bucket or another field than the policy says is refused", async (t) => {
  await refusedWith(
    t,
    await post({}, { fields: { key: "gas/other-user/file.vcf" } }),
    403,
    /<Code>AccessDenied<\/Code><Message>Invalid according to Policy: Policy Condition failed: \[&#34;eq&#34;, ?&#34;\$key&#34;/,
  );
  await refusedWith(t, await post({}, { bucket: "results" }), 403, /Policy Condition failed: .*\$bucket/);
  await refusedWith(t, await post({}, { fields: { "x-amz-meta-a": "b" } }), 403, /Extra input fields: x-amz-meta-a</);
  await refusedWith(
    t,
    await post({}, { without: "x-amz-server-side-encryption" }),
    403,
    /Policy Condition failed: .*x-amz-server-side-encryption/,
  );
  t.is(await stored("gas/other-user/file.vcf"), undefined);
});

test.serial("a policy that is over, changed, or signed by nobody we know is refused", async (t) => {
  await refusedWith(t, await post({ Expires: -1 }), 403, /Invalid according to Policy: Policy expired\./);
  const policy = Buffer.from('{"expiration":"2999-01-01T00:00:00Z","conditions":[]}').toString("base64");
  await refusedWith(t, await post({}, { fields: { Policy: policy } }), 403, /<Code>SignatureDoesNotMatch<\/Code>/);
  await refusedWith(t, await post({}, { without: "X-Amz-Security-Token" }), 400, /<Code>InvalidToken<\/Code>/);
  const credential = "ASIANOBODY/20260101/us-east-1/s3/aws4_request";
  await refusedWith(t, await post({}, { fields: { "X-Amz-Credential": credential } }), 403, /InvalidAccessKeyId/);
  await refusedWith(t, await post({}, { without: "Policy" }), 403, /<Code>AccessDenied<\/Code>/);
});

test.serial("a form that is none is refused", async (t) => {
  const send = (body: string, type: string) =>
    fetch(`${world.gateway.endpoint}/${Bucket}`, { method: "POST", body, headers: { "content-type": type } });
  await refusedWith(
    t,
    await send("hello", "multipart/form-data; boundary=x"),
    400,
    /MalformedPOSTRequest|InvalidArgument/,
  );
  await refusedWith(t, await send("hello", "multipart/form-data"), 400, /MalformedPOSTRequest/);
  await refusedWith(
    t,
    await send(
      '--x\r\ncontent-disposition: form-data; name="key"\r\n\r\nk\r\n--x--\r\n',
      "multipart/form-data; boundary=x",
    ),
    400,
    /POST requires exactly one file upload per request/,
  );
});

test.serial("a page of the declared origin may read the answer, errors too; others may not", async (t) => {
  const accepted = await post();
  t.is(accepted.headers.get("access-control-allow-origin"), origin);
  t.is(accepted.headers.get("access-control-expose-headers"), "ETag, Location");
  const refused = await post({ Expires: -1 });
  t.is(refused.status, 403);
  t.is(refused.headers.get("access-control-allow-origin"), origin);
});

test.serial("a preflight is answered by the first rule that fits", async (t) => {
  const ask = (from: string, method: string, headers: string) =>
    fetch(`${world.gateway.endpoint}/${Bucket}`, {
      method: "OPTIONS",
      headers: {
        origin: from,
        "access-control-request-method": method,
        ...(headers === "" ? {} : { "access-control-request-headers": headers }),
      },
    });
  const allowed = await ask(origin, "POST", "Content-Type");
  t.is(allowed.status, 200);
  t.is(allowed.headers.get("access-control-allow-origin"), origin);
  t.is(allowed.headers.get("access-control-allow-methods"), "POST");
  t.is(allowed.headers.get("access-control-allow-headers"), "content-type");
  t.is(allowed.headers.get("access-control-max-age"), "300");
  for (const [from, method, headers] of [
    [origin, "PUT", ""],
    [origin, "POST", "x-other"],
    ["http://evil.example", "POST", ""],
    ["https://elsewhere.example", "POST", ""],
  ] as const) {
    const answer = await ask(from, method, headers);
    t.is(answer.status, 403, `${from} ${method} ${headers}`);
    t.is(answer.headers.get("access-control-allow-origin"), null);
    t.regex(await answer.text(), /CORSResponse: This CORS request is not allowed/);
  }
});

const encoded = (policy: unknown) => Buffer.from(JSON.stringify(policy)).toString("base64");
const expiration = "2026-01-01T00:00:00Z";

test("policies that cannot be read are refused", async (t) => {
  for (const text of [
    "not json",
    "null",
    encoded({ conditions: [] }),
    encoded({ expiration }),
    encoded({ expiration, conditions: ["x"] }),
  ]) {
    const base64 = text.startsWith("n") ? Buffer.from(text).toString("base64") : text;
    t.is((t.throws(() => readPostPolicy(base64)) as Error & { code?: string })?.code, "InvalidPolicyDocument", text);
  }
  const range = encoded({ expiration, conditions: [["content-length-range", 0, -1]] });
  t.throws(() => readPostPolicy(range), { message: /content-length-range/ });
});

test("starts-with, exemptions and both ends of the range", (t) => {
  const policy = readPostPolicy(
    encoded({
      expiration,
      conditions: [
        ["starts-with", "$key", "user/"],
        ["content-length-range", 2, 4],
      ],
    }),
  );
  const before = Date.parse(expiration) - 1;
  const fields = (key: string) =>
    new Map([
      ["key", key],
      ["policy", "…"],
      ["x-amz-signature", "…"],
      ["x-ignore-me", "1"],
    ]);
  t.notThrows(() => checkPostPolicy(policy, fields("user/file"), before));
  t.throws(() => checkPostPolicy(policy, fields("other/file"), before), { message: /starts-with/ });
  t.throws(() => checkPostPolicy(policy, fields("user/file"), before + 1), { message: /Policy expired/ });
  for (const size of [2, 3, 4]) t.notThrows(() => checkPostSize(policy, size));
  t.throws(() => checkPostSize(policy, 1), { message: /smaller/ });
  t.throws(() => checkPostSize(policy, 5), { message: /exceeds/ });
});
