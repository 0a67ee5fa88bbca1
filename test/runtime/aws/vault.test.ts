// What the emulator has not: uploads in parts, tiers without capacity, retrievals that are forgotten.
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  type GlacierClient,
  InsufficientCapacityException,
  PolicyEnforcedException,
  ResourceNotFoundException,
} from "@aws-sdk/client-glacier";
import test from "ava";
import { blocks } from "../../../runtime/aws/blocks.ts";
import { leafBytes, leafHashes, treeHash } from "../../../runtime/aws/tree-hash.ts";
import { createVaultArchive, partBytesFor } from "../../../runtime/aws/vault-archive.ts";
import { ArchiveNotFoundError, TierUnavailableError } from "../../../runtime/jobs/errors.ts";

type Call = { name: string; input: Record<string, unknown> };

/** A vault that answers by command name, and remembers its calls. */
function stub(answers: Record<string, (input: Record<string, unknown>) => object>, body = Buffer.alloc(0)) {
  const calls: Call[] = [];
  const client = {
    async send(command: { constructor: { name: string }; input: Record<string, unknown> }) {
      const name = command.constructor.name.replace(/Command$/, "");
      calls.push({ name, input: command.input });
      return answers[name]?.(command.input) ?? {};
    },
  } as unknown as GlacierClient;
  const pieces = () => {
    const chunks: Buffer[] = [];
    for (let start = 0; start < body.length; start += 700_001) chunks.push(body.subarray(start, start + 700_001));
    return Readable.from(chunks, { objectMode: false });
  };
  return { calls, archive: createVaultArchive({ client, vault: "gas", read: async () => pieces() }) };
}

const metadata = { $metadata: {}, message: "" };
const source = { bucket: "results", key: "k" };

test("the tree hash is the one Glacier documents", (t) => {
  const sha = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const bytes = randomBytes(2 * leafBytes + 10);
  const [a, b, c] = [
    bytes.subarray(0, leafBytes),
    bytes.subarray(leafBytes, 2 * leafBytes),
    bytes.subarray(2 * leafBytes),
  ];
  t.is(treeHash(leafHashes(bytes)), sha(sha(sha(a), sha(b)), sha(c)).toString("hex"));
  t.is(treeHash(leafHashes(Buffer.alloc(0))), sha(Buffer.alloc(0)).toString("hex"));
  t.is(leafHashes(Buffer.alloc(leafBytes)).length, 1);
});

test("blocks are of one size, whatever the chunks are", async (t) => {
  const bytes = randomBytes(25);
  const cut: Buffer[] = [];
  for await (const block of blocks(
    Readable.from([bytes.subarray(0, 23), bytes.subarray(23)], { objectMode: false }),
    10,
  )) {
    cut.push(block);
  }
  t.deepEqual(
    cut.map(({ length }) => length),
    [10, 10, 5],
  );
  t.true(Buffer.concat(cut).equals(bytes));
});

test("parts are a power of two MiB and fit into 10,000", (t) => {
  const mebibytes = (bytes: number) => bytes / leafBytes;
  t.is(mebibytes(partBytesFor(33 * leafBytes)), 8);
  t.is(mebibytes(partBytesFor(80_000 * leafBytes)), 8);
  t.is(mebibytes(partBytesFor(80_001 * leafBytes)), 16);
});

test("a large archive goes up in parts whose hashes make the whole's", async (t) => {
  const body = randomBytes(41 * leafBytes + 7);
  const { calls, archive } = stub(
    {
      InitiateMultipartUpload: () => ({ uploadId: "up" }),
      CompleteMultipartUpload: () => ({ archiveId: "big" }),
    },
    body,
  );
  t.deepEqual(await archive.store(source, { description: "job", bytes: body.length }), { archiveId: "big" });
  const parts = calls.filter(({ name }) => name === "UploadMultipartPart").map(({ input }) => input);
  t.deepEqual(
    parts.map(({ range }) => range),
    [0, 1, 2, 3, 4, 5].map((part) => {
      const start = part * 8 * leafBytes;
      return `bytes ${start}-${Math.min(body.length, start + 8 * leafBytes) - 1}/*`;
    }),
  );
  t.true(Buffer.concat(parts.map((part) => part.body as Buffer)).equals(body));
  for (const part of parts) t.is(part.checksum, treeHash(leafHashes(part.body as Buffer)));
  const completed = calls.at(-1)?.input;
  t.like(completed, { archiveSize: String(body.length), checksum: treeHash(leafHashes(body)) });
});

