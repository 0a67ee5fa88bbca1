// The archiver as it runs, one situation at a time. Titles in quotes are the faults of public versions of this service.
import test from "ava";
import { type ArchiveWorld, createArchiveWorld, retentionSeconds } from "../../support/archive-world.ts";
import { type Fault, plannedFaults, resultRef } from "../../support/memory.ts";

const minutes = (count: number) => count * 60_000;
const hours = (count: number) => count * 3_600_000;

/** A world in which one call is disturbed; `meanwhile` is what the user does at that moment. */
function disturbed(
  call: string,
  nth: number,
  meanwhile: "upgrade" | "becomePremium" | "downgrade" | "announce" | undefined,
  fault?: Fault,
) {
  const world: ArchiveWorld = createArchiveWorld({
    kind: "s3",
    faults: plannedFaults([{ call, nth, fault, meanwhile: meanwhile && (() => void world[meanwhile]()) }]),
  });
  return world;
}

test("a result not yet due hides its message for exactly the time that remains, without polling", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  await world.clock.advance(7_000);
  await world.announce();
  await world.clock.advance(0);
  t.deepEqual(world.archiveQueue.waits(), [retentionSeconds - 7]);
  const received = world.archiveQueue.receives();
  await world.clock.advance((retentionSeconds - 8) * 1000);
  t.is(world.archiveQueue.receives(), received);
  t.deepEqual(world.states(), ["AVAILABLE"]);
  await world.clock.advance(1_000);
  t.deepEqual(world.states(), ["ARCHIVED"]);
});

test("a due result of a free user goes to the archive, its log never", async (t) => {
  const world = createArchiveWorld({ kind: "vault" });
  await world.announce();
  await world.clock.advance(minutes(31));
  const job = world.job();
  t.like(job, { result_state: "ARCHIVED", archive_store: "vault" });
  t.deepEqual([...world.archive.archives.keys()], [job.results_file_archive_id ?? ""]);
  t.false(world.hasObject());
  t.is(world.objects.text({ bucket: "results", key: job.s3_key_log_file ?? "" }), "log");
  t.deepEqual(world.archiveQueue.contents(), []);
});

test("a premium user's message is done with at once", async (t) => {
  const world = createArchiveWorld({ kind: "s3", role: "premium_user" });
  await world.announce();
  await world.clock.advance(0);
  t.deepEqual(world.archiveQueue.contents(), []);
  await world.clock.advance(hours(2));
  t.deepEqual(world.states(), ["AVAILABLE"]);
});

for (const [call, nth] of [
  ["users.get", 1],
  ["jobs.apply", 0],
  ["archive.store", 0],
  ["jobs.apply", 1],
  ["objects.delete", 0],
  ["archiveQueue.delete", 0],
] as const) {
  test(`"upgrade while the archiver works": at ${call} ${nth} it ends restored`, async (t) => {
    const world = disturbed(call, nth, "upgrade");
    await world.announce();
    await world.clock.advance(hours(2));
    t.deepEqual(world.states(), ["AVAILABLE"]);
    t.true(world.hasObject());
    t.is(world.archive.archives.size, 0);
    t.deepEqual(world.lost(), []);
  });
}

for (const [call, nth] of [
  ["users.get", 1],
  ["archive.store", 0],
  ["jobs.apply", 1],
  ["objects.delete", 0],
] as const) {
  test(`"upgrade while the archiver works": at ${call} ${nth} the archiver sees it without the restorer's message`, async (t) => {
    const world = disturbed(call, nth, "becomePremium");
    await world.announce();
    // Before any sweep could find it.
    await world.clock.advance(minutes(50));
    t.deepEqual(world.states(), ["AVAILABLE"]);
    t.deepEqual(world.lost(), []);
  });
}

test('"duplicate archive message: the object is gone, the loop dies": the loop goes on', async (t) => {
  const world = createArchiveWorld({ kind: "s3", jobs: 2 });
  await world.announce();
  await world.clock.advance(minutes(31));
  await world.announce();
  await world.announce();
  await world.clock.advance(minutes(1));
  t.deepEqual(world.states(), ["ARCHIVED", "ARCHIVED"]);
  t.is(world.archive.archives.size, 2);
  t.deepEqual(world.archiveQueue.contents(), []);
  t.deepEqual(
    world.log.lines.filter((line) => line.level === "error"),
    [],
  );
});

