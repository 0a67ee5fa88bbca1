/** Many jobs of one user, and a few of another, on a farm of two workers: web's recorder, both queues and the annotators as they run. */
import { setMaxListeners } from "node:events";
import test from "ava";
import { createAnnotator } from "../../runtime/annotator/annotator.ts";
import { withExpressLane } from "../../runtime/annotator/express-lane.ts";
import { inputKey } from "../../runtime/contract/keys.ts";
import { isEnded } from "../../runtime/jobs/annotation.ts";
import { createBreaker } from "../../runtime/jobs/breaker.ts";
import type { Topic } from "../../runtime/jobs/ports.ts";
import { createRecorder } from "../../runtime/web/recorder.ts";
import {
  createMemoryJobStore,
  createMemoryLog,
  createMemoryObjectStore,
  createMemoryQueue,
  createMemoryTopic,
  createVirtualClock,
  memoryInstance,
  sampleUser,
} from "../support/memory.ts";
import { slowEngine } from "../support/slow-engine.ts";

/** Least and most a job takes. */
const jobSeconds = [20, 40] as const;
const workers = 2;

function createFarm({ lane }: { readonly lane: boolean }) {
  const clock = createVirtualClock();
  const log = createMemoryLog();
  const jobs = createMemoryJobStore();
  const objects = createMemoryObjectStore();
  const queue = createMemoryQueue(clock, { maxReceiveCount: 5 });
  const express = createMemoryQueue(clock, { maxReceiveCount: 5 });
  const groups = new Set<string | undefined>();
  const jobRequests: Topic = {
    async publish(message, { attributes, group } = {}) {
      groups.add(group);
      await queue.send(message);
      if (attributes?.lane === "express") await express.send(message);
    },
  };
  // Park and Miller's generator: workers that never fall out of step would make the waits those of one chance.
  let state = 20_261_128;
  const seconds = () => {
    state = (state * 48_271) % 2_147_483_647;
    return jobSeconds[0] + (jobSeconds[1] - jobSeconds[0]) * (state / 2_147_483_647);
  };
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  for (let worker = 0; worker < workers; worker++) {
    const annotator = createAnnotator({
      jobs,
      objects,
      queue: lane ? withExpressLane(queue, express) : queue,
      results: createMemoryTopic(),
      engine: slowEngine(clock, seconds),
      clock,
      log,
      instance: memoryInstance(`i-${worker}`),
      worker: `worker-${worker}`,
      resultsBucket: "results",
      leaseSeconds: 60,
      jobSecondsMax: 3_600,
      concurrency: 1,
      breaker: createBreaker({ clock, log }),
    });
    void annotator.run(stop.signal);
  }
  const config = { inputBytesMax: { free_user: 1e6, premium_user: 1e9 } } as Parameters<
    typeof createRecorder
  >[0]["config"];
  const record = createRecorder({ jobs, topics: { jobRequests, jobRestore: createMemoryTopic() }, config, clock, log });
  let submitted = 0;
  async function submit(user_id: string) {
    submitted += 1;
    const jobId = `00000000-0000-4000-8000-${String(submitted).padStart(12, "0")}`;
    const ref = { bucket: "inputs", key: inputKey({ prefix: "gas", userId: user_id, jobId }, "a.vcf") };
    objects.put(ref, "##fileformat=VCFv4.3\n");
    await record(sampleUser({ user_id }), { ref, jobId, name: "a.vcf", bytes: 21 });
    return jobId;
  }
  const ended = (id: string) => {
    const job = jobs.jobs.get(id);
    return job !== undefined && isEnded(job);
  };
  /** Virtual seconds from submission to the ending. */
  async function wait(id: string): Promise<number> {
    const from = clock.now();
    while (!ended(id)) await clock.advance(1_000);
    return (clock.now() - from) / 1000;
  }
  return { clock, jobs, queue, express, groups, submit, wait, ended, log, stop: () => stop.abort() };
}

