// The restorer as it runs, one situation at a time. Titles in quotes are the faults of public versions of this service.
import { Readable } from "node:stream";
import test from "ava";
import { companionKeys } from "../../../runtime/contract/keys.ts";
import { archiveStoreKinds } from "../../../runtime/contract/storage.ts";
import { outcomesOf } from "../../../runtime/restorer/events.ts";
import { storeResult } from "../../../runtime/results/store-result.ts";
import { type ArchiveWorld, type ArchiveWorldOptions, createArchiveWorld } from "../../support/archive-world.ts";
import { createMemoryJobStore, plannedFaults, resultRef } from "../../support/memory.ts";

const minutes = (count: number) => count * 60_000;
const hours = (count: number) => count * 3_600_000;

/** A world whose results are all archived. */
async function archivedWorld(options: ArchiveWorldOptions): Promise<ArchiveWorld> {
  const world = createArchiveWorld(options);
  await world.announce();
  await world.clock.advance(minutes(31));
  return world;
}

for (const kind of archiveStoreKinds) {
  test(`${kind}: "being restored never shown": an upgrade shows RESTORING with its time, then brings all back`, async (t) => {
    const world = await archivedWorld({ kind, jobs: 2 });
    await world.upgrade();
    await world.clock.advance(0);
    t.deepEqual(world.states(), ["RESTORING", "RESTORING"]);
    const job = world.job();
    t.is(job.restore_tier, "Expedited");
    t.true((job.restore_expected_time ?? 0) > (job.restore_requested_time ?? 0));
    await world.clock.advance(minutes(4));
    t.deepEqual(world.states(), ["AVAILABLE", "AVAILABLE"]);
    t.is(world.archive.archives.size, 0);
    t.is(world.job().results_file_archive_id, undefined);
    t.is(world.job().awaits, "restored", "its user is told by mail");
    t.true((world.job().restored_time ?? 0) > (job.restore_requested_time ?? 0));
    t.deepEqual(world.lost(), []);
  });

  test(`${kind}: a result's companions go when it is archived, and come back with it, the same bytes`, async (t) => {
    const world = createArchiveWorld({ kind });
    const ref = resultRef(world.job());
    const companions = () =>
      Object.values(companionKeys(ref.key)).map((key) => world.objects.objects.get(`${ref.bucket}/${key}`)?.body);
    await storeResult(world.objects, ref, Readable.from([Buffer.from(world.objects.text(ref) ?? "")]));
    const before = companions();
    t.true(before.every((body) => body !== undefined));
    await world.announce();
    await world.clock.advance(minutes(31));
    t.deepEqual(world.states(), ["ARCHIVED"]);
    t.deepEqual(companions(), [undefined, undefined, undefined]);
    await world.upgrade();
    await world.clock.advance(minutes(10));
    t.deepEqual(world.states(), ["AVAILABLE"]);
    t.deepEqual(companions(), before);
    t.deepEqual(world.lost(), []);
  });

  test(`${kind}: a lost event is caught by the sweep`, async (t) => {
    const world = await archivedWorld({ kind });
    world.archive.loseNextEvent();
    await world.upgrade();
    await world.clock.advance(minutes(30));
    t.deepEqual(world.states(), ["AVAILABLE"]);
    t.true(world.log.lines.some(({ message }) => message === "completion event is overdue"));
  });

  test(`${kind}: a retrieval that fails is asked for again`, async (t) => {
    const world = await archivedWorld({ kind });
    world.archive.failNext();
    await world.upgrade();
    await world.clock.advance(hours(1));
    t.deepEqual(world.states(), ["AVAILABLE"]);
    t.is(world.archive.requests.length, 2);
  });

  test(`${kind}: without capacity for Expedited it asks for Standard`, async (t) => {
    const world = await archivedWorld({ kind });
    world.archive.unavailable.add("Expedited");
    await world.upgrade();
    await world.clock.advance(minutes(10));
    t.like(world.job(), { result_state: "RESTORING", restore_tier: "Standard" });
    await world.clock.advance(hours(5));
    t.deepEqual(world.states(), ["AVAILABLE"]);
  });
}

