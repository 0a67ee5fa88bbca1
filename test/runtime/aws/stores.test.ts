// The stores on DynamoDB, against the emulator, held to the ones in memory.
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import test from "ava";
import fc from "fast-check";
import type { Emulator } from "../../../local/types.ts";
import { createEventStore } from "../../../runtime/aws/event-store.ts";
import { createJobStore } from "../../../runtime/aws/job-store.ts";
import { createSubmissionKeys } from "../../../runtime/aws/submission-keys.ts";
import { createUserStore } from "../../../runtime/aws/user-store.ts";
import type { Job } from "../../../runtime/contract/job.ts";
import type { User } from "../../../runtime/contract/user.ts";
import * as annotation from "../../../runtime/jobs/annotation.ts";
import * as archival from "../../../runtime/jobs/archival.ts";
import * as deletion from "../../../runtime/jobs/deletion.ts";
import { InvalidCursorError } from "../../../runtime/jobs/errors.ts";
import * as notices from "../../../runtime/jobs/notices.ts";
import { everyItem } from "../../../runtime/jobs/periodic.ts";
import * as sharing from "../../../runtime/jobs/sharing.ts";
import type { Transition } from "../../../runtime/jobs/transition.ts";
import { testEmulator } from "../../support/emulator.ts";
import {
  completedJob,
  createMemoryEventStore,
  createMemoryJobStore,
  createMemorySubmissionKeys,
  createMemoryUserStore,
  pendingJob,
  sampleUser,
} from "../../support/memory.ts";
import { createTables } from "./support.ts";

let emulator: Emulator;
let client: DynamoDBDocumentClient;

test.before(async () => {
  emulator = await testEmulator();
  client = await createTables(emulator);
});
test.after.always(async () => {
  client?.destroy();
  await emulator?.stop();
});

const start = 1_767_225_600;
const jobStore = () => createJobStore({ client, table: "annotations" });

/** Every transition of the two lives, by several actors, around the borders of their leases. */
const time = fc.integer({ min: start - 2, max: start + 2 });
const owner = fc.constantFrom("a", "b");
const by = fc.record({ worker: owner, attempt: fc.integer({ min: 1, max: 2 }) });
const archiveId = fc.constantFrom("archive-1", "archive-2");
const requestId = fc.constantFrom("request-1", "request-2");
const notice = fc.constantFrom("archiving" as const, "restored" as const);
const next = fc.option(notice, { nil: undefined });
const request = requestId.map((id) => ({ id, tier: "Standard", expectedSeconds: 60 }) as const);
const transition: fc.Arbitrary<Transition> = fc.oneof(
  fc.constantFrom("job_requests" as const, "job_results" as const).map(annotation.published),
  fc.tuple(owner, time).map(([worker, now]) => annotation.claim(worker, now, 1)),
  fc.tuple(by, time).map(([claim, now]) => annotation.heartbeat(claim, now, 1, { records: 5, percent: 50.4 })),
  fc.tuple(owner, time).map(([worker, now]) => annotation.takeOver(worker, now, 1)),
  fc
    .tuple(by, time, fc.constantFrom("job" as const, "outside" as const))
    .map(([claim, now, reason]) => annotation.release(claim, now, reason)),
  fc.tuple(time, fc.option(time, { nil: undefined })).map(([now, last]) => annotation.requestAgain(now, last)),
  fc.tuple(by, time).map(([claim, now]) =>
    annotation.complete(claim, now, {
      s3_results_bucket: "results",
      s3_key_result_file: "k.annot.vcf",
      s3_key_log_file: "k.vcf.count.log",
      result_bytes: 3,
      result_sha256: "00",
      records: 9,
    }),
  ),
  fc.tuple(by, time).map(([claim, now]) => annotation.fail(claim, now, { reason: "bad", line: 3 })),
  time.map(annotation.cancel),
  fc.tuple(owner, time).map(([name, now]) => notices.claimNotice(name, now, 1)),
  owner.map(notices.noticeReleased),
  fc.tuple(owner, time, next).map(([name, now, awaited]) => notices.notified(name, now, awaited)),
  next.map(notices.notNotified),
  fc.tuple(notice, owner, time).map(([kind, name, now]) => notices.claimResultNotice(kind, name, now, 1)),
  owner.map(notices.resultNoticed),
  notice.map(notices.resultNotNoticed),
  fc.constant(notices.awaitArchivingNotice()),
  fc.tuple(owner, time).map(([name, now]) => archival.claimArchiving(name, now, 1)),
  fc.tuple(owner, time).map(([name, now]) => archival.renewArchiving(name, now, 1)),
  owner.map((name) => archival.archivingAbandoned(name)),
  owner.map((name) => archival.archivingAbandoned(name, "yes")),
  fc
    .tuple(archiveId, owner, time, fc.option(requestId, { nil: undefined }))
    .map(([id, name, now, old]) =>
      archival.claimRestore(id, name, now, 1, old === undefined ? undefined : { requestId: old }),
    ),
  owner.map(archival.restoreReleased),
  fc.tuple(owner, archiveId).map(([name, id]) => archival.archived(name, { id, store: "s3" })),
  fc.tuple(archiveId, request, time).map(([id, asked, now]) => archival.restoreRequested(id, asked, now)),
  fc
    .tuple(archiveId, request, time, requestId)
    .map(([id, asked, now, old]) => archival.restoreRequested(id, asked, now, { requestId: old })),
  fc.tuple(archiveId, time).map(([id, now]) => archival.restored(id, now)),
  archiveId.map(archival.restoreFailed),
  time.map((now) => archival.dueAgain(now, 60)),
  { weight: 1, arbitrary: time.map(deletion.markDeleted) },
  time.map((until) => sharing.share("00", until)),
  fc.constant(sharing.unshare()),
);

