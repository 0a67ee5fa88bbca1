import test from "ava";
import { createVirtualServer, inSeries, type VirtualServerOptions } from "../../../local/capacity/virtual-server.ts";
import { handClock } from "../gateway/world.ts";

/** A server on a clock that stands still; `answers` are the names of requests and when they were served, in seconds. */
function world(options: Partial<VirtualServerOptions> = {}, late = 0) {
  const clock = handClock(0);
  const server = createVirtualServer({
    clock: { now: clock.now, after: (milliseconds, callback) => clock.after(milliseconds + late, callback) },
    concurrency: 1,
    queueLimit: 1000,
    serviceSeconds: () => 2,
    ...options,
  });
  const answers: [string, number][] = [];
  const enter = (name: string) => server.enter(() => answers.push([name, clock.now() / 1000]));
  return { clock, enter, answers };
}

test("first in, first out, one at a time", (t) => {
  const { clock, enter, answers } = world();
  enter("a");
  clock.advance(500);
  enter("b");
  enter("c");
  clock.advance(10_000);
  enter("d");
  clock.advance(10_000);
  t.deepEqual(answers, [
    ["a", 2],
    ["b", 4],
    ["c", 6],
    ["d", 12.5],
  ]);
});

test("as many at once as it has slots", (t) => {
  const { clock, enter, answers } = world({ concurrency: 2 });
  for (const name of ["a", "b", "c"]) enter(name);
  clock.advance(10_000);
  t.deepEqual(answers, [
    ["a", 2],
    ["b", 2],
    ["c", 4],
  ]);
});

test("beyond the queue there is no turn; who is in service waits in no queue", (t) => {
  const { clock, enter } = world({ queueLimit: 1 });
  t.truthy(enter("a"));
  t.truthy(enter("b"));
  t.is(enter("c"), undefined);
  clock.advance(2_000);
  t.truthy(enter("d"));
});

test("who leaves while waiting is passed over; who leaves in service keeps the slot busy", (t) => {
  const { clock, enter, answers } = world({ queueLimit: 2 });
  const first = enter("a");
  const second = enter("b");
  enter("c");
  first?.leave();
  second?.leave();
  t.truthy(enter("d"), "the place in the queue is free again");
  clock.advance(10_000);
  t.deepEqual(answers, [
    ["a", 2],
    ["c", 4],
    ["d", 6],
  ]);
});

test("late timers make answers late, but not the server slow", (t) => {
  const { clock, enter, answers } = world({}, 300);
  for (let n = 0; n < 100; n++) enter(String(n));
  clock.advance(1_000_000);
  t.deepEqual(answers.at(-1), ["99", 200.3]);
});

test("a request that comes while a timer is late is not served before it came", (t) => {
  const { clock, enter, answers } = world({}, 300);
  enter("a");
  clock.advance(2_100);
  enter("b");
  clock.advance(10_000);
  t.deepEqual(answers, [
    ["a", 2.3],
    ["b", 4.4],
  ]);
});

test("in series, who has been served by the first queues at the second, and whoever leaves is passed over by both", (t) => {
  const clock = handClock();
  const begun = clock.now();
  const own = () => createVirtualServer({ clock, concurrency: 1, queueLimit: 1, serviceSeconds: () => 1 });
  const shared = createVirtualServer({ clock, concurrency: 1, queueLimit: 9, serviceSeconds: () => 3 });
  const [left, right] = [inSeries(own(), shared), inSeries(own(), shared)];
  const answers: [string, number][] = [];
  const enter = (server: typeof left, name: string) =>
    server.enter(() => answers.push([name, (clock.now() - begun) / 1000]));
  enter(left, "a");
  const early = enter(left, "b");
  t.is(enter(left, "c"), undefined, "only the first server's queue is bounded");
  const late = enter(right, "d");
  early?.leave();
  clock.advance(1_500);
  late?.leave();
  enter(right, "e");
  clock.advance(20_000);
  t.deepEqual(answers, [
    ["a", 4],
    ["e", 7],
  ]);
});
