// Uploads in parts through the gateway, as AWS takes them: who signed, how long a part is, how small, which number, whose ETag.
import { CreateBucketCommand, GetObjectCommand, PutBucketCorsCommand, S3Client } from "@aws-sdk/client-s3";
import test from "ava";
import { createPartStore } from "../../../../runtime/aws/part-store.ts";
import type { PartStore } from "../../../../runtime/jobs/ports.ts";
import { type GatewayWorld, gatewayWorld, role } from "../../gateway/world.ts";

const origin = "http://localhost:8080";
const ref = { bucket: "inputs", key: "gas/user~1/4f0c~sample é+.vcf" };
const mebibytes = (count: number) => Buffer.alloc(count * 1024 * 1024, "x");

let world: GatewayWorld;
let s3: S3Client;
let parts: PartStore;
test.before(async () => {
  world = await gatewayWorld();
  s3 = new S3Client({ ...world.as(role("web")), requestChecksumCalculation: "WHEN_REQUIRED" });
  parts = createPartStore(s3);
  await s3.send(new CreateBucketCommand({ Bucket: ref.bucket }));
  const rule = { AllowedOrigins: [origin], AllowedMethods: ["POST", "PUT"], AllowedHeaders: ["content-type"] };
  await s3.send(new PutBucketCorsCommand({ Bucket: ref.bucket, CORSConfiguration: { CORSRules: [rule] } }));
});
test.after.always(() => world?.stop());

const begin = () => parts.begin(ref, { contentType: "application/octet-stream" });

/** As a browser sends it: nothing but the bytes. */
async function put(uploadId: string, number: number, signed: Buffer, sent = signed, expiresSeconds = 60) {
  const url = await parts.presign(ref, uploadId, { number, bytes: signed.length, expiresSeconds });
  const response = await fetch(url, { method: "PUT", body: new Uint8Array(sent), headers: { origin } });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

test.serial("parts that came in any order, one of them twice, are the object once they are put together", async (t) => {
  const uploadId = await begin();
  for (const [number, body] of [
    [2, Buffer.from("the end")],
    [1, mebibytes(6)],
    [1, mebibytes(5)],
  ] as const) {
    const { status, headers } = await put(uploadId, number, body);
    t.is(status, 200);
    t.is(headers.get("access-control-allow-origin"), origin);
  }
  const arrived = (await parts.list(ref, uploadId)) ?? [];
  t.deepEqual(
    arrived.map(({ number, bytes }) => [number, bytes]),
    [
      [1, 5 * 1024 * 1024],
      [2, 7],
    ],
  );
  t.true(await parts.complete(ref, uploadId, arrived));
  const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: ref.bucket, Key: ref.key }));
  t.is((await Body?.transformToByteArray())?.length, 5 * 1024 * 1024 + 7);
  t.is(ContentType, "application/octet-stream");
  t.is(await parts.list(ref, uploadId), undefined);
  t.true(await parts.complete(ref, uploadId, arrived), "once more, as after an answer that was lost");
  await parts.abort(ref, uploadId);
});

test.serial(
  "what AWS refuses is refused: another length, a wrong ETag, a small part, a number too high, a URL too old",
  async (t) => {
    const uploadId = await begin();
    const part = Buffer.from("0123456789");
    t.is((await put(uploadId, 1, part, Buffer.from("012345678"))).status, 403, "shorter than was signed");
    t.is((await put(uploadId, 1, part, Buffer.from("0123456789X"))).status, 403, "longer than was signed");
    t.deepEqual(await parts.list(ref, uploadId), []);
    t.is((await put(uploadId, 10_001, part)).status, 400);
    t.is((await put(uploadId, 10_000, part)).status, 200);
    t.is((await put(uploadId, 1, part)).status, 200);
    const [first, last] = (await parts.list(ref, uploadId)) ?? [];
    if (first === undefined || last === undefined) return t.fail("two parts have arrived");
    await t.throwsAsync(parts.complete(ref, uploadId, [first, last]), { name: "EntityTooSmall" });
    const wrong = { ...last, etag: '"0123456789abcdef0123456789abcdef"' };
    await t.throwsAsync(parts.complete(ref, uploadId, [wrong]), { name: "InvalidPart" });
    t.regex((await put(uploadId, 2, part, part, -1)).text, /expired|Expires/i);
    t.true(await parts.complete(ref, uploadId, [last]));
  },
);

test.serial("an upload that is given up takes no more parts; ending it again is no error", async (t) => {
  const uploadId = await begin();
  const part = Buffer.from("0123456789");
  t.is((await put(uploadId, 1, part)).status, 200);
  const arrived = (await parts.list(ref, uploadId)) ?? [];
  t.is(arrived.length, 1);
  await parts.abort(ref, uploadId);
  await parts.abort(ref, uploadId);
  t.false(await parts.complete(ref, uploadId, arrived), "there is nothing to put together");
  t.is(await parts.list(ref, uploadId), undefined);
  t.is((await put(uploadId, 2, part)).status, 404);
});
