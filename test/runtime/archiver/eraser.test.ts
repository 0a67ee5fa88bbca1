// A deleted job goes with everything that belongs to it, whatever it was doing and whoever dies meanwhile.
import test from "ava";
import { eraseJob } from "../../../runtime/archiver/eraser.ts";
import { createArchiveSweep } from "../../../runtime/archiver/sweep.ts";
import { logKey, resultKey, withCompanions } from "../../../runtime/contract/keys.ts";
import { archiveStoreKinds } from "../../../runtime/contract/storage.ts";
import { markDeleted } from "../../../runtime/jobs/deletion.ts";
import { epochSeconds } from "../../../runtime/jobs/ports.ts";
import { createArchiveWorld, retentionSeconds } from "../../support/archive-world.ts";
import { pendingJob, plannedFaults, resultRef } from "../../support/memory.ts";

const minutes = (count: number) => count * 60_000;

for (const kind of archiveStoreKinds) {
  test(`${kind}: input, result, companions, log and item go at once; other jobs keep theirs`, async (t) => {
    const world = createArchiveWorld({ kind, jobs: 2 });
    const job = world.job();
    world.objects.put({ bucket: "inputs", key: job.s3_key_input_file }, "the input");
    for (const key of withCompanions(job.s3_key_result_file).slice(1))
      world.objects.put({ bucket: "results", key }, "x");
    // An attempt whose worker died left files that no item names.
    world.objects.put({ bucket: "results", key: logKey(job.s3_key_input_file, 2) }, "x");
    world.objects.put({ bucket: "results", key: resultKey(job.s3_key_input_file, 2) }, "x");
    await world.clock.advance(minutes(2));
    await world.remove();
    await world.clock.advance(1_000);
    t.deepEqual(world.leftOf(0), []);
    t.deepEqual(world.archiveQueue.contents(), []);
    t.true(world.hasObject(1));
    t.deepEqual(world.lost(), []);
  });

  test(`${kind}: an archived result goes from the archive; one that is on its way back does not come`, async (t) => {
    const world = createArchiveWorld({ kind, jobs: 2 });
    await world.announce();
    await world.clock.advance(minutes(31));
    t.deepEqual(world.states(), ["ARCHIVED", "ARCHIVED"]);
    await world.remove(0);
    await world.upgrade();
    await world.clock.advance(minutes(1));
    t.is(world.job(1).result_state, "RESTORING");
    await world.remove(1);
    await world.clock.advance(minutes(70));
    t.deepEqual([world.leftOf(0), world.leftOf(1)], [[], []]);
    t.is(world.archive.archives.size, 0);
    for (const queue of [world.archiveQueue, world.restoreQueue, world.eventQueue]) {
      t.deepEqual([queue.contents(), queue.deadLetters], [[], []]);
    }
  });

  for (const [call, nth] of [
    ["archive.deleteAll", 0],
    ["objects.deleteAll", 0],
    ["objects.deleteAll", 1],
    ["jobs.remove", 0],
    ["archiveQueue.delete", 0],
  ] as const) {
    for (const fault of [
      { kind: "crash", effect: "before" },
      { kind: "crash", effect: "after" },
      { kind: "refuse" },
    ] as const) {
      const title = `${fault.kind}${"effect" in fault ? ` ${fault.effect}` : ""}`;
      test(`${kind}: ${title} at ${call} (${nth}) leaves nothing of the job`, async (t) => {
        const world = createArchiveWorld({ kind, faults: plannedFaults([{ call, nth, fault }]) });
        world.objects.put({ bucket: "inputs", key: world.job().s3_key_input_file }, "the input");
        await world.clock.advance(minutes(2));
        await world.remove();
        await world.clock.advance(minutes(5));
        t.deepEqual(world.leftOf(), []);
        t.deepEqual([world.archiveQueue.contents(), world.archiveQueue.deadLetters], [[], []]);
      });
    }
  }
}

test("a deletion whose message is lost is finished by the sweep, once it is overdue", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  await world.clock.advance(minutes(2));
  await world.jobs.apply(world.job().job_id, markDeleted(epochSeconds(world.clock)));
  const sweep = createArchiveSweep({ ...world, name: "sweep", retentionSeconds, overdueSeconds: 600 });
  await sweep(world.log);
  await world.clock.advance(minutes(1));
  t.true(world.leftOf().length > 0, "its message may just be at work");
  await world.clock.advance(minutes(10));
  await sweep(world.log);
  await world.clock.advance(1_000);
  t.deepEqual(world.leftOf(), []);
});

test("files that a worker writes after the deletion go, too: the item stays until the worker's claim is over", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  const start = epochSeconds(world.clock);
  const running = pendingJob(start, { job_status: "RUNNING", worker: "w", attempts: 1, lease_until: start + 300 });
  world.jobs.put(running);
  await world.jobs.apply(running.job_id, markDeleted(start));
  const first = await eraseJob(world, running.job_id, world.log);
  t.deepEqual(first, { retryAfterSeconds: 360 });
  const late = { bucket: "results", key: resultKey(running.s3_key_input_file) };
  world.objects.put(late, "written late");
  await world.clock.advance(360_000);
  t.deepEqual(await eraseJob(world, running.job_id, world.log), { done: true });
  t.is(world.objects.text(late), undefined);
  t.false(world.jobs.jobs.has(running.job_id));
});

test("a message of deletion does nothing to a job that is not marked, nor to one that is gone", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  const job = world.job();
  for (const id of [job.job_id, crypto.randomUUID()]) {
    t.deepEqual(await eraseJob(world, id, world.log), { done: true });
  }
  t.deepEqual(world.job(), job);
  t.not(world.objects.text(resultRef(job)), undefined);
});

test("what lies in another kind of archive is not forgotten: the item stays, and an error says what to do", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  const job = { ...world.job(), archive_store: "vault" as const, results_file_archive_id: "a" };
  world.jobs.put(job);
  await world.jobs.apply(job.job_id, markDeleted(epochSeconds(world.clock)));
  await t.throwsAsync(() => eraseJob(world, job.job_id, world.log), {
    message: /archived in store vault, this stack's is s3/,
  });
  t.true(world.jobs.jobs.has(job.job_id));
});
