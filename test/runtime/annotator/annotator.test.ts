import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import test, { type ExecutionContext } from "ava";
import { createAnnotator } from "../../../runtime/annotator/annotator.ts";
import { createBuiltinEngine } from "../../../runtime/annotator/engine/builtin.ts";
import type { Engine } from "../../../runtime/annotator/engine/engine.ts";
import type { Job } from "../../../runtime/contract/job.ts";
import { companionKeys, logKey, resultKey } from "../../../runtime/contract/keys.ts";
import { cancel, takeOver } from "../../../runtime/jobs/annotation.ts";
import { createBreaker } from "../../../runtime/jobs/breaker.ts";
import { epochSeconds, type InstanceIdentity, type ObjectStore } from "../../../runtime/jobs/ports.ts";
import {
  createLife,
  createMemoryJobStore,
  createMemoryLog,
  createMemoryObjectStore,
  createMemoryQueue,
  createMemoryTopic,
  createVirtualClock,
  type Fault,
  type FaultSource,
  type Life,
  memoryInstance,
  mortalClock,
  pendingJob,
  settle,
  type VirtualClock,
  withFaults,
} from "../../support/memory.ts";
import { reference, vcfOf } from "../../support/vcf.ts";

const good = vcfOf("chr1\t1040717\t.\tG\tGGGGCC\t.\t.\tDP=3", "1\t7\t.\tN\tC\t.\t.\t.");
const noFault: FaultSource = () => undefined;

/** An engine that stands still after the first bytes until `go()`. */
function pausingEngine() {
  let resume = () => {};
  const gate = new Promise<void>((resolve) => {
    resume = resolve;
  });
  const runs: string[] = [];
  const engine: Engine = {
    name: "pausing",
    start({ fileName, bytes, signal }) {
      runs.push(fileName);
      const stopped = new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
      );
      stopped.catch(() => {});
      return {
        records: () => 1,
        findings: () => undefined,
        account: () => "",
        output: (async function* () {
          for await (const chunk of bytes) yield Buffer.from(chunk);
          await Promise.race([gate, stopped]);
        })(),
      };
    },
  };
  return { engine, runs, go: () => resume() };
}

function createWorld(input: string | Buffer | undefined = good) {
  const clock = createVirtualClock();
  const jobs = createMemoryJobStore();
  // As a declared queue is: a message received more often is set aside, and its job with it.
  const queue = createMemoryQueue(clock, { maxReceiveCount: 5 });
  const results = createMemoryTopic();
  const objects = createMemoryObjectStore();
  const log = createMemoryLog();
  const job = pendingJob(epochSeconds(clock));
  jobs.put(job);
  if (input !== undefined) objects.put({ bucket: job.s3_inputs_bucket, key: job.s3_key_input_file }, input);
  const at = (key: string) => ({ bucket: "results", key });

  /** A worker process: its own life, its own faults, the world's ports. */
  function worker(
    name: string,
    options: {
      faults?: FaultSource;
      engine?: Engine;
      instance?: Partial<InstanceIdentity>;
      life?: Life;
      jobSecondsMax?: number;
      objects?: ObjectStore;
    } = {},
  ) {
    const life = options.life ?? createLife();
    const own = mortalClock(clock, life);
    const faulty = <Port extends object>(port: string, target: Port) =>
      withFaults(port, target, options.faults ?? noFault, { clock, life });
    const annotator = createAnnotator({
      jobs: faulty("jobs", jobs),
      queue: faulty("queue", queue),
      results: faulty("results", results),
      objects: faulty("objects", options.objects ?? objects),
      engine: options.engine ?? createBuiltinEngine(reference()),
      clock: own,
      log,
      instance: { ...memoryInstance(name), ...options.instance },
      worker: name,
      resultsBucket: "results",
      leaseSeconds: 60,
      jobSecondsMax: options.jobSecondsMax ?? 3_600,
      concurrency: 1,
      breaker: createBreaker({ clock: own, log }),
    });
    const stop = new AbortController();
    const ended = annotator.run(stop.signal);
    return { annotator, life, stop: () => stop.abort(), ended };
  }

  return {
    clock,
    jobs,
    queue,
    results,
    objects,
    log,
    job,
    worker,
    request: () => queue.send({ job_id: job.job_id, user_id: job.user_id }),
    item: () => jobs.jobs.get(job.job_id) as Job,
    /** As the item names them; before there is an ending, where the first attempt would write. */
    result: () => objects.text(at(jobs.jobs.get(job.job_id)?.s3_key_result_file ?? resultKey(job.s3_key_input_file))),
    logText: () => objects.text(at(jobs.jobs.get(job.job_id)?.s3_key_log_file ?? logKey(job.s3_key_input_file))),
    /** Keys of the result that the item names and of its companions; a tabix index only beside VCF. */
    resultFiles() {
      const key = jobs.jobs.get(job.job_id)?.s3_key_result_file ?? "";
      const { bgzip, tabix, summary } = companionKeys(key);
      return [key, bgzip, summary, ...(objects.text(at(key))?.startsWith("##fileformat=VCF") ? [tabix] : [])];
    },
    /** Keys of everything in the results bucket. */
    stored: () => [...objects.objects.keys()].filter((key) => key.startsWith("results/")),
    /** Steps virtual time until the condition holds. */
    async until(condition: () => boolean, limitSeconds = 3_600) {
      for (let second = 0; !condition(); second += 1) {
        if (second > limitSeconds) throw new Error(`not within ${limitSeconds} virtual seconds`);
        await clock.advance(1_000);
      }
    },
  };
}
type World = ReturnType<typeof createWorld>;