/** Mean seconds of a quiet user's jobs, a fresh one each `every` seconds, while a loud one has a thousand; and all ids. */
async function quietWaits(farm: ReturnType<typeof createFarm>, loudJobs: number) {
  const loud: string[] = [];
  for (let job = 0; job < loudJobs; job++) loud.push(await farm.submit("loud"));
  await farm.clock.advance(7_000);
  const waits: number[] = [];
  for (let round = 0; round < 24; round++) {
    waits.push(await farm.wait(await farm.submit("quiet")));
    await farm.clock.advance(((7 * round) % 30) * 1_000);
  }
  return { loud, mean: waits.reduce((sum, each) => sum + each, 0) / waits.length };
}

test("a thousand jobs of one user cost another's at most half as much again as an idle farm", async (t) => {
  const idle = createFarm({ lane: true });
  const { mean: idleMean } = await quietWaits(idle, 0);
  idle.stop();
  t.true(idleMean >= jobSeconds[0] && idleMean < jobSeconds[1], `${idleMean} s on an idle farm`);

  const busy = createFarm({ lane: true });
  const { loud, mean } = await quietWaits(busy, 1_000);
  t.true(mean <= 1.5 * idleMean, `${mean} s beside a thousand jobs, ${idleMean} s on an idle farm`);
  const done = loud.filter(busy.ended).length;
  t.true(done >= 24, `the thousand go on meanwhile: ${done} are done`);
  busy.stop();
  t.is(busy.groups.size, 2, "each user is a message group");

  const unfair = createFarm({ lane: false });
  const { mean: behind } = await quietWaits(unfair, 100);
  unfair.stop();
  t.true(behind > 1.5 * idleMean, `without the lane ${behind} s behind a hundred`);
  t.log(
    `${idleMean.toFixed(1)} s idle, ${mean.toFixed(1)} s beside a thousand jobs, ${behind.toFixed(1)} s without the lane`,
  );
});

test("what the lane holds is done once, and leaves nothing behind; losing the lane loses no job", async (t) => {
  const farm = createFarm({ lane: true });
  const jobs: string[] = [];
  for (let job = 0; job < 3; job++) jobs.push(await farm.submit("quiet"));
  t.is(farm.queue.contents().length, 3);
  t.is(farm.express.contents().length, 2, "a user's first two");
  for (const id of jobs) await farm.wait(id);
  await farm.clock.advance(120_000);
  t.deepEqual(
    jobs.map((id) => farm.jobs.jobs.get(id)?.attempts),
    [1, 1, 1],
  );
  t.deepEqual(farm.queue.contents(), []);
  t.deepEqual(farm.express.contents(), []);
  farm.stop();

  const unlucky = createFarm({ lane: true });
  unlucky.express.send = async () => {};
  const lost = await unlucky.submit("quiet");
  t.true((await unlucky.wait(lost)) < jobSeconds[1] + 2);
  unlucky.stop();
});

test("the queue gets its turn however much is in the lane", async (t) => {
  const clock = createVirtualClock();
  const queue = createMemoryQueue(clock);
  const lane = createMemoryQueue(clock);
  for (let message = 0; message < 10; message++) await lane.send({ from: "lane" });
  for (let message = 0; message < 2; message++) await queue.send({ from: "queue" });
  const both = withExpressLane(queue, lane);
  const order: string[] = [];
  for (let receipt = 0; receipt < 12; receipt++) {
    const [delivery] = await both.receive({ max: 1, waitSeconds: 20, visibilitySeconds: 60 });
    if (delivery === undefined) break;
    order.push((JSON.parse(delivery.body) as { from: string }).from);
    await both.delete(delivery);
  }
  t.is(order.indexOf("queue"), 4);
  t.is(order.lastIndexOf("queue"), 9);
  t.deepEqual(queue.contents(), []);
  t.deepEqual(lane.contents(), []);
});
