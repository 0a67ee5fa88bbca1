// Objects and both archive stores against the emulator.
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { CreateVaultCommand } from "@aws-sdk/client-glacier";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import test from "ava";
import type { Emulator } from "../../../local/types.ts";
import { createArchive } from "../../../runtime/aws/archive.ts";
import { createGlacierClient, createS3Client } from "../../../runtime/aws/clients.ts";
import { createObjectStore } from "../../../runtime/aws/object-store.ts";
import { createS3Archive, restoreStatusOf } from "../../../runtime/aws/s3-archive.ts";
import { ArchiveNotFoundError, ObjectNotFoundError } from "../../../runtime/jobs/errors.ts";
import type { ObjectStore } from "../../../runtime/jobs/ports.ts";
import { testEmulator } from "../../support/emulator.ts";
import { settingsFor } from "./support.ts";

let emulator: Emulator;
let s3: S3Client;
let objects: ObjectStore;
test.before(async () => {
  emulator = await testEmulator();
  s3 = createS3Client(settingsFor(emulator));
  objects = createObjectStore({ client: s3 });
  for (const Bucket of ["results", "archive"]) await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: "results", VersioningConfiguration: { Status: "Enabled" } }));
});
test.after.always(() => emulator?.stop());

const at = (key: string) => ({ bucket: "results", key });
const plain = { contentType: "text/plain" };

test("the probe of either archive gets an answer while the archive is there", async (t) => {
  const settings = settingsFor(emulator);
  await createGlacierClient(settings).send(new CreateVaultCommand({ accountId: "-", vaultName: "probed" }));
  const read = () => Promise.reject(new Error("a probe reads nothing"));
  const named = (kind: "s3" | "vault", name: string) => createArchive({ kind, name, s3, read, settings });
  await t.notThrowsAsync(named("s3", "archive").probe());
  await t.notThrowsAsync(named("vault", "probed").probe());
  await t.throwsAsync(named("s3", "gone").probe());
  await t.throwsAsync(named("vault", "gone").probe());
});

test("an object is written, found, read, read in part and deleted", async (t) => {
  const ref = at("gas/a%40b/file with é+.vcf");
  t.is(await objects.head(ref), undefined);
  await t.throwsAsync(objects.read(ref), { instanceOf: ObjectNotFoundError });
  await objects.write(ref, "0123456789", plain);
  t.like(await objects.head(ref), { bytes: 10, contentType: "text/plain" });
  t.is(await text(await objects.read(ref)), "0123456789");
  t.is(await text(await objects.read(ref, { range: { start: 2, end: 4 } })), "234");
  await objects.delete(ref);
  await objects.delete(ref);
  t.is(await objects.head(ref), undefined);
});

test("a copy is an object of its own, with the content type of its source", async (t) => {
  const [source, copy] = [at("gas/a%40b/from é+.vcf"), at("gas/a%40b/to é+.vcf")];
  await t.throwsAsync(objects.copy(source, copy), { instanceOf: ObjectNotFoundError });
  t.is(await objects.head(copy), undefined);
  await objects.write(source, "0123456789", plain);
  await objects.copy(source, copy);
  await objects.delete(source);
  t.like(await objects.head(copy), { bytes: 10, contentType: "text/plain" });
  t.is(await text(await objects.read(copy)), "0123456789");
});

test("deleting a version leaves what was written since", async (t) => {
  const ref = at("versions");
  await objects.write(ref, "old", plain);
  const old = await objects.head(ref);
  await objects.write(ref, "new", plain);
  await objects.delete(ref, old?.version);
  t.is(await text(await objects.read(ref)), "new");
  const current = await objects.head(ref);
  await objects.delete(ref, current?.version);
  t.is(await objects.head(ref), undefined);
});

test("a stream larger than a part arrives whole", async (t) => {
  const bytes = randomBytes(17 * 1024 * 1024 + 3);
  const pieces = Array.from({ length: 18 }, (_, index) => bytes.subarray(index * 1024 ** 2, (index + 1) * 1024 ** 2));
  await objects.write(at("large"), Readable.from(pieces, { objectMode: false }), plain);
  const back = await buffer(await objects.read(at("large")));
  t.is(createHash("sha256").update(back).digest("hex"), createHash("sha256").update(bytes).digest("hex"));
});