test('"downgrade never archives": after a fresh free period the result is archived', async (t) => {
  const world = createArchiveWorld({ kind: "s3", role: "premium_user", jobs: 3 });
  await world.clock.advance(hours(24));
  const { awaits: _, ...told } = world.job(0);
  world.jobs.put(told);
  await world.downgrade();
  await world.clock.advance((retentionSeconds - 1) * 1000);
  t.is(world.job(0).awaits, "archiving", "its user is told by mail");
  t.is(world.job(1).awaits, "mail", "where the ending has not been told yet, that comes first");
  t.deepEqual(world.states(), ["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
  await world.clock.advance(2_000);
  t.deepEqual(world.states(), ["ARCHIVED", "ARCHIVED", "ARCHIVED"]);
});

test("a downgrade looks at every page of the user's jobs", async (t) => {
  const world = createArchiveWorld({ kind: "s3", role: "premium_user", jobs: 230 });
  await world.downgrade();
  await world.clock.advance(minutes(40));
  t.is(world.states().filter((state) => state === "ARCHIVED").length, 230);
});

test("a deletion that arrives late cannot hit the restored copy", async (t) => {
  const world = disturbed("objects.delete", 0, "upgrade", { kind: "delay", milliseconds: hours(1) });
  await world.announce();
  await world.clock.advance(hours(3));
  t.deepEqual(world.states(), ["AVAILABLE"]);
  t.deepEqual(world.lost(), []);
});

test("a long upload renews its claim: a second message does not store the result again", async (t) => {
  const world = disturbed("archive.store", 0, "announce", { kind: "delay", milliseconds: minutes(20) });
  await world.announce();
  await world.clock.advance(hours(1));
  t.deepEqual(world.states(), ["ARCHIVED"]);
  t.is(world.jobs.history.filter(({ name }) => name === "claimArchiving").length, 1);
  t.true(world.jobs.history.some(({ name }) => name === "renewArchiving"));
});

test('"claim never released: redelivery stuck for ever": the claim of a dead archiver ends with its lease', async (t) => {
  const world = disturbed("archive.store", 0, undefined, { kind: "crash", effect: "after" });
  await world.announce();
  await world.clock.advance(hours(1));
  t.is(world.crashes(), 1);
  t.deepEqual(world.states(), ["ARCHIVED"]);
  t.is(world.jobs.history.filter(({ name }) => name === "claimArchiving").length, 2);
});

test("a lost answer to `archived` is not taken for a lost claim", async (t) => {
  const world = disturbed("jobs.apply", 1, undefined, { kind: "repeat" });
  await world.announce();
  await world.clock.advance(hours(1));
  t.deepEqual(world.states(), ["ARCHIVED"]);
  t.deepEqual(world.lost(), []);
});

test("storing that fails gives the claim up and is tried again", async (t) => {
  const world = disturbed("archive.store", 0, undefined, { kind: "refuse" });
  await world.announce();
  await world.clock.advance(hours(1));
  t.true(world.jobs.history.some(({ name }) => name === "archivingAbandoned"));
  t.deepEqual(world.states(), ["ARCHIVED"]);
});

test("an object deleted by hand is reported once, not for ever", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  await world.objects.delete(resultRef(world.job()));
  await world.announce();
  await world.clock.advance(hours(24));
  t.deepEqual(world.archiveQueue.contents(), []);
  const errors = world.log.lines.filter((line) => line.level === "error");
  t.deepEqual(
    errors.map(({ message }) => message),
    ["result object is gone: nothing to archive"],
  );
});

test("jobs without a result are done with", async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  const job = world.job();
  world.jobs.put({ ...job, job_status: "FAILED" });
  await world.announce();
  await world.archiveQueue.send({ job_id: crypto.randomUUID(), user_id: "nobody", job_status: "CANCELLED" });
  await world.clock.advance(0);
  t.deepEqual(world.archiveQueue.contents(), []);
});

test('"eval on message bodies": a body that is no message is not run, and reaches the dead letters', async (t) => {
  const world = createArchiveWorld({ kind: "s3" });
  const bodies = ["process.exit(1)", '{"job_id":"../../etc/passwd","user_id":"u","job_status":"COMPLETED"}', "[]"];
  for (const body of bodies) world.archiveQueue.sendRaw(body);
  await world.announce();
  await world.clock.advance(hours(1));
  t.deepEqual(world.archiveQueue.deadLetters, bodies);
  t.deepEqual(world.states(), ["ARCHIVED"]);
});