test("a conditional write and its description in memory agree on every outcome and every item", async (t) => {
  const dynamo = jobStore();
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(transition, { minLength: 5, maxLength: 30 }), async (done, transitions) => {
      const job = done ? completedJob(start) : pendingJob(start);
      const memory = createMemoryJobStore([job]);
      await dynamo.create(job);
      for (const next of transitions) {
        const [expected, actual] = [await memory.apply(job.job_id, next), await dynamo.apply(job.job_id, next)];
        t.deepEqual(actual, expected, next.name);
        if (actual.applied) seen.set(next.name, (seen.get(next.name) ?? 0) + 1);
      }
      t.deepEqual(await dynamo.get(job.job_id), await memory.get(job.job_id));
    }),
    {
      numRuns: 25,
      // What chance seldom strings together.
      examples: [
        [
          true,
          [
            archival.dueAgain(start, 60),
            archival.claimArchiving("a", start, 1),
            archival.archived("a", { id: "archive-1", store: "s3" }),
          ],
        ],
        [false, [annotation.published("job_requests"), annotation.claim("a", start, 1)]],
      ],
    },
  );
  for (const name of ["claim", "claimArchiving", "archived", "dueAgain", "published"]) t.true(seen.has(name), name);
});

test("every kind of condition means the same in both stores", async (t) => {
  const dynamo = jobStore();
  const job = pendingJob(start, { attempts: 2 });
  const memory = createMemoryJobStore([job]);
  await dynamo.create(job);
  for (const when of [
    { attribute: "attempts", is: "before", to: 2 },
    { attribute: "attempts", is: "before", to: 3 },
    { attribute: "attempts", is: "after", to: 2 },
    { attribute: "attempts", is: "after", to: 1 },
    { attribute: "lease_until", is: "before", to: 5 },
    { attribute: "lease_until", is: "after", to: 5 },
    { attribute: "worker", is: "different", to: "a" },
    { attribute: "worker", is: "equal", to: "a" },
    { attribute: "worker", is: "absent" },
    { attribute: "outbox", is: "present" },
    { attribute: "outbox", is: "absent" },
  ] as const) {
    const change: Transition = { name: "change", when: [[when]], set: { failure_line: 1 } };
    t.deepEqual(await dynamo.apply(job.job_id, change), await memory.apply(job.job_id, change), JSON.stringify(when));
  }
});

