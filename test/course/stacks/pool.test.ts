// The pool and what lets children in: never more than may run, nothing forgotten, and memory is kept to.
import test from "ava";
import fc from "fast-check";
import { runPool } from "../../../course/stacks/pool.ts";
import { firstGuess, needBy, reserve, roomForAnother, withPeak } from "../../../course/stacks/room.ts";

const never = new AbortController().signal;
const unasked = () => () => {};

/** Children that end when they are told to. */
function childrenOf(items: readonly number[]) {
  const ends = new Map<number, (error?: Error) => void>();
  return {
    ends,
    running: () => [...ends.keys()],
    run: (item: number) =>
      new Promise<void>((resolve, reject) => {
        ends.set(item, (error) => {
          ends.delete(item);
          if (error === undefined) resolve();
          else reject(error);
        });
      }),
    items,
  };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("everything is run once, in whatever order children end, and never more at a time than there is room for", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(12),
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.nat()),
      async (count, most, picks) => {
        const items = Array.from({ length: count }, (_, index) => index);
        const { ends, running, run } = childrenOf(items);
        const begun: number[] = [];
        let greatest = 0;
        const over = runPool({
          items,
          room: (now) => now < most,
          run(item) {
            begun.push(item);
            const child = run(item);
            greatest = Math.max(greatest, ends.size);
            return child;
          },
          stop: never,
          again: unasked,
        });
        for (let next = running(); next.length > 0; next = running()) {
          ends.get(next[(picks.next().value as number) % next.length] as number)?.();
          await settle();
        }
        await over;
        t.deepEqual(begun, items);
        t.is(greatest, Math.min(most, count));
      },
    ),
    { numRuns: 50 },
  );
});

test("once it is stopped nothing more begins, and it waits for what is under way", async (t) => {
  const { ends, running, run } = childrenOf([]);
  const stop = new AbortController();
  let ended = false;
  const over = runPool({ items: [1, 2, 3, 4], room: (now) => now < 2, run, stop: stop.signal, again: unasked }).then(
    () => {
      ended = true;
    },
  );
  t.deepEqual(running(), [1, 2]);
  stop.abort();
  ends.get(1)?.();
  await settle();
  t.deepEqual(running(), [2]);
  t.false(ended);
  ends.get(2)?.();
  await over;
  t.deepEqual(running(), []);
});

test("what cannot be written down ends the pool, after what is under way", async (t) => {
  const { ends, running, run } = childrenOf([]);
  const over = runPool({ items: [1, 2, 3], room: (now) => now < 2, run, stop: never, again: unasked });
  ends.get(1)?.(new Error("no space is left"));
  await settle();
  t.deepEqual(running(), [2]);
  ends.get(2)?.();
  await t.throwsAsync(over, { message: "no space is left" });
});

test("where there was no room, there is when somebody looks again", async (t) => {
  const { ends, running, run } = childrenOf([]);
  let room = 1;
  let ask = () => {};
  const over = runPool({
    items: [1, 2],
    room: (now) => now < room,
    run,
    stop: never,
    again(look) {
      ask = look;
      return () => {};
    },
  });
  t.deepEqual(running(), [1]);
  ask();
  t.deepEqual(running(), [1]);
  room = 2;
  ask();
  t.deepEqual(running(), [1, 2]);
  for (const end of [...ends.values()]) end();
  await over;
});

test("children that grow to their need never take more than the machine has, however it is let in", (t) => {
  const memory = fc.integer({ min: 1, max: 8_000 });
  fc.assert(
    fc.property(
      memory,
      fc.integer({ min: 1, max: 3_000 }),
      fc.integer({ min: 1, max: 40 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (total, need, parallel, grows) => {
        const bytes = total * 2 ** 20;
        const each = need * 2 ** 20;
        const inUse: number[] = [];
        for (let look = 0; look < 60; look++) {
          const free = bytes - inUse.reduce((sum, held) => sum + held, 0);
          if (roomForAnother({ inUse, need: each, free, parallel })) inUse.push(0);
          for (const [index, held] of inUse.entries())
            inUse[index] = held + (each - held) * (grows.next().value as number);
        }
        t.true(inUse.length >= 1 && inUse.length <= parallel);
        if (inUse.length > 1) t.true(inUse.length * each + reserve <= bytes + 1);
        // No more is refused than has to be.
        const fit = Math.floor((bytes - reserve) / each);
        t.true(inUse.length >= Math.min(parallel, Math.max(1, fit)) || inUse.some((held) => held < each));
      },
    ),
  );
});

test("a child's need is the most that one of the last has held", (t) => {
  t.is(needBy([]), firstGuess);
  t.is(needBy([3, 9, 4]), 9);
  const peaks = Array.from({ length: 20 }, () => 5).reduce(withPeak, [900]);
  t.is(needBy(peaks), 5);
});