function isCompleted(t: ExecutionContext, world: World) {
  const item = world.item();
  t.is(item.job_status, "COMPLETED");
  t.is(
    item.result_sha256,
    createHash("sha256")
      .update(world.result() ?? "")
      .digest("hex"),
  );
  t.is(item.result_bytes, Buffer.byteLength(world.result() ?? ""));
  t.is(item.outbox, undefined);
  t.deepEqual(
    world.stored().sort(),
    [...world.resultFiles(), item.s3_key_log_file].map((key) => `results/${key}`).sort(),
    "no attempt has left anything else",
  );
  t.deepEqual(world.results.published.at(-1), {
    job_id: item.job_id,
    user_id: item.user_id,
    job_status: "COMPLETED",
  });
  t.deepEqual(world.queue.contents(), []);
}

test("a job is annotated, logged, told of, and its message deleted last", async (t) => {
  const world = createWorld();
  await world.request();
  const { stop, ended } = world.worker("i-1");
  await world.until(() => world.queue.contents().length === 0);
  stop();
  await world.clock.until(ended);
  isCompleted(t, world);
  t.regex(world.result() ?? "", /DP=3;GAS_GENE=AGRN/);
  t.is(world.item().progress_records, 2);
  t.is(world.item().worker, undefined);
  const log = world.logText() ?? "";
  t.regex(log, /Records +2 {2}= annotated \+ passed through \+ skipped/);
  t.regex(log, /annotated +2/);
  t.regex(log, /Engine +built-in 3 \(Ensembl 110, ClinVar/);
});

test("a message published twice runs once", async (t) => {
  const world = createWorld();
  await world.request();
  world.queue.duplicateNext();
  const { engine, runs, go } = pausingEngine();
  const workers = [world.worker("i-1", { engine }), world.worker("i-2", { engine })];
  await world.clock.advance(3_500_000);
  t.deepEqual(runs.length, 1);
  t.deepEqual(world.queue.deadLetters, [], "it does not look so often that it is set aside");
  t.is(world.queue.contents().length, 1, "nor does it hide for long: the job is alive, so the second is deleted");
  go();
  await world.until(() => world.queue.contents().length === 0);
  t.deepEqual(runs.length, 1);
  t.is(world.results.published.length, 1);
  isCompleted(t, world);
  for (const { stop } of workers) stop();
});

test("the lease and the message's invisibility are renewed while a long job runs", async (t) => {
  const world = createWorld();
  await world.request();
  const { engine, go } = pausingEngine();
  const { stop } = world.worker("i-1", { engine });
  await world.clock.advance(1_800_000);
  t.is(world.item().attempts, 1);
  t.true((world.item().lease_until ?? 0) > epochSeconds(world.clock) + 20);
  t.true((world.queue.waits()[0] ?? 0) > 20);
  t.is(world.item().progress_percent, 100);
  go();
  await world.until(() => world.queue.contents().length === 0);
  isCompleted(t, world);
  stop();
});

test("a worker that dies in the middle is replaced by another", async (t) => {
  const world = createWorld();
  await world.request();
  const first = world.worker("i-1", { engine: pausingEngine().engine });
  await world.until(() => world.item().job_status === "RUNNING");
  await world.clock.advance(30_000);
  first.life.kill();
  const second = world.worker("i-2");
  await world.until(() => world.queue.contents().length === 0, 200);
  isCompleted(t, world);
  t.is(world.item().attempts, 2);
  second.stop();
});

// The whole life of a job, killed at every single call a worker makes.
test("wherever a worker dies, the job ends once, is told of, and leaves no message", async (t) => {
  const calls = await countCalls();
  t.true(calls > 8);
  for (let call = 0; call < calls; call += 1) {
    for (const effect of ["before", "after"] as const) {
      const world = createWorld();
      await world.request();
      world.worker("i-1", { faults: nth(call, { kind: "crash", effect }) });
      await world.clock.advance(1_000);
      const second = world.worker("i-2");
      await world.until(() => world.queue.contents().length === 0, 600);
      isCompleted(t, world);
      t.true(world.results.published.length <= 2);
      second.stop();
    }
  }
});

test("whatever call fails or loses its answer, the job still ends well", async (t) => {
  const calls = await countCalls();
  for (let call = 0; call < calls; call += 1) {
    for (const kind of ["refuse", "lose-response"] as const) {
      const world = createWorld();
      await world.request();
      const { stop } = world.worker("i-1", { faults: nth(call, { kind }) });
      await world.until(() => world.queue.contents().length === 0, 600);
      isCompleted(t, world);
      stop();
    }
  }
});

/** The fault at the n-th call that is not a receive. */
function nth(n: number, fault: Fault): FaultSource {
  let count = -1;
  return (name) => {
    if (name === "queue.receive") return undefined;
    count += 1;
    return count === n ? fault : undefined;
  };
}

async function countCalls(): Promise<number> {
  const world = createWorld();
  await world.request();
  let calls = 0;
  const { stop } = world.worker("i-1", {
    faults: (name) => {
      if (name !== "queue.receive") calls += 1;
      return undefined;
    },
  });
  await world.until(() => world.queue.contents().length === 0);
  stop();
  return calls;
}

test("a cancelled job stops its worker and leaves no result", async (t) => {
  const world = createWorld();
  await world.request();
  const { stop } = world.worker("i-1", { engine: pausingEngine().engine });
  await world.until(() => world.item().job_status === "RUNNING");
  await world.jobs.apply(world.job.job_id, cancel(epochSeconds(world.clock)));
  await world.until(() => world.queue.contents().length === 0, 60);
  t.is(world.item().job_status, "CANCELLED");
  t.is(world.item().outbox, undefined);
  t.like(world.results.published.at(-1), { job_status: "CANCELLED" });
  t.deepEqual(world.stored(), []);
  stop();
});

test("a job cancelled while it waited is not run", async (t) => {
  const world = createWorld();
  await world.request();
  await world.jobs.apply(world.job.job_id, cancel(epochSeconds(world.clock)));
  const { engine, runs } = pausingEngine();
  const { stop } = world.worker("i-1", { engine });
  await world.until(() => world.queue.contents().length === 0, 60);
  t.deepEqual(runs, []);
  stop();
});

test("a bad file ends as FAILED with line and reason, once, with a log", async (t) => {
  const world = createWorld(`${good}chr1\n`.replace("#CHROM\tPOS", "#CHROM\tPLACE"));
  await world.request();
  const { stop } = world.worker("i-1");
  await world.until(() => world.queue.contents().length === 0, 60);
  const item = world.item();
  t.is(item.job_status, "FAILED");
  t.is(item.failure_line, 2);
  t.regex(item.failure_reason ?? "", /column 2 is "PLACE"/);
  t.is(item.attempts, 1);
  t.is(world.result(), undefined);
  t.regex(world.logText() ?? "", /FAILED +line 2: .*PLACE/);
  t.is(item.s3_key_log_file, logKey(item.s3_key_input_file));
  t.like(world.results.published.at(-1), { job_status: "FAILED" });
  stop();
});

test("an upload that was never completed fails the job, in words", async (t) => {
  const world = createWorld();
  await world.objects.delete({ bucket: world.job.s3_inputs_bucket, key: world.job.s3_key_input_file });
  await world.request();
  const { stop } = world.worker("i-1");
  await world.until(() => world.queue.contents().length === 0, 60);
  t.regex(world.item().failure_reason ?? "", /the upload was never completed/);
  stop();
});

test("storage that does not answer is tried again with growing pauses, and then given up", async (t) => {
  const world = createWorld();
  await world.request();
  const { stop } = world.worker("i-1", {
    faults: (name) => (name === "objects.head" ? { kind: "refuse" } : undefined),
  });
  await world.until(() => world.item().attempts === 2);
  t.is(world.item().job_status, "RUNNING");
  await world.until(() => world.queue.contents().length === 0);
  t.is(world.item().job_status, "FAILED");
  t.is(world.item().attempts, 4);
  t.regex(world.item().failure_reason ?? "", /could not read the input or store the result in 4 attempts/);
  stop();
});

test("a job that ends every worker is not tried for ever", async (t) => {
  const world = createWorld();
  await world.request();
  for (let death = 1; death <= 4; death += 1) {
    const { life } = world.worker(`i-${death}`, { engine: pausingEngine().engine });
    await world.until(() => world.item().attempts === death, 300);
    // Wherever between two renewals it dies.
    await world.clock.advance(death * 7_300);
    life.kill();
  }
  const { stop } = world.worker("i-5");
  await world.until(() => world.queue.contents().length === 0, 300);
  t.deepEqual(world.queue.deadLetters, []);
  t.is(world.item().job_status, "FAILED");
  t.regex(world.item().failure_reason ?? "", /no worker could finish this job in 4 attempts/);
  stop();
});

test("a job that takes too long is stopped", async (t) => {
  const world = createWorld();
  await world.request();
  const { stop } = world.worker("i-1", { engine: pausingEngine().engine, jobSecondsMax: 100 });
  await world.until(() => world.queue.contents().length === 0, 120);
  t.is(world.item().job_status, "FAILED");
  t.regex(world.item().failure_reason ?? "", /longer than 100 seconds/);
  stop();
});

test("a worker that lost its job does not replace its successor's result", async (t) => {
  const world = createWorld();
  await world.request();
  const { engine, go } = pausingEngine();
  const first = world.worker("i-1", { engine });
  await world.until(() => world.item().job_status === "RUNNING");
  // The first worker's renewals get lost; the lease ends and another takes over and finishes.
  await world.jobs.apply(world.job.job_id, { name: "expire", when: [[]], set: { lease_until: 1 } });
  await world.jobs.apply(world.job.job_id, takeOver("i-2", epochSeconds(world.clock), 60));
  go();
  await settle();
  await world.clock.advance(1_000);
  t.is(world.result(), undefined);
  t.is(world.item().worker, "i-2");
  t.is(world.item().job_status, "RUNNING");
  first.stop();
});

/** An engine that writes the time into its result, and takes `seconds` for it. */
function datingEngine(clock: VirtualClock, seconds: number): Engine {
  return {
    name: "dating",
    start: ({ bytes }) => ({
      records: () => 1,
      findings: () => undefined,
      account: () => "",
      output: (async function* () {
        for await (const chunk of bytes) yield Buffer.from(chunk);
        await clock.sleep(seconds * 1000);
        yield Buffer.from(`##date=${clock.now()}\n`);
      })(),
    }),
  };
}

/** Storage whose uploads, with all their bytes sent and every check passed, stand still until `go()`. */
function pausedUploads(objects: ObjectStore) {
  const gates: (() => void)[] = [];
  let gone = false;
  const paused: ObjectStore = {
    ...objects,
    async write(ref, body, options) {
      const bytes = body instanceof Readable ? await buffer(body) : body;
      if (!gone) await new Promise<void>((resolve) => gates.push(resolve));
      await objects.write(ref, bytes, { contentType: options.contentType });
    },
  };
  return {
    paused,
    waiting: () => gates.length,
    go: () => {
      gone = true;
      for (const open of gates.splice(0)) open();
    },
  };
}

test("a worker paused at the end of its upload cannot replace its successor's result, then or later", async (t) => {
  const world = createWorld();
  await world.request();
  const { paused, waiting, go } = pausedUploads(world.objects);
  const life = createLife();
  // Every renewal fails, as those of a paused process do.
  const faults: FaultSource = (name) =>
    waiting() > 0 && name.startsWith("jobs.") ? { kind: "unavailable" } : undefined;
  const first = world.worker("i-1", { engine: datingEngine(world.clock, 1), objects: paused, faults, life });
  await world.until(() => waiting() === 1);
  await world.clock.advance(120_000);
  await world.request();
  const second = world.worker("i-2", { engine: datingEngine(world.clock, 1) });
  await world.until(() => world.item().job_status === "COMPLETED", 600);
  const result = world.result();
  go();
  await world.until(() => world.queue.contents().length === 0, 600);
  isCompleted(t, world);
  t.is(world.result(), result);
  t.is(world.item().worker, undefined);
  t.is(world.jobs.history.filter(({ name }) => name === "complete").length, 1);
  first.stop();
  second.stop();
});

test("a renewal that arrives after the job was given back does not take it back", async (t) => {
  const world = createWorld();
  await world.request();
  let renewals = 0;
  const { annotator, stop, ended } = world.worker("i-1", {
    engine: pausingEngine().engine,
    // The first apply is the claim, the second a renewal: it arrives long after it was sent.
    faults: (name) => {
      if (name !== "jobs.apply") return undefined;
      renewals += 1;
      return renewals === 2 ? { kind: "delay", milliseconds: 20_000 } : undefined;
    },
  });
  await world.until(() => renewals === 2);
  stop();
  annotator.giveBackAfter(1);
  await world.until(() => world.jobs.history.some(({ name }) => name === "release"));
  await world.clock.until(ended, 60_000);
  t.is(world.item().worker, undefined);
  t.true((world.item().lease_until ?? 0) < epochSeconds(world.clock));
  t.is(world.item().faults, undefined, "a drain is not the job's fault");
  const second = world.worker("i-2");
  await world.until(() => world.queue.contents().length === 0, 5);
  isCompleted(t, world);
  second.stop();
});

test("a message that finds its job claimed is hidden no longer than that claim holds, at any receipt", async (t) => {
  const world = createWorld();
  const { engine, go } = pausingEngine();
  await world.request();
  const { annotator, stop } = world.worker("i-1", { engine });
  await world.until(() => world.item().job_status === "RUNNING");
  for (const receiveCount of [1, 2, 3, 4, 5]) {
    const delivery = { messageId: "m", receiptHandle: "r", body: "", receiveCount };
    const decision = await annotator.handle(
      { job_id: world.job.job_id, user_id: "user-1" },
      { delivery, log: world.log },
    );
    if (receiveCount > 3) t.deepEqual(decision, { done: true });
    else t.true("retryAfterSeconds" in decision && decision.retryAfterSeconds <= 31, JSON.stringify(decision));
  }
  go();
  stop();
});

test("draining finishes the job in work, receives nothing more, then lets the instance go", async (t) => {
  const world = createWorld();
  await world.request();
  const { engine, go } = pausingEngine();
  const told: string[] = [];
  const beats: number[] = [];
  const { stop, ended } = world.worker("i-1", {
    engine,
    instance: {
      targetLifecycleState: async () => "Terminated",
      prolongTermination: async () => {
        beats.push(world.clock.now());
        if (beats.length === 2) throw new Error("throttled");
        return 60;
      },
      completeTermination: async () => void told.push("gone"),
    },
  });
  await world.until(() => world.item().job_status === "RUNNING");
  stop();
  await world.clock.advance(120_000);
  t.deepEqual(told, []);
  const gaps = beats.slice(1).map((at, index) => (at - (beats[index] ?? at)) / 1000);
  t.deepEqual(gaps.slice(0, 4), [20, 10, 20, 20], "a third of the hook's time; sooner after a failure");
  t.is(world.item().job_status, "RUNNING");
  await world.queue.send({ job_id: world.job.job_id, user_id: "later" });
  go();
  await world.clock.until(ended);
  t.is(world.item().job_status, "COMPLETED");
  t.deepEqual(told, ["gone"]);
  const { length } = beats;
  await world.clock.advance(120_000);
  t.is(beats.length, length, "none once it has gone");
  t.deepEqual(world.queue.contents(), [{ job_id: world.job.job_id, user_id: "later" }]);
});

test("a stop gives the job back in time, free for the next worker at once", async (t) => {
  const world = createWorld();
  await world.request();
  const { annotator, stop, ended } = world.worker("i-1", { engine: pausingEngine().engine });
  await world.until(() => world.item().job_status === "RUNNING");
  stop();
  annotator.giveBackAfter(45);
  await world.clock.until(ended, 60_000);
  t.deepEqual(world.queue.waits(), [0]);
  const second = world.worker("i-2");
  await world.until(() => world.queue.contents().length === 0, 5);
  isCompleted(t, world);
  second.stop();
});

test("scale-in protection: on with a job, off after a while of idleness, not toggled in between", async (t) => {
  const world = createWorld();
  const set: boolean[] = [];
  const { stop } = world.worker("i-1", {
    instance: { protectFromScaleIn: async (protect) => void set.push(protect) },
  });
  await world.clock.advance(29_000);
  t.deepEqual(set, []);
  for (let n = 0; n < 5; n += 1) {
    const job = pendingJob(epochSeconds(world.clock));
    world.jobs.put(job);
    await world.queue.send({ job_id: job.job_id, user_id: job.user_id });
    await world.clock.advance(20_000);
  }
  t.deepEqual(set, [true]);
  await world.clock.advance(40_000);
  t.deepEqual(set, [true, false]);
  stop();
});

test("what is no message is left to the dead letters; the message of a job that has been deleted goes", async (t) => {
  const world = createWorld();
  world.queue.sendRaw("not json");
  await world.queue.send({ job_id: pendingJob(0).job_id, user_id: "nobody" });
  const { stop } = world.worker("i-1");
  await world.clock.advance(5_000);
  t.deepEqual(world.queue.contents(), ["not json"]);
  stop();
});
