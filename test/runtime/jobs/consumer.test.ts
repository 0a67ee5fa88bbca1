import test from "ava";
import * as z from "zod";
import { type ConsumeOptions, consume, messageOf } from "../../../runtime/jobs/consumer.ts";
import {
  createLife,
  createMemoryLog,
  createMemoryQueue,
  createVirtualClock,
  mortalClock,
  plannedFaults,
  withFaults,
} from "../../support/memory.ts";

const schema = z.object({ job_id: z.string() });
type Message = z.output<typeof schema>;

function setup(options: Partial<ConsumeOptions<Message>> & Pick<ConsumeOptions<Message>, "handle">) {
  const clock = options.clock ?? createVirtualClock();
  const virtual = clock as ReturnType<typeof createVirtualClock>;
  const queue = createMemoryQueue(virtual, { maxReceiveCount: 5, pollSeconds: 3_600 });
  const log = createMemoryLog();
  const stop = new AbortController();
  const finished = () =>
    consume<Message>({
      queue,
      parse: messageOf(schema),
      clock,
      log,
      signal: stop.signal,
      concurrency: 1,
      visibilitySeconds: 30,
      ...options,
    });
  return { clock: virtual, queue, log, stop, run: finished };
}

test("a message done with is deleted, after its handler and not before", async (t) => {
  let contentsWhileHandling = -1;
  const world = setup({
    handle: async () => {
      contentsWhileHandling = world.queue.contents().length;
      return { done: true };
    },
  });
  void world.run();
  await world.queue.send({ job_id: "a" });
  await world.clock.advance(0);
  t.is(contentsWhileHandling, 1);
  t.deepEqual(world.queue.contents(), []);
});

test('"message deleted right after start: job lost": a handler that dies leaves the message', async (t) => {
  const life = createLife();
  const clock = createVirtualClock();
  const queue = createMemoryQueue(clock);
  const world = setup({
    clock: mortalClock(clock, life),
    queue,
    handle: async () => {
      life.kill();
      return new Promise(() => {});
    },
  });
  void world.run();
  await queue.send({ job_id: "a" });
  await clock.advance(31_000);
  t.is((await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 1 })).length, 1);
});

test('"no visibility heartbeat": a message in work stays hidden, and so do all received with it', async (t) => {
  const world = setup({
    handle: async () => {
      await world.clock.sleep(3_600_000);
      return { done: true };
    },
    concurrency: 3,
  });
  for (const job_id of ["a", "b", "c"]) await world.queue.send({ job_id });
  void world.run();
  for (let minute = 0; minute < 59; minute += 1) {
    await world.clock.advance(60_000);
    t.true(world.queue.waits().every((wait) => wait > 0));
  }
  await world.clock.advance(60_000);
  t.deepEqual(world.queue.contents(), []);
});

test("the renewal ends before SQS's 12 h do", async (t) => {
  const world = setup({ handle: () => new Promise(() => {}), visibilitySeconds: 3_600 });
  await world.queue.send({ job_id: "a" });
  void world.run();
  await world.clock.advance(11.9 * 3_600_000);
  t.true((world.queue.waits()[0] ?? 0) > 0);
  t.deepEqual(
    world.log.lines.filter((line) => line.fields.err !== undefined),
    [],
  );
  await world.clock.advance(3_600_000);
  t.true(world.log.lines.some(({ message }) => message.startsWith("message in work for 12 h")));
});

test("a message to be looked at later is hidden exactly so long, at most 12 h", async (t) => {
  for (const [asked, hidden] of [
    [1800, 1800],
    [0, 0],
    [86_400, 43_195],
  ] as const) {
    const stop = new AbortController();
    const world = setup({
      handle: async () => {
        stop.abort();
        return { retryAfterSeconds: asked };
      },
      signal: stop.signal,
    });
    await world.queue.send({ job_id: "a" });
    await world.clock.until(world.run());
    t.deepEqual(world.queue.waits(), [hidden]);
  }
});