test('"lists cut off after one page": all of a user\'s 230 results come back', async (t) => {
  const world = await archivedWorld({ kind: "s3", jobs: 230 });
  await world.upgrade();
  await world.clock.advance(hours(1));
  t.is(world.states().filter((state) => state === "AVAILABLE").length, 230);
});

test('"upgrade while the archiver works": a result in ARCHIVING is waited for, not skipped', async (t) => {
  const faults = plannedFaults([
    { call: "archive.store", nth: 0, fault: { kind: "delay", milliseconds: minutes(30) } },
    // The archiver's own look at the role dies with it: the restorer must not depend on it.
    { call: "restoreTopic.publish", nth: 0, fault: { kind: "crash", effect: "before" } },
  ]);
  const world = createArchiveWorld({ kind: "s3", faults });
  await world.announce();
  await world.clock.advance(minutes(31));
  t.deepEqual(world.states(), ["ARCHIVING"]);
  await world.upgrade();
  await world.clock.advance(minutes(10));
  t.deepEqual(world.states(), ["ARCHIVING"]);
  t.is(world.restoreQueue.contents().length, 1, "the restorer's own message waits: nobody else need tell it again");
  await world.clock.advance(minutes(60));
  t.deepEqual(world.states(), ["AVAILABLE"]);
  t.deepEqual(world.restoreQueue.deadLetters, []);
});

test("the claim of an archiver that died is given up for a premium user", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  const job = world.job();
  world.jobs.put({ ...job, result_state: "ARCHIVING", archive_owner: "dead", archive_lease_until: 1 });
  await world.upgrade();
  await world.clock.advance(minutes(1));
  t.deepEqual(world.states(), ["AVAILABLE"]);
  t.is(world.job().archive_owner, undefined);
});

test("one archive that is gone does not keep the user's others back", async (t) => {
  const world = await archivedWorld({ kind: "vault", jobs: 3 });
  await world.archive.delete(world.job(1).results_file_archive_id ?? "");
  await world.upgrade();
  await world.clock.advance(hours(1));
  t.deepEqual(world.states(), ["AVAILABLE", "ARCHIVED", "AVAILABLE"]);
  t.deepEqual(world.restoreQueue.contents(), []);
  t.true(world.log.lines.some(({ level, message }) => level === "error" && message.startsWith("the archive is gone")));
});

test("a result whose archive lies in another store is an error that tells what to do", async (t) => {
  const world = await archivedWorld({ kind: "s3", jobs: 2 });
  world.jobs.put({ ...world.job(0), archive_store: "vault" });
  await world.upgrade();
  await world.clock.advance(hours(3));
  t.deepEqual(world.states(), ["ARCHIVED", "AVAILABLE"]);
  t.is(world.restoreQueue.deadLetters.length, 1);
  const errors = world.log.lines.filter((line) => line.message === "could not ask for the archive");
  t.regex(String(errors[0]?.fields.err), /archived in store vault, this stack restores from s3/);
});

test("an archive that does not hold the result's bytes is never written back", async (t) => {
  const world = await archivedWorld({ kind: "s3" });
  const id = world.job().results_file_archive_id ?? "";
  (world.archive.archives as Map<string, Buffer>).set(id, Buffer.from("something else"));
  await world.upgrade();
  await world.clock.advance(minutes(10));
  t.deepEqual(world.states(), ["RESTORING"]);
  t.false(world.hasObject());
  t.true(world.log.lines.some(({ fields }) => /the result had/.test(String(fields.err))));
});

test("a user who is free again by the time of the restore is archived again", async (t) => {
  const world = await archivedWorld({ kind: "s3" });
  await world.upgrade();
  await world.clock.advance(minutes(1));
  await world.downgrade();
  await world.clock.advance(hours(2));
  t.deepEqual(world.states(), ["ARCHIVED"]);
  t.false(world.hasObject());
  t.is(world.archive.archives.size, 1);
});

test("a crash between asking and noting it down: the event is adopted", async (t) => {
  const faults = plannedFaults([{ call: "archive.requestRestore", nth: 0, fault: { kind: "crash", effect: "after" } }]);
  const world = await archivedWorld({ kind: "vault", faults });
  await world.upgrade();
  await world.clock.advance(hours(6));
  t.deepEqual(world.states(), ["AVAILABLE"]);
  t.deepEqual(world.eventQueue.deadLetters, []);
});