test('"refresh of the redirect page resets a finished job": creation never overwrites', async (t) => {
  const store = jobStore();
  const job = completedJob(start);
  t.is(await store.create(job), "created");
  t.is(await store.create(pendingJob(start, { job_id: job.job_id })), "exists");
  t.is((await store.get(job.job_id))?.job_status, "COMPLETED");
});

test("a transition of a job that does not exist is refused and creates nothing", async (t) => {
  const store = jobStore();
  const id = crypto.randomUUID();
  const anything: Transition = { name: "any", when: [[{ attribute: "worker", is: "absent" }]], set: { attempts: 1 } };
  t.deepEqual(await store.apply(id, anything), { applied: false, job: undefined });
  t.is(await store.get(id), undefined);
});

test("a user's jobs come newest first, page by page, and nobody else's", async (t) => {
  const store = jobStore();
  const user_id = "lister";
  for (let index = 0; index < 7; index += 1) await store.create(pendingJob(start + index, { user_id }));
  await store.create(pendingJob(start, { user_id: "somebody else" }));
  const times: number[] = [];
  for await (const job of everyItem<Job>((page) => store.listByUser(user_id, page), 3)) times.push(job.submit_time);
  t.deepEqual(
    times,
    [6, 5, 4, 3, 2, 1, 0].map((offset) => start + offset),
  );
});

test("a cursor of another user's list, of another list or of nothing is refused", async (t) => {
  const store = jobStore();
  for (const user_id of ["mine", "yours"]) {
    for (let index = 0; index < 3; index += 1) await store.create(pendingJob(start + index, { user_id }));
  }
  const { cursor = "" } = await store.listByUser("yours", { limit: 1 });
  t.not(cursor, "");
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const key = { user_id: "mine", submit_time: start, job_id: crypto.randomUUID() };
  for (const wrong of [
    cursor,
    "",
    "%%%",
    forged(key),
    forged(["outbox_index", key]),
    forged(["user_id_index", { ...key, submit_time: "1" }]),
    forged(["user_id_index", { ...key, extra: 1 }]),
    forged(["user_id_index", null]),
    Buffer.from(`["user_id_index",${JSON.stringify(key).replace(String(start), "1e400")}]`).toString("base64url"),
    ...["1e-300", "1.5", "-0", "12345678901234567890"].map((time) =>
      Buffer.from(`["user_id_index",${JSON.stringify(key).replace(String(start), time)}]`).toString("base64url"),
    ),
    forged(["user_id_index", { ...key, job_id: "" }]),
    forged(["user_id_index", { ...key, job_id: "x".repeat(1_025) }]),
  ]) {
    await t.throwsAsync(store.listByUser("mine", { limit: 1, cursor: wrong }), { instanceOf: InvalidCursorError });
  }
});

test("what DynamoDB refuses of a query with a cursor is the cursor's fault; without one it is not", async (t) => {
  const refusing = {
    send: async () => {
      throw Object.assign(new Error("The provided starting key is outside query boundaries"), {
        name: "ValidationException",
      });
    },
  } as unknown as DynamoDBDocumentClient;
  const store = createJobStore({ client: refusing, table: "annotations" });
  const key = { user_id: "mine", submit_time: start, job_id: crypto.randomUUID() };
  const cursor = Buffer.from(JSON.stringify(["user_id_index", key])).toString("base64url");
  await t.throwsAsync(store.listByUser("mine", { limit: 1, cursor }), { instanceOf: InvalidCursorError });
  await t.throwsAsync(store.listByUser("mine", { limit: 1 }), { name: "ValidationException" });
});

