import test from "ava";
import { closed, createBreaker, outlasting } from "../../../runtime/jobs/breaker.ts";
import { consume } from "../../../runtime/jobs/consumer.ts";
import { DeniedError, UnavailableError } from "../../../runtime/jobs/errors.ts";
import {
  createMemoryJobStore,
  createMemoryLog,
  createMemoryQueue,
  createVirtualClock,
  withFaults,
} from "../../support/memory.ts";

/** A table that is away while `away` says so, watched. */
function setup() {
  const clock = createVirtualClock();
  const log = createMemoryLog();
  const state = { away: false, probes: 0, writesOnly: false };
  const breaker = createBreaker({ clock, log });
  const table = withFaults(
    "jobs",
    createMemoryJobStore(),
    (call) => (state.away && !(state.writesOnly && call === "jobs.get") ? { kind: "unavailable" } : undefined),
    { clock },
  );
  const jobs = breaker.watch("the table", table, (port) => {
    state.probes += 1;
    return port.get("probe");
  });
  return { clock, log, state, breaker, jobs };
}

test("an outage opens the breaker, probes come ever more seldom, an answer closes it", async (t) => {
  const { clock, state, breaker, jobs, log } = setup();
  await jobs.get("x");
  t.is(breaker.down(), undefined);
  state.away = true;
  await t.throwsAsync(jobs.get("x"), { instanceOf: UnavailableError });
  t.regex(breaker.down() ?? "", /the table not answering since 2026-01-01T00:00:00/);
  await clock.advance(3_600_000);
  t.true(state.probes > 60 && state.probes < 200, `${state.probes} probes in an hour`);
  state.away = false;
  await clock.advance(30_000);
  t.is(breaker.down(), undefined);
  t.true(log.lines.some(({ message }) => message === "dependency answers again"));
});

test("any other error is an answer", async (t) => {
  const { clock, breaker } = setup();
  const jobs = breaker.watch("other", createMemoryJobStore());
  await t.throwsAsync(jobs.listByUser("u", { limit: 1, cursor: "nonsense" }));
  t.is(breaker.down(), undefined);
  await closed(breaker, { clock, signal: new AbortController().signal });
});

test("work is done again after each outage, and thrown up when the signal aborts or rounds are over", async (t) => {
  const { clock, state, breaker, jobs } = setup();
  state.away = true;
  const rounds: number[] = [];
  const stop = new AbortController();
  const options = {
    breaker,
    clock,
    signal: stop.signal,
    onOutage: (_: unknown, round: number) => void rounds.push(round),
  };
  const got = outlasting(() => jobs.get("x"), options);
  await clock.advance(600_000);
  t.deepEqual(rounds, [0], "while the probe fails nothing is tried");
  state.away = false;
  t.is(await clock.until(got), undefined);

  state.away = true;
  state.writesOnly = true;
  const apply = () => jobs.apply("x", { name: "n", when: [[]], set: {} });
  const given = clock.until(outlasting(apply, { ...options, roundsMax: 3 }));
  await t.throwsAsync(given, { instanceOf: UnavailableError });
  t.deepEqual(rounds, [0, 0, 1, 2]);

  const aborted = outlasting(apply, options);
  stop.abort();
  await t.throwsAsync(clock.until(aborted), { instanceOf: UnavailableError });
});

test("a consumer holds what it has, receives nothing more, and spends no receipt", async (t) => {
  const { clock, log, state, breaker, jobs } = setup();
  const queue = createMemoryQueue(clock, { maxReceiveCount: 5 });
  for (const job_id of ["a", "b", "c"]) await queue.send({ job_id });
  const receipts: number[] = [];
  const done: string[] = [];
  const beats: (string | undefined)[] = [];
  state.away = true;
  void consume<{ job_id: string }>({
    queue,
    clock,
    log,
    breaker,
    signal: new AbortController().signal,
    concurrency: 2,
    visibilitySeconds: 30,
    health: { beat: (trouble) => void beats.push(trouble), check: () => undefined },
    handle: async ({ job_id }, { delivery }) => {
      await jobs.get(job_id);
      receipts.push(delivery.receiveCount);
      done.push(job_id);
      return { done: true };
    },
  });
  await clock.advance(0);
  const received = queue.receives();
  await clock.advance(5 * 3_600_000);
  t.is(queue.receives(), received);
  t.deepEqual(done, []);
  t.is(queue.waits().filter((wait) => wait > 0).length, 2, "two are held hidden, one waits in the queue");
  t.true(beats.at(-1)?.includes("the table not answering"), "the health says so, and goes on beating");
  state.away = false;
  await clock.advance(60_000);
  t.deepEqual(done.sort(), ["a", "b", "c"]);
  t.deepEqual(receipts, [1, 1, 1]);
  t.deepEqual(queue.deadLetters, []);
});