test("an upload in parts that fails is aborted, and its own error told", async (t) => {
  const body = Buffer.alloc(41 * leafBytes);
  const { calls, archive } = stub(
    {
      InitiateMultipartUpload: () => ({ uploadId: "up" }),
      UploadMultipartPart: () => {
        throw new Error("no network");
      },
      AbortMultipartUpload: () => {
        throw new Error("no network either");
      },
    },
    body,
  );
  await t.throwsAsync(archive.store(source, { description: "job", bytes: body.length }), { message: "no network" });
  t.is(calls.at(-1)?.name, "AbortMultipartUpload");
});

test("a tier without capacity, or forbidden by the retrieval policy, asks for a slower one", async (t) => {
  for (const error of [new InsufficientCapacityException(metadata), new PolicyEnforcedException(metadata)]) {
    const { archive } = stub({
      InitiateJob: () => {
        throw error;
      },
    });
    await t.throwsAsync(archive.requestRestore("a", "Expedited", "job"), { instanceOf: TierUnavailableError });
  }
});

test("the retrieval carries the job id, so that its notice can be matched", async (t) => {
  const { calls, archive } = stub({ InitiateJob: () => ({ jobId: "r" }) });
  t.deepEqual(await archive.requestRestore("a", "Expedited", "job-9"), { requestId: "r", expectedSeconds: 300 });
  t.deepEqual(calls[0]?.input.jobParameters, {
    Type: "archive-retrieval",
    ArchiveId: "a",
    Tier: "Expedited",
    Description: "job-9",
  });
});

test("what the vault does not know (any more) is told apart from trouble", async (t) => {
  const gone = () => {
    throw new ResourceNotFoundException(metadata);
  };
  const { archive } = stub({ InitiateJob: gone, DescribeJob: gone, GetJobOutput: gone, DeleteArchive: gone });
  const restore = { archiveId: "a", requestId: "r" };
  await t.throwsAsync(archive.requestRestore("a", "Standard", "job"), { instanceOf: ArchiveNotFoundError });
  await t.throwsAsync(archive.open(restore), { instanceOf: ArchiveNotFoundError });
  t.is(await archive.status(restore), "not-requested");
  await t.notThrowsAsync(archive.delete("a"));
});

test("of a deleted job, the archive that its item names goes", async (t) => {
  const { archive, calls } = stub({});
  await archive.deleteAll({ prefix: "gas/u/job", archiveId: undefined });
  await archive.deleteAll({ prefix: "gas/u/job", archiveId: "a" });
  t.deepEqual(
    calls.map(({ name, input }) => [name, input.archiveId]),
    [["DeleteArchive", "a"]],
  );
});

test("the inventory is asked for once, read when it is there, and asked for anew the next time", async (t) => {
  const jobId = crypto.randomUUID();
  const jobs: object[] = [
    { Action: "ArchiveRetrieval", JobId: "r", StatusCode: "Succeeded" },
    { Action: "InventoryRetrieval", JobId: "old", StatusCode: "Failed" },
  ];
  const output = JSON.stringify({
    VaultARN: "arn",
    ArchiveList: [
      { ArchiveId: "a", ArchiveDescription: jobId, Size: 3 },
      { ArchiveId: "b", ArchiveDescription: "holiday pictures" },
      { ArchiveId: "c" },
    ],
  });
  const { archive, calls } = stub({
    // A page each, so that the marker is followed.
    ListJobs: ({ marker = "0" }) => {
      const next = Number(marker) + 1;
      return { JobList: [jobs[Number(marker)]], ...(next < jobs.length ? { Marker: String(next) } : {}) };
    },
    GetJobOutput: () => ({ body: Readable.from([Buffer.from(output)]) }),
  });
  const asked = () => calls.filter(({ name }) => name === "InitiateJob");
  t.is(await archive.inventory(), undefined);
  t.like(asked()[0]?.input, { jobParameters: { Type: "inventory-retrieval", Format: "JSON" } });
  jobs.push({ Action: "InventoryRetrieval", JobId: "i", StatusCode: "InProgress" });
  t.is(await archive.inventory(), undefined);
  t.is(asked().length, 1);
  jobs[2] = { Action: "InventoryRetrieval", JobId: "i", StatusCode: "Succeeded" };
  const stored: object[] = [];
  for await (const entry of (await archive.inventory()) ?? []) stored.push(entry);
  t.deepEqual(stored, [{ archiveId: "a", jobId }, { archiveId: "b" }, { archiveId: "c" }]);
  t.is(await archive.inventory(), undefined);
  t.is(asked().length, 2);
});