test("the sparse indexes list what waits, oldest first, and only what is old enough", async (t) => {
  const store = jobStore();
  const old = pendingJob(1_000, { user_id: "outbox" });
  const young = pendingJob(2_000, { user_id: "outbox" });
  const told = pendingJob(500, { user_id: "outbox" });
  for (const job of [young, old, told]) await store.create(job);
  await store.apply(told.job_id, annotation.published("job_requests"));
  const waiting = await store.listOutbox("job_requests", 2_000, { limit: 100 });
  t.deepEqual(
    waiting.items.filter(({ user_id }) => user_id === "outbox"),
    [old],
  );

  const restoring = { result_state: "RESTORING", restoring: "yes", user_id: "restore" } as const;
  const early = completedJob(start, { ...restoring, restore_requested_time: 100 });
  const late = completedJob(start, { ...restoring, restore_requested_time: 300 });
  for (const job of [late, early]) await store.create(job);
  const mine = async (before: number) =>
    (await store.listRestoring(before, { limit: 100 })).items
      .filter(({ user_id }) => user_id === "restore")
      .map(({ job_id }) => job_id);
  t.deepEqual(await mine(301), [early.job_id, late.job_id]);
  t.deepEqual(await mine(300), [early.job_id]);
});

test("jobs that a sweep looks after, and results by their state, are listed alike by both stores", async (t) => {
  const store = jobStore();
  const user_id = "swept";
  const given = [
    pendingJob(start - 30, { user_id }),
    pendingJob(start + 30, { user_id }),
    completedJob(start - 20, { user_id, awaits: "mail" }),
    completedJob(start - 40, { user_id, archive_due_time: start + 5, result_missing: "yes" }),
    completedJob(start - 60, { user_id, result_state: "ARCHIVED" }),
  ];
  const memory = createMemoryJobStore(given);
  for (const job of given) await store.create(job);
  const mine = new Set(given.map(({ job_id }) => job_id));
  const ours = (page: { items: readonly { job_id: string }[] }) => page.items.filter(({ job_id }) => mine.has(job_id));
  const all = { limit: 1_000 };
  for (const what of ["ending", "mail"] as const) {
    const expected = ours(await memory.listAwaiting(what, start, all));
    t.deepEqual(ours(await store.listAwaiting(what, start, all)).map(sorted), expected.map(sorted), what);
    t.true(expected.length > 0, what);
  }
  for (const state of ["AVAILABLE", "ARCHIVED"] as const) {
    const expected = ours(await memory.listResults(state, start, all));
    t.deepEqual(ours(await store.listResults(state, start, all)).map(sorted), expected.map(sorted), state);
    t.true(expected.length > 0, state);
  }
});

/** An index's items come with the state that was asked for. */
const sorted = ({ result_state, awaits, ...entry }: object & { result_state?: string; awaits?: string }) =>
  Object.fromEntries(Object.entries(entry).sort());

test("a job that is being deleted is not listed, and only such a one is removed; a page is not empty before the end", async (t) => {
  const store = jobStore();
  const user_id = "deleting";
  const jobs = [1, 2, 3, 4].map((age) => pendingJob(start - age, { user_id }));
  const memory = createMemoryJobStore(jobs);
  for (const job of jobs) await store.create(job);
  const [first, second, kept] = jobs.map(({ job_id }) => job_id) as [string, string, string];
  for (const each of [store, memory]) {
    for (const id of [first, second]) t.true((await each.apply(id, deletion.markDeleted(start))).applied);
    const page = await each.listByUser(user_id, { limit: 1 });
    t.deepEqual(
      page.items.map(({ job_id }) => job_id),
      [kept],
    );
    const awaiting = (await each.listAwaiting("deletion", start, { limit: 100 })).items.map(({ job_id }) => job_id);
    t.deepEqual(awaiting, [second, first]);
    for (const id of [first, first, kept, crypto.randomUUID()]) await each.remove(id);
    t.is(await each.get(first), undefined);
    t.is((await each.get(kept))?.job_id, kept);
  }
});