test("waiting for days does not end in the dead-letter queue", async (t) => {
  const end = Date.UTC(2026, 0, 1) + 30 * 86_400_000;
  const world = setup({
    handle: async () => {
      const left = (end - world.clock.now()) / 1000;
      return left > 0 ? { retryAfterSeconds: left } : { done: true };
    },
    freshWaits: true,
    waitSeconds: 20,
  });
  await world.queue.send({ job_id: "a" });
  void world.run();
  await world.clock.advance(29 * 86_400_000);
  t.is(world.queue.contents().length, 1);
  t.deepEqual(world.queue.deadLetters, []);
  await world.clock.advance(86_400_000 + 60_000);
  t.deepEqual(world.queue.contents(), []);
});

test('"swallowed errors that delete the message": a failure keeps it, for longer each time, until the dead letters', async (t) => {
  const attempts: number[] = [];
  const world = setup({
    handle: async () => {
      attempts.push(world.clock.now());
      throw new Error("no luck");
    },
  });
  await world.queue.send({ job_id: "job-7" });
  void world.run();
  await world.clock.advance(3_600_000);
  const gaps = attempts.slice(1).map((time, index) => (time - (attempts[index] ?? 0)) / 1000);
  t.deepEqual(gaps, [10, 20, 40, 80]);
  t.is(world.queue.deadLetters.length, 1);
  const failures = world.log.lines.filter(({ message }) => message === "message failed");
  t.is(failures.length, 5);
  t.is(failures[0]?.fields.job_id, "job-7");
});

test("a body that does not parse is logged and left to the dead letters", async (t) => {
  const world = setup({ handle: async () => t.fail("handled") as never });
  world.queue.sendRaw("require('fs')");
  void world.run();
  await world.clock.advance(600_000);
  t.deepEqual(world.queue.deadLetters, ["require('fs')"]);
  t.is(world.log.lines.filter(({ message }) => message.startsWith("not a message of this queue")).length, 5);
});

test("drain: what is in work is finished, nothing more is taken", async (t) => {
  const handled: string[] = [];
  const world = setup({
    handle: async ({ job_id }) => {
      await world.clock.sleep(60_000);
      handled.push(job_id);
      return { done: true };
    },
  });
  await world.queue.send({ job_id: "a" });
  await world.queue.send({ job_id: "b" });
  const finished = world.run();
  await world.clock.advance(10_000);
  world.stop.abort();
  await world.clock.until(finished);
  t.deepEqual(handled, ["a"]);
  t.deepEqual(world.queue.contents(), [{ job_id: "b" }]);
});

test("drain: an idle consumer ends at once, and a failing handler gives its message back at once", async (t) => {
  const idle = setup({ handle: async () => ({ done: true }) });
  const finished = idle.run();
  await idle.clock.advance(0);
  idle.stop.abort();
  await finished;

  const busy = setup({
    handle: (_message, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("given back")))),
  });
  await busy.queue.send({ job_id: "a" });
  const stopped = busy.run();
  await busy.clock.advance(0);
  busy.stop.abort();
  await stopped;
  t.deepEqual(busy.queue.waits(), [0]);
});

test("a queue that cannot be read is asked ever more slowly, and the health says so without failing", async (t) => {
  const clock = createVirtualClock();
  const queue = createMemoryQueue(clock);
  let calls = 0;
  const broken = withFaults(
    "queue",
    queue,
    () => {
      calls += 1;
      return { kind: "refuse" };
    },
    { clock },
  );
  const beats: (string | undefined)[] = [];
  const health = { beat: (trouble?: string) => void beats.push(trouble), check: () => undefined };
  const world = setup({ clock, queue: broken, handle: async () => ({ done: true }), health });
  void world.run();
  await clock.advance(300_000);
  t.true(calls >= 5 && calls < 20, `${calls} calls in 5 minutes`);
  t.true(beats.includes("the queue could not be read 3 times in a row"));
});

test("a renewal on its way does not overtake the decision", async (t) => {
  const clock = createVirtualClock();
  const queue = createMemoryQueue(clock);
  const slow = withFaults(
    "queue",
    queue,
    plannedFaults([{ call: "queue.hide", nth: 0, fault: { kind: "delay", milliseconds: 9_000 } }]),
    { clock },
  );
  const world = setup({
    clock,
    queue: slow,
    handle: async () => {
      await clock.sleep(12_000);
      return { retryAfterSeconds: 500 };
    },
  });
  await queue.send({ job_id: "a" });
  void world.run();
  await clock.advance(19_000);
  t.deepEqual(queue.waits(), [500]);
});