test("a stream that fails, or a write that is aborted, leaves neither object nor parts", async (t) => {
  async function* failing() {
    yield Buffer.alloc(12 * 1024 * 1024);
    throw new Error("the source broke");
  }
  await t.throwsAsync(objects.write(at("failing"), Readable.from(failing(), { objectMode: false }), plain), {
    message: "the source broke",
  });
  const stop = new AbortController();
  async function* endless() {
    yield Buffer.alloc(12 * 1024 * 1024);
    stop.abort();
    for (;;) yield Buffer.alloc(1024 * 1024);
  }
  await t.throwsAsync(
    objects.write(at("aborted"), Readable.from(endless(), { objectMode: false }), { ...plain, signal: stop.signal }),
  );
  t.is(await objects.head(at("failing")), undefined);
  t.is(await objects.head(at("aborted")), undefined);
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: "results" }));
  t.deepEqual(
    Uploads.filter(({ Key }) => Key === "failing" || Key === "aborted"),
    [],
  );
});

test("a download link saves under the file's name, whatever characters it has", async (t) => {
  const ref = at("download");
  await objects.write(ref, "body", plain);
  const url = await objects.presignGet(ref, { expiresSeconds: 60, fileName: 'Gène "1"\r\n.annot.vcf' });
  t.is(await (await fetch(url)).text(), "body");
  t.is(
    new URL(url).searchParams.get("response-content-disposition"),
    `attachment; filename="G_ne _1___.annot.vcf"; filename*=UTF-8''G%C3%A8ne%20%221%22%0D%0A.annot.vcf`,
  );
});

test("with a customer's key the upload form's policy asks for encryption with it, and for no other", async (t) => {
  const uploadKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const sealed = createObjectStore({ client: s3, uploadKeyArn });
  const asked = { expiresSeconds: 60, bytesMin: 1, bytesMax: 9, redirectTo: "http://127.0.0.1/", ...plain };
  const { fields } = await sealed.presignPost(at("gas/u/2~a.vcf"), asked);
  const encryption = {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": uploadKeyArn,
  };
  t.like(fields, encryption);
  const { conditions } = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString()) as { conditions: object[] };
  for (const [name, value] of Object.entries(encryption)) {
    t.true(
      conditions.some((condition) => Reflect.get(condition, name) === value),
      name,
    );
  }
});

test('"size limit only in the browser": the upload form\'s policy fixes key, size, encryption and expiry', async (t) => {
  const { url, fields } = await objects.presignPost(at("gas/u/1~a.vcf"), {
    expiresSeconds: 60,
    bytesMin: 1,
    bytesMax: 153_600,
    redirectTo: "http://127.0.0.1/annotate/job",
    contentType: "application/octet-stream",
  });
  t.is(new URL(url).pathname.replace(/\/$/, ""), "/results");
  const policy = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString()) as {
    expiration: string;
    conditions: unknown[];
  };
  for (const condition of [
    ["content-length-range", 1, 153_600],
    { bucket: "results" },
    { key: "gas/u/1~a.vcf" },
    { "x-amz-server-side-encryption": "AES256" },
    { success_action_redirect: "http://127.0.0.1/annotate/job" },
    { "Content-Type": "application/octet-stream" },
  ]) {
    t.true(
      policy.conditions.some((found) => JSON.stringify(found) === JSON.stringify(condition)),
      JSON.stringify(condition),
    );
  }
  const signedAt = fields["X-Amz-Date"]?.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5") ?? "";
  t.is(Date.parse(policy.expiration) - Date.parse(signedAt), 60_000);

  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob(["##fileformat=VCFv4.2\n"]), "a.vcf");
  const response = await fetch(url, { method: "POST", body: form, redirect: "manual" });
  t.is(response.status, 303);
  t.regex(response.headers.get("location") ?? "", /^http:\/\/127\.0\.0\.1\/annotate\/job\?.*key=gas%2Fu%2F1/);
});

test("s3: an archive is a Glacier object; restored, it can be read; every id is new", async (t) => {
  const source = at("gas/u/2~b c.annot.vcf");
  await objects.write(source, "result", plain);
  const archive = createArchive({ kind: "s3", name: "archive", s3, read: (ref) => objects.read(ref) });
  const { archiveId } = await archive.store(source, { description: "job-2", bytes: 6 });
  const { archiveId: second } = await archive.store(source, { description: "job-2", bytes: 6 });
  t.not(archiveId, second);
  const head = await s3.send(new HeadObjectCommand({ Bucket: "archive", Key: archiveId }));
  t.is(head.StorageClass, "GLACIER");
  t.deepEqual(head.Metadata, { "job-id": "job-2" });
  t.is(await archive.status({ archiveId, requestId: archiveId }), "not-requested");
  await t.throwsAsync(archive.open({ archiveId, requestId: archiveId }), { instanceOf: ArchiveNotFoundError });

  t.deepEqual(await archive.requestRestore(archiveId, "Expedited", "job-2"), {
    requestId: archiveId,
    expectedSeconds: 300,
  });
  t.is(await archive.status({ archiveId, requestId: archiveId }), "ready");
  t.is(await text(await archive.open({ archiveId, requestId: archiveId })), "result");
  await archive.delete(archiveId);
  await archive.delete(archiveId);
  t.is(await archive.status({ archiveId, requestId: archiveId }), "no-such-archive");
  await t.throwsAsync(archive.requestRestore(archiveId, "Standard", "job-2"), { instanceOf: ArchiveNotFoundError });
  await t.throwsAsync(archive.store(at("none"), { description: "", bytes: 1 }), { instanceOf: ObjectNotFoundError });
});

