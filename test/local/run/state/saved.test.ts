// What outlives a run: saved from one emulator, put back into another.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateVaultCommand, UploadArchiveCommand } from "@aws-sdk/client-glacier";
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import test, { type ExecutionContext } from "ava";
import { type StateClients, stateClients } from "../../../../local/run/state/clients.ts";
import { loadState } from "../../../../local/run/state/load.ts";
import type { Places } from "../../../../local/run/state/places.ts";
import { createSaver } from "../../../../local/run/state/save.ts";
import { fileIn, readSaved } from "../../../../local/run/state/saved.ts";
import type { Job } from "../../../../runtime/contract/job.ts";
import { claim } from "../../../../runtime/jobs/annotation.ts";
import { applied } from "../../../../runtime/jobs/transition.ts";
import { createTables } from "../../../runtime/aws/support.ts";
import { testEmulator } from "../../../support/emulator.ts";
import { completedJob, pendingJob, resultRef, sampleUser } from "../../../support/memory/samples.ts";

const now = 1_790_000_000;

async function world(t: ExecutionContext, archiveStore: Places["archiveStore"]) {
  const emulator = await testEmulator();
  (await createTables(emulator)).destroy();
  const clients = stateClients(emulator);
  t.teardown(async () => {
    clients.destroy();
    await emulator.stop();
  });
  const archiveName = `gas-${archiveStore}`;
  for (const Bucket of ["inputs", "results", ...(archiveStore === "s3" ? [archiveName] : [])]) {
    await clients.s3.send(new CreateBucketCommand({ Bucket }));
  }
  if (archiveStore === "vault") {
    await clients.glacier.send(new CreateVaultCommand({ accountId: "-", vaultName: archiveName }));
  }
  const queue = async (QueueName: string) =>
    (await clients.sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const places: Places = {
    annotationsTable: "annotations",
    usersTable: "users",
    inputsBucket: "inputs",
    resultsBucket: "results",
    archiveStore,
    archiveName,
    archiveQueueUrl: await queue("archive"),
    restoreQueueUrl: await queue("restore"),
  };
  return { emulator, clients, places };
}

const put = (clients: StateClients, Bucket: string, Key: string, Body: string) =>
  clients.s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "text/plain" }));

async function content(clients: StateClients, Bucket: string, Key: string): Promise<string> {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? "";
}

async function archived({ clients, places }: Awaited<ReturnType<typeof world>>, job: Job, result: string) {
  const { archiveStore, archiveName } = places;
  if (archiveStore === "s3") {
    const Key = `${job.s3_key_result_file}.kept`;
    await clients.s3.send(new PutObjectCommand({ Bucket: archiveName, Key, Body: result, StorageClass: "GLACIER" }));
    return Key;
  }
  const archive = new UploadArchiveCommand({ accountId: "-", vaultName: archiveName, body: result });
  const answer = await clients.glacier.send(archive);
  return answer.archiveId ?? "";
}

/** One job at each point of its life, with its files, as a run of the service leaves them. */
async function fill(from: Awaited<ReturnType<typeof world>>) {
  const { clients, places } = from;
  const pending = pendingJob(now, { job_id: "00000000-0000-4000-8000-000000000001" });
  const running = applied(
    claim("i-gone/1", now, 60),
    pendingJob(now, { job_id: "00000000-0000-4000-8000-000000000002" }),
  );
  const available = completedJob(now, { job_id: "00000000-0000-4000-8000-000000000003" });
  const cold = (id: string, fields: Partial<Job>) =>
    completedJob(now, { job_id: id, archive_store: places.archiveStore, ...fields });
  const inArchive = cold("00000000-0000-4000-8000-000000000004", { result_state: "ARCHIVED" });
  const comingBack = cold("00000000-0000-4000-8000-000000000005", {
    user_id: "user-2",
    result_state: "RESTORING",
    restoring: "yes",
    restore_request_id: "of the last run",
  });
  inArchive.results_file_archive_id = await archived(from, inArchive, "in the cold");
  comingBack.results_file_archive_id = await archived(from, comingBack, "on its way");
  const jobs = [pending, running, available, inArchive, comingBack];
  for (const job of jobs) {
    await put(clients, "inputs", job.s3_key_input_file, `input of ${job.job_id}`);
    await clients.tables.put({ TableName: "annotations", Item: job });
  }
  await put(clients, "results", resultRef(available).key, "a result");
  for (const user_id of ["user-1", "user-2"]) {
    await clients.tables.put({ TableName: "users", Item: sampleUser({ user_id }) });
  }
  return { pending, running, available, inArchive, comingBack, jobs };
}

const newDirectory = (t: ExecutionContext) => {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-saved-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

async function messages(clients: StateClients, QueueUrl: string) {
  const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = "" }) => JSON.parse(Body) as Readonly<Record<string, unknown>>);
}

