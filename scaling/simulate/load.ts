/** Sources of load on the virtual clock: they call for requests, and users come back some time after an answer. */
import { batched, generator } from "../random.ts";
import { type Kernel, kinds } from "./kernel.ts";
import { beginnings, fallsAt, levelAt, nextArrival, type Piece, piecesOf } from "./levels.ts";
import type { Source } from "./model.ts";

const { arrival, wake } = kinds;

export interface Load {
  /** To be told of every event of the kinds `arrival` and `wake`. Returns the user that asks, −1 for nobody known. */
  arrival(index: number, now: number): void;
  wake(user: number, now: number): void;
  /** The user has an answer, or an error, at this time. */
  answered(user: number, at: number): void;
}

/**
 * @param ask told of each request with the number of its user, −1 when nobody waits for the answer.
 */
export function createLoad(
  kernel: Kernel,
  sources: readonly Source[],
  seed: number,
  ask: (user: number, now: number) => void,
): Load {
  /** By user: which source is theirs. */
  const sourceOf: number[] = [];
  /** By source: users that have begun and not left. */
  const active = sources.map(() => 0);
  const randoms = sources.map((_, index) => batched(generator(seed, 100 + index)));
  const pieces = sources.map((source): Piece[] =>
    source.kind === "trace" ? [] : piecesOf(source.at, source.from, source.stages),
  );
  /** Of traces: the arrival that comes next. */
  const cursors = sources.map(() => 0);

  function scheduleArrival(index: number, after: number): void {
    const source = sources[index] as Source;
    const time =
      source.kind === "trace"
        ? (source.times[cursors[index] as number] ?? Number.POSITIVE_INFINITY)
        : nextArrival(pieces[index] as Piece[], after, randoms[index] as () => number);
    if (source.kind === "trace") cursors[index] = (cursors[index] as number) + 1;
    if (time < Number.POSITIVE_INFINITY) kernel.add(time, arrival, index);
  }

  sources.forEach((source, index) => {
    if (source.kind !== "closed") scheduleArrival(index, 0);
    else
      for (const time of beginnings(pieces[index] as Piece[])) {
        kernel.add(time, wake, sourceOf.push(index) - 1);
      }
  });

  const here = new Uint8Array(sourceOf.length);
  const sourceOfUser = Int32Array.from(sourceOf);
  const falls = Float64Array.from(pieces, fallsAt);

  return {
    arrival(index, now) {
      ask(-1, now);
      scheduleArrival(index, now);
    },
    wake(user, now) {
      const index = sourceOfUser[user] as number;
      const count = active[index] as number;
      if (here[user] === 0) {
        here[user] = 1;
        active[index] = count + 1;
      } else if (now >= (falls[index] as number) && count > levelAt(pieces[index] as Piece[], now) + 1e-6) {
        active[index] = count - 1; // one too many: it leaves instead of asking again
        return;
      }
      ask(user, now);
    },
    answered(user, at) {
      if (user < 0) return;
      const index = sourceOfUser[user] as number;
      const source = sources[index] as Extract<Source, { kind: "closed" }>;
      const [least, most] = source.think;
      const time = at + least + (most - least) * (randoms[index] as () => number)();
      kernel.add(time, wake, user);
    },
  };
}