test("all versions of a job's files go, with what marks a deletion; a neighbour's stay; so do archives", async (t) => {
  const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
  const archive = createArchive({ kind: "s3", name: "archive", s3, read: objects.read });
  const versions = async (Bucket: string, id: string) => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: `gas/u/${id}` }),
    );
    return Versions.length + DeleteMarkers.length;
  };
  for (const id of [one, other]) {
    const result = at(`gas/u/${id}~a.annot.vcf`);
    await objects.write(result, "first", plain);
    await objects.write(result, "second", plain);
    await objects.write(at(`gas/u/${id}.2~a.vcf.count.log`), "of another attempt", plain);
    await archive.store(result, { description: id, bytes: 6 });
    await archive.store(result, { description: id, bytes: 6 });
    await objects.delete(result);
  }
  t.deepEqual([await versions("results", one), await versions("archive", one)], [4, 2]);
  await objects.deleteAll("results", `gas/u/${one}`);
  await archive.deleteAll({ archiveId: undefined, prefix: `gas/u/${one}` });
  t.deepEqual([await versions("results", one), await versions("archive", one)], [0, 0]);
  t.deepEqual([await versions("results", other), await versions("archive", other)], [4, 2]);
});

test("s3: the inventory lists every archive with its job, page after page, and what is none", async (t) => {
  await s3.send(new CreateBucketCommand({ Bucket: "listed" }));
  const archive = createArchive({ kind: "s3", name: "listed", s3, read: objects.read });
  const expected = new Map<string, string | undefined>();
  for (let index = 0; index < 3; index += 1) {
    const description = crypto.randomUUID();
    const ref = at(`gas/u/${description}.2~a ${index}.annot.vcf`);
    await objects.write(ref, "x", plain);
    expected.set((await archive.store(ref, { description, bytes: 1 })).archiveId, description);
  }
  await objects.write({ bucket: "listed", key: "by-hand" }, "x", plain);
  expected.set("by-hand", undefined);
  const found = new Map<string, string | undefined>();
  for await (const { archiveId, jobId } of (await archive.inventory()) ?? []) found.set(archiveId, jobId);
  t.deepEqual([...found].sort(), [...expected].sort());
});

test("s3: an object too large for one copy is copied in parts", async (t) => {
  const bytes = randomBytes(11 * 1024 ** 2);
  await objects.write(at("huge"), bytes, plain);
  const mebibytes = (count: number) => count * 1024 ** 2;
  const limits = { copyBytesMax: mebibytes(6), partBytes: mebibytes(5) };
  const archive = createS3Archive({ client: s3, bucket: "archive", ...limits });
  const { archiveId } = await archive.store(at("huge"), { description: "job-3", bytes: bytes.length });
  const { StorageClass } = await s3.send(new HeadObjectCommand({ Bucket: "archive", Key: archiveId }));
  t.is(StorageClass, "GLACIER");
  await archive.requestRestore(archiveId, "Standard", "job-3");
  t.true((await buffer(await archive.open({ archiveId, requestId: archiveId }))).equals(bytes));
});

test("s3: the restore header is read as S3 writes it", (t) => {
  t.is(restoreStatusOf(undefined), "not-requested");
  t.is(restoreStatusOf('ongoing-request="true"'), "in-progress");
  t.is(restoreStatusOf('ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"'), "ready");
});

test("vault: an archive is stored, asked for by a retrieval job, and deleted", async (t) => {
  const glacier = createGlacierClient(settingsFor(emulator));
  await glacier.send(new CreateVaultCommand({ accountId: "-", vaultName: "gas" }));
  const source = at("gas/u/4~d.annot.vcf");
  await objects.write(source, "vault result", plain);
  const archive = createArchive({
    kind: "vault",
    name: "gas",
    s3,
    read: (ref) => objects.read(ref),
    settings: settingsFor(emulator),
  });
  const { archiveId } = await archive.store(source, { description: "job-4", bytes: 12 });
  const { requestId, expectedSeconds } = await archive.requestRestore(archiveId, "Standard", "job-4");
  t.is(expectedSeconds, 5 * 3600);
  t.is(await archive.status({ archiveId, requestId }), "in-progress");
  await t.throwsAsync(archive.store(at("none"), { description: "", bytes: 1 }), { instanceOf: ObjectNotFoundError });
  await archive.delete(archiveId);
});
