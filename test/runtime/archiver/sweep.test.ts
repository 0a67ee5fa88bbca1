// What the archiver's sweep finds, whatever the queues and the dead letters hold.
import test from "ava";
import { createArchiver } from "../../../runtime/archiver/archiver.ts";
import { createArchiveSweep } from "../../../runtime/archiver/sweep.ts";
import { archiveStoreKinds } from "../../../runtime/contract/storage.ts";
import { epochSeconds } from "../../../runtime/jobs/ports.ts";
import { createArchiveWorld, retentionSeconds } from "../../support/archive-world.ts";
import { completedJob, createMemoryJobStore, plannedFaults, resultRef } from "../../support/memory.ts";

const hours = (count: number) => count * 3_600_000;

for (const kind of archiveStoreKinds) {
  test(`${kind}: an archive left by a crash between store and its note goes; one named, foreign or in work stays`, async (t) => {
    const faults = plannedFaults([{ call: "archive.store", nth: 0, fault: { kind: "crash", effect: "after" } }]);
    const world = createArchiveWorld({ kind, jobs: 2, faults });
    await world.announce();
    await world.clock.advance(hours(1));
    t.deepEqual(world.states(), ["ARCHIVED", "ARCHIVED"]);
    t.true(world.archive.archives.size > 2, "the crash has left more than items name");
    const foreign = { ...world.job(), job_id: crypto.randomUUID() };
    world.objects.put(resultRef(foreign), "of another stack");
    const { archiveId } = await world.archive.store(resultRef(foreign), { description: foreign.job_id, bytes: 16 });
    await world.clock.advance(hours(25));
    const named = [0, 1].map((index) => world.job(index).results_file_archive_id ?? "");
    t.deepEqual([...world.archive.archives.keys()].sort(), [...named, archiveId].sort());
    t.deepEqual(world.lost(), []);
  });
}

test("an archive whose archiver may yet name it is left alone: its claim lives; once that is over it is fenced off first", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  const job = world.job();
  const now = () => epochSeconds(world.clock);
  world.jobs.put({ ...job, result_state: "ARCHIVING", archive_owner: "slow", archive_lease_until: now() + 120 });
  const { archiveId } = await world.archive.store(resultRef(job), { description: job.job_id, bytes: 1 });
  const sweep = createArchiveSweep({ ...world, name: "sweep", retentionSeconds, orphansEverySeconds: 0 });
  await sweep(world.log);
  t.true(world.archive.archives.has(archiveId));
  await world.clock.advance(121_000);
  await sweep(world.log);
  t.false(world.archive.archives.has(archiveId));
  t.is(world.job().result_state, "AVAILABLE");
  t.not(world.job().archive_owner, "slow", "the slow archiver can no longer name what is gone");
});

test("a downgrade while the index lags: the job that it did not list is archived all the same", async (t) => {
  const world = createArchiveWorld({ kind: "s3", role: "premium_user", jobs: 2 });
  const hidden = world.job(1);
  // The message of the job finds a premium user and is done with; then the index does not show the job to the downgrade.
  await world.announce();
  await world.clock.advance(1_000);
  t.deepEqual(world.archiveQueue.contents(), []);
  const lagging = {
    ...world.jobs,
    listByUser: async (...args: Parameters<typeof world.jobs.listByUser>) => {
      const page = await world.jobs.listByUser(...args);
      return { ...page, items: page.items.filter(({ job_id }) => job_id !== hidden.job_id) };
    },
  };
  await world.users.setPlan("user-1", { role: "free_user" });
  const handle = createArchiver({ ...world, jobs: lagging, name: "archiver", retentionSeconds });
  const handling = {
    log: world.log,
    delivery: { messageId: "m", receiptHandle: "r", body: "", receiveCount: 1 },
    signal: new AbortController().signal,
  };
  t.deepEqual(await handle({ user_id: "user-1", reason: "downgrade" }, handling), { done: true });
  await world.clock.advance(hours(4));
  t.deepEqual(world.states(), ["ARCHIVED", "ARCHIVED"]);
  t.deepEqual(world.lost(), []);
});

test("a due result without a message is archived; an archived one of a premium user without a message comes back", async (t) => {
  const world = createArchiveWorld({ kind: "s3", jobs: 3 });
  await world.clock.advance(hours(4));
  t.deepEqual(world.states(), ["ARCHIVED", "ARCHIVED", "ARCHIVED"]);
  await world.users.setPlan("user-1", { role: "premium_user" });
  await world.clock.advance(hours(3));
  t.deepEqual(world.states(), ["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
  t.deepEqual(world.lost(), []);
});

test("results that are not due, of premium users, or whose object is gone are left alone", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  const time = epochSeconds(world.clock);
  const jobs = createMemoryJobStore([
    completedJob(time - 600, { user_id: "user-1" }),
    completedJob(time - 90_000, { user_id: "user-1", result_missing: "yes" }),
    completedJob(time - 90_000, { user_id: "user-1", archive_due_time: time + 60 }),
    completedJob(time - 90_000, { user_id: "nobody" }),
  ]);
  const sweep = createArchiveSweep({ ...world, jobs, name: "sweep", retentionSeconds });
  await sweep(world.log);
  t.deepEqual(
    world.log.lines.filter(({ level }) => level === "warn"),
    [],
  );
});