test("an outage longer than SQS hides a message costs one receipt in twelve hours; a drain gives back at once", async (t) => {
  const { clock, log, state, breaker, jobs } = setup();
  const queue = createMemoryQueue(clock, { maxReceiveCount: 5 });
  await queue.send({ job_id: "a" });
  const stop = new AbortController();
  let last = 0;
  state.away = true;
  const ended = consume<{ job_id: string }>({
    queue,
    clock,
    log,
    breaker,
    signal: stop.signal,
    concurrency: 1,
    visibilitySeconds: 3_600,
    handle: async ({ job_id }, { delivery }) => {
      last = delivery.receiveCount;
      await jobs.get(job_id);
      return { done: true };
    },
  });
  await clock.advance(20 * 3_600_000);
  t.true(last <= 2, `receipt ${last} after 20 hours`);
  t.deepEqual(queue.deadLetters, []);
  stop.abort();
  await clock.until(ended);
  t.true(queue.waits().every((wait) => wait <= 900));
});

test("with a dependency known to be down, nothing is received even where there is room for it", async (t) => {
  const { clock, log, state, breaker, jobs } = setup();
  const queue = createMemoryQueue(clock, { maxReceiveCount: 5 });
  state.away = true;
  await t.throwsAsync(jobs.get("x"), { instanceOf: UnavailableError });
  await queue.send({ job_id: "a" });
  void consume<{ job_id: string }>({
    queue,
    clock,
    log,
    breaker,
    signal: new AbortController().signal,
    concurrency: 2,
    visibilitySeconds: 30,
    handle: async () => ({ done: true }),
  });
  await clock.advance(3_600_000);
  t.is(queue.receives(), 0);
  state.away = false;
  await clock.advance(30_000);
  t.deepEqual(queue.contents(), []);
});

/** A port whose calls are refused as long as they are named in `denied`. */
function refusing() {
  const clock = createVirtualClock();
  const log = createMemoryLog();
  const breaker = createBreaker({ clock, log });
  const denied = new Set<string>();
  const away = new Set<string>();
  const calls: string[] = [];
  const answer = async (call: string): Promise<void> => {
    calls.push(call);
    if (away.has(call)) throw new UnavailableError(`${call} is away`);
    if (denied.has(call)) throw new DeniedError(`not authorized to ${call}`);
  };
  const port = { publish: () => answer("publish"), probe: () => answer("probe") };
  const topic = breaker.watch("the topic", port, (watched) => watched.probe());
  return { clock, log, breaker, denied, away, calls, topic };
}

test("what is refused waits, is an error in the log, and stands in the health until it is let in", async (t) => {
  const { clock, log, breaker, denied, calls, topic } = refusing();
  const queue = createMemoryQueue(clock, { maxReceiveCount: 5 });
  for (const job_id of ["a", "b", "c"]) await queue.send({ job_id });
  const done: string[] = [];
  denied.add("publish");
  void consume<{ job_id: string }>({
    queue,
    clock,
    log,
    breaker,
    signal: new AbortController().signal,
    concurrency: 2,
    visibilitySeconds: 30,
    handle: async ({ job_id }) => {
      await topic.publish();
      done.push(job_id);
      return { done: true };
    },
  });
  await clock.advance(10 * 3_600_000);
  t.deepEqual(done, []);
  t.deepEqual(queue.deadLetters, [], "nothing is lost");
  const tries = calls.filter((call) => call === "publish").length;
  t.true(tries > 10 && tries < 300, `${tries} tries in ten hours: it neither spins nor stands still`);
  const refusal = /the topic: publish is refused \(not authorized to publish\)/;
  t.regex(JSON.stringify(await breaker.permissions()), refusal);
  t.true(log.lines.some(({ level, message }) => level === "error" && /permission.*nothing is lost/.test(message)));
  denied.delete("publish");
  await clock.advance(600_000);
  t.deepEqual(done.sort(), ["a", "b", "c"]);
  t.is(await breaker.permissions(), undefined);
});

test("a refused probe neither keeps a refusal open nor an outage: work may be permitted all the same", async (t) => {
  const { clock, breaker, denied, away, topic } = refusing();
  for (const call of ["publish", "probe"]) denied.add(call);
  await t.throwsAsync(topic.publish(), { instanceOf: DeniedError });
  t.regex(breaker.down() ?? "", /the topic refusing this service since/);
  await clock.advance(30_000);
  t.is(breaker.down(), undefined);
  t.not(await breaker.permissions(), undefined, "the health still says so");
  denied.delete("publish");
  await topic.publish();
  t.is(await breaker.permissions(), undefined);

  away.add("publish");
  await t.throwsAsync(topic.publish(), { instanceOf: UnavailableError });
  t.regex(breaker.down() ?? "", /the topic not answering since/);
  await clock.advance(30_000);
  t.is(breaker.down(), undefined);
});
