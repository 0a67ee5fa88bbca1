import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import test from "ava";
import { createJobTimes } from "../../../local/capacity/job-times.ts";
import type { Interceptor } from "../../../local/gateway/call.ts";
import { inputKey, logKey, resultKey } from "../../../runtime/contract/keys.ts";
import { until } from "../../support/until.ts";
import { type GatewayWorld, gatewayWorld, role } from "../gateway/world.ts";

const bucket = "files";
const keyOf = (n: number) =>
  inputKey({ prefix: "gas", userId: "u-1", jobId: `0b1c2d3e-4f50-4162-8374-95a6b7c8d9e${n}` }, "a.vcf");

/** Calls that have come, and those of them that are not answered yet. */
let seen = 0;
let under = 0;
/** Given to callers that wait. */
let signs = 0;
let world: GatewayWorld;
let annotator: S3Client;
let web: S3Client;
let direct: S3Client;

test.before(async () => {
  world = await gatewayWorld();
  const capacity = { kind: "workers", jobSeconds: 60, distribution: { kind: "deterministic" }, seed: 1 } as const;
  const capacities = new Map([[role("annotator"), capacity]]);
  const timed = createJobTimes({ clock: world.clock, capacities, signMilliseconds: 100 });
  const jobTimes: Interceptor = async (call, next) => {
    seen += 1;
    under += 1;
    const stillHere = () => {
      signs += 1;
      call.stillHere();
    };
    try {
      return await timed({ ...call, stillHere }, next);
    } finally {
      under -= 1;
    }
  };
  world.gateway.attach({ jobTimes });
  annotator = new S3Client({ ...world.as(role("annotator")), requestChecksumCalculation: "WHEN_REQUIRED" });
  web = new S3Client({ ...world.as(role("web")), requestChecksumCalculation: "WHEN_REQUIRED" });
  direct = new S3Client({ ...world.direct, forcePathStyle: true });
  await direct.send(new CreateBucketCommand({ Bucket: bucket }));
  for (let n = 0; n < 9; n++) {
    await direct.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(n), Body: "##fileformat=VCFv4.2\n" }));
  }
});
test.after.always(() => world?.stop());

const read = async (client: S3Client, Key: string) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Body?.transformToString();
};
const exists = (Key: string) =>
  direct.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
    () => true,
    () => false,
  );

/** Begins to write, and tells whether it is done. Resolves once the gateway has the call. */
async function write(client: S3Client, Key: string, abortSignal = new AbortController().signal) {
  const state = { done: false, failure: undefined as Error | undefined };
  const before = seen;
  const writing = client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "text" }), { abortSignal }).then(
    () => {
      state.done = true;
    },
    (error: Error) => {
      state.failure = error;
    },
  );
  await until("the gateway has the call", () => seen > before);
  return { state, writing };
}

test.serial(
  "an annotator's job takes the declared time, from its input to its result; the log after it is not held",
  async (t) => {
    const input = keyOf(1);
    t.is(await read(annotator, input), "##fileformat=VCFv4.2\n", "the input is read at once");
    world.clock.advance(20_000);
    const result = await write(annotator, resultKey(input));
    world.clock.advance(39_999);
    t.false(result.state.done);
    t.false(await exists(resultKey(input)), "nor is it stored before");
    world.clock.advance(1);
    await result.writing;
    t.true(result.state.done);
    t.true(await exists(resultKey(input)));
    await (await write(annotator, logKey(input))).writing;
    t.true(await exists(logKey(input)));
  },
);

test.serial("a job that fails takes its time as well: its log is what ends it", async (t) => {
  const input = keyOf(2);
  await read(annotator, input);
  const log = await write(annotator, logKey(input));
  t.false(log.state.done);
  world.clock.advance(60_000);
  await log.writing;
  t.true(log.state.done);
});

test.serial("work that has taken longer by itself is not held; nor is anybody else's", async (t) => {
  await read(annotator, keyOf(3));
  world.clock.advance(61_000);
  await (await write(annotator, resultKey(keyOf(3)))).writing;
  await read(web, keyOf(4));
  await (await write(web, resultKey(keyOf(4)))).writing;
  await (await write(annotator, "somebody/else's")).writing;
  t.true(await exists(resultKey(keyOf(4))));
});

test.serial("a worker that goes away from the upload is let go, and nothing is stored", async (t) => {
  const input = keyOf(5);
  await read(annotator, input);
  const gone = new AbortController();
  const result = await write(annotator, resultKey(input), gone.signal);
  gone.abort();
  await result.writing;
  await until("the gateway has noticed", () => under === 0);
  t.is(result.state.failure?.name, "AbortError");
  world.clock.advance(60_000);
  t.false(await exists(resultKey(input)));
  t.deepEqual(world.failures, []);
});

test.serial("a large result, in several parts, is complete only then", async (t) => {
  const input = keyOf(6);
  await read(annotator, input);
  const body = Buffer.alloc(6 * 1024 * 1024, "a");
  const upload = new Upload({ client: annotator, params: { Bucket: bucket, Key: resultKey(input), Body: body } });
  let parts = 0;
  upload.on("httpUploadProgress", () => {
    parts += 1;
  });
  let done = false;
  const uploading = upload.done().then(() => {
    done = true;
  });
  await until("all parts are there, and the last call is held", () => parts === 2 && under === 1);
  t.false(done);
  world.clock.advance(60_000);
  await uploading;
  t.true(await exists(resultKey(input)));
});

test.serial("a client that gives up on silent connections waits on", async (t) => {
  const impatient = new S3Client({
    ...world.as(role("annotator")),
    requestChecksumCalculation: "WHEN_REQUIRED",
    requestHandler: { socketTimeout: 1_000 },
  });
  const input = keyOf(7);
  await read(impatient, input);
  signs = 0;
  const result = await write(impatient, resultKey(input));
  await until("it has waited for longer than that", () => signs > 15 || result.state.failure !== undefined);
  world.clock.advance(60_000);
  await result.writing;
  t.like(result.state, { done: true, failure: undefined });
});