test("two copies of an upgrade's message, dealt with together, pay for one retrieval of each archive", async (t) => {
  const world = await archivedWorld({ kind: "vault", jobs: 3 });
  world.restoreQueue.duplicateNext();
  await world.upgrade();
  await world.restoreTopic.publish({ user_id: "user-1" });
  await world.clock.advance(minutes(2));
  t.deepEqual(world.states(), ["RESTORING", "RESTORING", "RESTORING"]);
  t.is(world.archive.requests.length, 3);
  await world.clock.advance(hours(1));
  t.deepEqual(world.states(), ["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
  t.is(world.archive.requests.length, 3);
  t.deepEqual(world.restoreQueue.contents(), []);
});

test("a crash after AVAILABLE: the repeated event removes the archive", async (t) => {
  const faults = plannedFaults([{ call: "archive.delete", nth: 0, fault: { kind: "crash", effect: "before" } }]);
  const world = await archivedWorld({ kind: "s3", faults });
  await world.upgrade();
  await world.clock.advance(hours(1));
  t.deepEqual(world.states(), ["AVAILABLE"]);
  t.is(world.archive.archives.size, 0);
});

test("a restored copy that expired before it was copied back is asked for again", async (t) => {
  const world: ArchiveWorld = await archivedWorld({
    kind: "s3",
    faults: plannedFaults([
      {
        call: "archive.open",
        nth: 0,
        meanwhile: () => world.archive.expire(world.job().results_file_archive_id ?? ""),
      },
    ]),
  });
  await world.upgrade();
  await world.clock.advance(hours(1));
  t.deepEqual(world.states(), ["AVAILABLE"]);
  t.true(world.archive.requests.length > 1);
});

test("events of unknown jobs and of other things are done with, and delete nothing", async (t) => {
  const world = await archivedWorld({ kind: "s3" });
  const s3 = (eventName: string, key: string) => ({
    Records: [{ eventName, s3: { bucket: { name: "archive" }, object: { key } } }],
  });
  const unknown = `gas/user-9/${crypto.randomUUID()}~a.annot.vcf.1`;
  for (const event of [
    { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "archive" },
    s3("ObjectRestore:Post", world.job().results_file_archive_id ?? ""),
    s3("ObjectRestore:Completed", unknown),
    s3("ObjectRestore:Completed", "somebody/else"),
    s3("ObjectRestore:Delete", unknown),
    { Action: "InventoryRetrieval", JobId: "i", Completed: true, StatusCode: "Succeeded" },
  ]) {
    await world.eventQueue.send(event);
  }
  await world.clock.advance(minutes(1));
  t.deepEqual(world.eventQueue.contents(), []);
  t.deepEqual(world.states(), ["ARCHIVED"]);
  t.is(world.archive.archives.size, 1);
});

test("an event's key is decoded as S3 encodes it", async (t) => {
  const jobs = createMemoryJobStore();
  const jobId = crypto.randomUUID();
  const event = {
    Records: [
      {
        eventName: "s3:ObjectRestore:Completed",
        s3: { bucket: { name: "archive" }, object: { key: `gas/a%2540b/${jobId}~my+file%2B%C3%A9.annot.vcf.1` } },
      },
    ],
  };
  const archiveId = `gas/a%40b/${jobId}~my file+é.annot.vcf.1`;
  t.deepEqual(await outcomesOf(event, jobs), [
    { jobId, restore: { archiveId, requestId: archiveId }, outcome: "ready" },
  ]);
});

test("a vault notice without a description is found by its retrieval", async (t) => {
  const world = await archivedWorld({ kind: "vault" });
  await world.upgrade();
  await world.clock.advance(0);
  const { job_id, results_file_archive_id: ArchiveId, restore_request_id } = world.job();
  const notice = {
    Action: "ArchiveRetrieval",
    ArchiveId,
    JobId: restore_request_id ?? "",
    JobDescription: null,
    Completed: true,
    StatusCode: "Succeeded" as const,
  };
  t.deepEqual(
    (await outcomesOf(notice, world.jobs)).map((outcome) => outcome.jobId),
    [job_id],
  );
});