test("users: both stores answer the same", async (t) => {
  const dynamo = createUserStore({ client, table: "users" });
  const memory = createMemoryUserStore();
  const check = { sent: [start], open: { email: "r@example.org", hash: "00", expires: start + 60 } };
  const token = { token_id: "t1", label: "laptop", hash: "00", created_time: start };
  const steps = [
    (store: typeof dynamo) => store.get("user-1"),
    (store: typeof dynamo) => store.createIfAbsent(sampleUser()),
    (store: typeof dynamo) => store.createIfAbsent(sampleUser({ name: "Somebody else", role: "premium_user" })),
    (store: typeof dynamo) =>
      store.updateProfile("user-1", { name: "R", email: "r@example.org", institution: "King's" }),
    (store: typeof dynamo) => store.setMailsOff("user-1", ["completed", "restored"]),
    (store: typeof dynamo) => store.setMailsOff("user-1", []),
    (store: typeof dynamo) => store.setPlan("user-1", { role: "premium_user", stripe_customer_id: "cus_1" }),
    (store: typeof dynamo) => store.setPlan("user-1", { role: "premium_user", stripe_subscription_id: "sub_1" }),
    (store: typeof dynamo) => store.planTold("user-1", "free_user"),
    (store: typeof dynamo) => store.get("user-1"),
    (store: typeof dynamo) => store.planTold("user-1", "premium_user"),
    (store: typeof dynamo) => store.get("user-1"),
    (store: typeof dynamo) => store.setIdentityEmail("user-1", "r@idp.example"),
    (store: typeof dynamo) => store.setIdentityEmail("user-1", undefined),
    (store: typeof dynamo) => store.setEmailCheck("user-1", undefined, check),
    (store: typeof dynamo) => store.setEmailCheck("user-1", undefined, check),
    (store: typeof dynamo) => store.setEmailCheck("user-1", { ...check, sent: [1] }, check),
    (store: typeof dynamo) => store.setEmailCheck("user-1", check, { ...check, sent: [start, start + 1] }),
    (store: typeof dynamo) => store.verifyEmail("user-1", "ff"),
    (store: typeof dynamo) => store.verifyEmail("user-1", "00"),
    (store: typeof dynamo) => store.verifyEmail("user-1", "00"),
    (store: typeof dynamo) => store.get("user-1"),
    (store: typeof dynamo) => store.setCustomer("user-1", "cus_2", undefined),
    (store: typeof dynamo) => store.setCustomer("user-1", "cus_2", "cus_0"),
    (store: typeof dynamo) => store.setCustomer("user-1", "cus_2", "cus_1"),
    (store: typeof dynamo) => store.claimSubscribe("user-1", { id: "a", now: start, until: start + 60 }),
    (store: typeof dynamo) => store.claimSubscribe("user-1", { id: "b", now: start + 59, until: start + 120 }),
    (store: typeof dynamo) => store.releaseSubscribe("user-1", "b", true),
    (store: typeof dynamo) => store.releaseSubscribe("user-1", "a", false),
    (store: typeof dynamo) => store.get("user-1"),
    (store: typeof dynamo) => store.claimSubscribe("user-1", { id: "c", now: start + 59, until: start + 120 }),
    (store: typeof dynamo) => store.get("user-1"),
    (store: typeof dynamo) => store.claimSubscribe("user-1", { id: "d", now: start + 120, until: start + 180 }),
    (store: typeof dynamo) => store.releaseSubscribe("user-1", "a", true),
    (store: typeof dynamo) => store.get("user-1"),
    (store: typeof dynamo) => store.releaseSubscribe("user-1", "a", true),
    (store: typeof dynamo) => store.claimSubscribe("user-1", { id: "e", now: start, until: start + 60 }),
    (store: typeof dynamo) => store.setPlan("user-1", { role: "free_user", stripe_subscription_id: null }),
    (store: typeof dynamo) => store.addApiToken("user-1", token),
    (store: typeof dynamo) => store.addApiToken("user-1", { ...token, token_id: "t2" }),
    (store: typeof dynamo) => store.removeApiToken("user-1", "t1"),
    (store: typeof dynamo) => store.removeApiToken("user-1", "no such token"),
    (store: typeof dynamo) => store.get("user-1"),
  ];
  for (const step of steps) t.deepEqual(await step(dynamo), await step(memory));
  await t.throwsAsync(dynamo.setPlan("nobody", { role: "premium_user" }), { message: /no user nobody/ });
  await t.throwsAsync(dynamo.addApiToken("nobody", token), { message: /no user nobody/ });
  await t.throwsAsync(dynamo.updateProfile("nobody", { name: "", email: "", institution: "" }), {
    message: /no user nobody/,
  });
});

