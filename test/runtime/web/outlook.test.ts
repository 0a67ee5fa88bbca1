// What is expected of a job that has not ended: nothing is said before it is known.
import test from "ava";
import { parse } from "node-html-parser";
import type { Job } from "../../../runtime/contract/job.ts";
import { claim, complete, heartbeat } from "../../../runtime/jobs/annotation.ts";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { secondsLeft } from "../../../runtime/web/progress.ts";
import { createPlaceInQueue } from "../../../runtime/web/queue-place.ts";
import { createMemoryJobStore, createMemoryLog, createVirtualClock, pendingJob } from "../../support/memory.ts";
import { startWeb } from "./support/web.ts";

const now = Date.UTC(2026, 0, 1) / 1000;

test("time left follows from the bytes read since the claim; too little is known at first, and of a silent worker", async (t) => {
  const jobs = createMemoryJobStore([pendingJob(now - 500)]);
  const [id = ""] = [...jobs.jobs.keys()];
  const left = (at: number) => secondsLeft(jobs.jobs.get(id) as Job, at);
  t.is(left(now), undefined, "it waits");
  await jobs.apply(id, claim("w", now, 60));
  t.is(left(now), undefined);
  const by = { worker: "w", attempt: 1 };
  const beat = (at: number, percent: number) => jobs.apply(id, heartbeat(by, at, 60, { records: 1, percent }));
  await beat(now + 20, 4);
  t.is(left(now + 20), undefined, "4 % may be anything from 3.5 to 4.5");
  await beat(now + 30, 25);
  t.is(left(now + 30), 90);
  t.is(left(now + 35), 85);
  await beat(now + 60, 75);
  t.is(left(now + 60), 20);
  t.is(left(now + 90), 0);
  t.is(left(now + 121), undefined, "nothing was heard of the worker for a minute");
  // Another worker begins anew: what the first has read does not count.
  await jobs.apply(id, claim("w", now + 130, 60));
  t.is(left(now + 130), undefined);
});

function queueOf(ages: readonly number[]) {
  const clock = createVirtualClock();
  const waiting = ages.map((age) => pendingJob(now - age));
  const jobs = createMemoryJobStore(waiting);
  let looks = 0;
  const listAwaiting: typeof jobs.listAwaiting = (...args) => {
    looks += 1;
    return jobs.listAwaiting(...args);
  };
  const placeInQueue = createPlaceInQueue({ jobs: { ...jobs, listAwaiting }, clock, log: createMemoryLog() });
  const end = async (job: Job | undefined) => {
    const { job_id = "" } = job ?? {};
    await jobs.apply(job_id, claim("w", now, 60));
    const files = { s3_results_bucket: "r", s3_key_result_file: "k", s3_key_log_file: "l", result_bytes: 1 };
    await jobs.apply(job_id, complete({ worker: "w", attempt: 1 }, now, { ...files, result_sha256: "", records: 1 }));
  };
  return { clock, waiting, placeInQueue, end, looks: () => looks };
}

test("a place is known at once; a start once three jobs have left within half a minute or more", async (t) => {
  const world = queueOf([600, 500, 400, 300, 200, 100, 50]);
  const mine = world.waiting[6] as Job;
  t.deepEqual(await world.placeInQueue(mine), { before: 6, orMore: false });
  await world.end(world.waiting[0]);
  await world.clock.advance(40_000);
  t.deepEqual(await world.placeInQueue(mine), { before: 5, orMore: false }, "one departure is no pace");
  for (const job of world.waiting.slice(1, 4)) await world.end(job);
  await world.clock.advance(40_000);
  // Four in 80 seconds: two more before mine take 40.
  t.deepEqual(await world.placeInQueue(mine), { before: 2, orMore: false, startTime: now + 80 + 40 });
  t.is(await world.placeInQueue({ ...mine, job_status: "RUNNING" }), undefined);
});

test("however many look, the index is read once in ten seconds", async (t) => {
  const world = queueOf([30, 20, 10]);
  const asked = world.waiting.map(world.placeInQueue);
  t.deepEqual(
    (await Promise.all(asked)).map((place) => place?.before),
    [0, 1, 2],
  );
  await world.clock.advance(9_000);
  await world.placeInQueue(world.waiting[0] as Job);
  t.is(world.looks(), 1);
  await world.clock.advance(1_000);
  await world.placeInQueue(world.waiting[0] as Job);
  t.is(world.looks(), 2);
});

test("of a queue longer than one look, only that it is longer is said", async (t) => {
  const world = queueOf(Array.from({ length: 1_001 }, (_, index) => 2_000 - index));
  t.deepEqual(await world.placeInQueue(world.waiting[1_000] as Job), { before: 1_000, orMore: true });
  t.is((await world.placeInQueue(world.waiting[10] as Job))?.before, 10);
});

test("page and API show it, a dash where nothing is known; an index that cannot be read takes no page away", async (t) => {
  let isDown = false;
  const web = await startWeb({
    ports: ({ jobs }) => ({
      jobs: {
        ...jobs,
        listAwaiting: (...args) => (isDown ? Promise.reject(new Error("throttled")) : jobs.listAwaiting(...args)),
      },
    }),
  });
  t.teardown(web.close);
  const client = await web.signedIn();
  const { token, stored } = newApiToken("user-1", "test", web.clock);
  await web.users.addApiToken("user-1", stored);
  const job = pendingJob(now - 10);
  for (const each of [pendingJob(now - 20, { user_id: "user-2" }), job]) web.jobs.put(each);
  const show = async () =>
    (
      await web
        .client()
        .get(`/api/v1/jobs/${job.job_id}`, { authorization: `Bearer ${token}`, accept: "application/json" })
    ).json();
  const facts = async () =>
    parse((await client.get(`/annotations/${job.job_id}`)).text)
      .querySelectorAll("[aria-labelledby=waiting] dd")
      .map(({ text }) => text);
  t.deepEqual(await facts(), ["1, those at work included", "—"]);
  t.like(await show(), { jobs_before: 1, expected_start_time: undefined, seconds_left: undefined });
  isDown = true;
  await web.clock.advance(20_000);
  t.deepEqual(await facts(), ["—", "—"]);
  t.is((await show()).jobs_before, undefined);
  const running = { job_status: "RUNNING", worker: "w", run_time: now - 10, progress_time: now + 20 } as const;
  web.jobs.put({ ...job, ...running, progress_percent: 50, progress_records: 7 });
  t.regex((await client.get(`/annotations/${job.job_id}`)).text, /7 records read so far, time left: about 30 seconds/);
  t.like(await show(), { seconds_left: 30, jobs_before: undefined });
});