for (const [from, to] of [
  ["s3", "vault"],
  ["vault", "s3"],
] as const) {
  test(`jobs, people, files and archives come back in another run, out of ${from} into ${to}`, async (t) => {
    const directory = newDirectory(t);
    const first = await world(t, from);
    const { pending, running, available, inArchive, comingBack, jobs } = await fill(first);
    await createSaver(first.clients, first.places, directory, undefined).save();

    const second = await world(t, to);
    const { clients, places } = second;
    const loaded = await loadState(clients, places, directory);
    t.is(loaded?.jobs.length, 5);
    const job = async ({ job_id }: Job) =>
      (await clients.tables.get({ TableName: "annotations", Key: { job_id } })).Item as Job;
    t.is((await clients.tables.get({ TableName: "users", Key: { user_id: "user-2" } })).Item?.name, "Rosalind");
    for (const { job_id, s3_key_input_file: key } of jobs) {
      t.is(await content(clients, "inputs", key), `input of ${job_id}`);
    }
    t.is(await content(clients, "results", resultRef(available).key), "a result");

    // What was under way is asked for anew, and belongs to nobody.
    t.like(await job(pending), { job_status: "PENDING", outbox: "job_requests", awaits: "ending" });
    const again = await job(running);
    t.like(again, { job_status: "RUNNING", outbox: "job_requests", awaits: "ending" });
    t.is(again.worker, undefined);
    const back = await job(comingBack);
    t.is(back.result_state, "ARCHIVED");
    t.is(back.restore_request_id, undefined);
    t.deepEqual(await messages(clients, places.restoreQueueUrl), [{ user_id: "user-2" }]);
    t.deepEqual(
      (await messages(clients, places.archiveQueueUrl)).map(({ job_id }) => job_id),
      [available.job_id],
    );

    // Each archive is in this run's store, under the id that its item names; a save out of it has the same bytes.
    for (const each of [await job(inArchive), back]) t.is(each.archive_store, to);
    const third = newDirectory(t);
    const { archives } = await createSaver(clients, places, third, undefined).save();
    const bytes = Object.values(archives).map((file) => readFileSync(fileIn(third, file), "utf8"));
    t.deepEqual(bytes.sort(), ["in the cold", "on its way"]);
    t.true(Object.keys(archives).includes((await job(inArchive)).results_file_archive_id ?? ""));
  });
}

test("what the version before saved comes back: equal results are two archives with the results' bytes", async (t) => {
  const directory = newDirectory(t);
  const { clients, places } = await world(t, "vault");
  const job = (job_id: string, id: string) =>
    completedJob(now, { job_id, archive_store: "vault", result_state: "ARCHIVED", results_file_archive_id: id });
  const jobs = [
    job("00000000-0000-4000-8000-000000000001", "41f0c5c0ae61b0d7e25fcb9af28d5f1c"),
    job("00000000-0000-4000-8000-000000000002", "9c6ed0a5b0e58c5a84a1a9ff8e35a0d2"),
  ];
  const archives = Object.fromEntries(jobs.map(({ job_id, results_file_archive_id: id = "" }) => [id, job_id]));
  mkdirSync(join(directory, "files"));
  for (const { job_id } of jobs) writeFileSync(fileIn(directory, job_id), "equal");
  const state = { version: 2, time: "2026-11-26T12:00:00.000Z", jobs, users: [], objects: [], archives };
  writeFileSync(join(directory, "state.json"), JSON.stringify(state));

  const loaded = await loadState(clients, places, directory);
  t.is(Object.keys(loaded?.archives ?? {}).length, 2);
  const again = newDirectory(t);
  const saved = await createSaver(clients, places, again, undefined).save();
  t.deepEqual(Object.keys(saved.archives).sort(), Object.keys(loaded?.archives ?? {}).sort());
  const bytes = Object.values(saved.archives).map((file) => readFileSync(fileIn(again, file), "utf8"));
  t.deepEqual(bytes, ["equal", "equal"]);
});

test("a save copies what is new and removes what nothing names; one that fails leaves the last one whole", async (t) => {
  const directory = newDirectory(t);
  const { emulator, clients, places } = await world(t, "s3");
  const { available } = await fill({ emulator, clients, places });
  const saver = createSaver(clients, places, directory, undefined);
  const before = await saver.save();
  const files = () => readdirSync(join(directory, "files")).sort();
  const kept = files();
  t.is(kept.length, 5 + 1 + 2);
  await saver.save();
  t.deepEqual(files(), kept, "nothing is copied twice");

  const { key } = resultRef(available);
  await clients.s3.send(new DeleteObjectCommand({ Bucket: "results", Key: key }));
  await put(clients, "inputs", "gas/late.vcf", "late");
  await saver.save();
  const gone = before.objects.find((object) => object.key === key)?.file ?? "";
  t.false(files().includes(gone));
  t.is(files().length, kept.length);

  const last = await readSaved(directory);
  await emulator.stop();
  await t.throwsAsync(saver.save());
  t.deepEqual(await readSaved(directory), last);
});

test("nothing saved is nothing to put back; what another version saved is refused with what to do", async (t) => {
  const directory = newDirectory(t);
  t.is(await readSaved(directory), undefined);
  writeFileSync(join(directory, "tables.json"), "{}");
  await t.throwsAsync(readSaved(directory), {
    message: /saved by another version \(1\); start with --fresh to discard/,
  });
  writeFileSync(join(directory, "state.json"), '{"version":3}');
  await t.throwsAsync(readSaved(directory), { message: /saved by another version \(3\); start with --fresh/ });
  t.false(existsSync(join(directory, "state.json.next")));
});