test("of two upgrades at once exactly one has changed the role", async (t) => {
  const store = createUserStore({ client, table: "users" });
  await store.createIfAbsent(sampleUser({ user_id: "twice" }));
  const outcomes = await Promise.all([1, 2, 3].map(() => store.setPlan("twice", { role: "premium_user" })));
  t.is(outcomes.filter(({ roleChanged }) => roleChanged).length, 1);
});

test("of several purchases claimed at once exactly one is let in", async (t) => {
  const store = createUserStore({ client, table: "users" });
  await store.createIfAbsent(sampleUser({ user_id: "buyer" }));
  const claims = await Promise.all(
    ["a", "b", "c", "d"].map((id) => store.claimSubscribe("buyer", { id, now: start, until: start + 60 })),
  );
  t.is(claims.filter((claim) => claim !== undefined).length, 1);
});

test("tokens added at once are all kept", async (t) => {
  const store = createUserStore({ client, table: "users" });
  await store.createIfAbsent(sampleUser({ user_id: "tokens" }));
  const token = (token_id: string) => ({ token_id, label: "", hash: "00", created_time: start });
  await Promise.all(["a", "b", "c"].map((id) => store.addApiToken("tokens", token(id))));
  t.deepEqual((await store.get("tokens"))?.api_tokens?.map(({ token_id }) => token_id).sort(), ["a", "b", "c"]);
});

test("the last use of a token is set in its place, whatever became of the list: in both stores", async (t) => {
  for (const store of [createUserStore({ client, table: "users" }), createMemoryUserStore()]) {
    await store.createIfAbsent(sampleUser({ user_id: "uses" }));
    const token = (token_id: string) => ({ token_id, label: "", hash: "00", created_time: start });
    for (const id of ["a", "b", "c"]) await store.addApiToken("uses", token(id));
    const read = (await store.get("uses")) as User;
    await Promise.all(["a", "b"].map((id) => store.apiTokenUsed(read, id, start + 1)));
    await store.removeApiToken("uses", "a");
    await store.apiTokenUsed(read, "a", start + 2);
    await store.apiTokenUsed(read, "none", start + 2);
    t.deepEqual((await store.get("uses"))?.api_tokens, [{ ...token("b"), last_used_time: start + 1 }, token("c")]);
  }
});

test("an event is claimed by one at a time, until it is released, applied or its claim runs out: in both stores", async (t) => {
  for (const store of [createEventStore({ client, table: "events" }), createMemoryEventStore()]) {
    const claim = (now: number) => store.claim("evt_1", { now, until: now + 60 });
    t.is(await claim(start), "claimed");
    t.is(await claim(start + 60), "held");
    await store.release("evt_1");
    t.is(await claim(start), "claimed");
    t.is(await claim(start + 61), "claimed");
    await store.applied("evt_1", start + 86_400);
    t.is(await claim(start + 3_600), "applied");
  }
});

test("a submission's key is claimed by one at a time, keeps its job, and is forgotten after its time: in both stores", async (t) => {
  for (const store of [createSubmissionKeys({ client, table: "events" }), createMemorySubmissionKeys()]) {
    const claim = (jobId: string, now: number) => store.claim("k", { jobId, now, until: now + 60, expires: now + 600 });
    t.deepEqual(await claim("a", start), { state: "claimed", jobId: "a" });
    t.deepEqual(await claim("b", start + 59), { state: "held", jobId: "a" });
    t.deepEqual(await claim("b", start + 60), { state: "claimed", jobId: "a" });
    await store.release("k", { jobId: "a", expires: start + 600 });
    t.deepEqual(await claim("b", start + 61), { state: "claimed", jobId: "a" });
    await store.done("k", { jobId: "a", digest: "00", expires: start + 600 });
    t.deepEqual(await claim("b", start + 600), { state: "done", jobId: "a", digest: "00" });
    t.deepEqual(await claim("b", start + 601), { state: "claimed", jobId: "b" });
  }
});
