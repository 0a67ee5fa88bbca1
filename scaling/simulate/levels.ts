/** Levels that change by stages: users, or arrivals a second. */
import type { Stage } from "./model.ts";

export interface Piece {
  readonly begin: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** Stages as pieces of time; the last level stays. */
export function piecesOf(at: number, from: number, stages: readonly Stage[]): Piece[] {
  const pieces: Piece[] = [];
  let begin = at;
  let level = from;
  for (const { seconds, to } of stages) {
    pieces.push({ begin, end: begin + seconds, from: level, to });
    begin += seconds;
    level = to;
  }
  return pieces;
}

const inside = ({ begin, end, from, to }: Piece, time: number): number =>
  from + ((to - from) * (time - begin)) / (end - begin);

/** Index of the first piece that ends after a time; their number when none does. Pieces follow one another. */
function firstEndingAfter(pieces: readonly Piece[], time: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle] as Piece).end > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Level at a time: 0 before the first piece and after the last. */
export function levelAt(pieces: readonly Piece[], time: number): number {
  const piece = pieces[firstEndingAfter(pieces, time)];
  return piece === undefined || time < piece.begin ? 0 : inside(piece, time);
}

/** When the level falls for the first time: until then nobody has to leave. */
export function fallsAt(pieces: readonly Piece[]): number {
  return pieces.find(({ from, to }) => to < from)?.begin ?? pieces.at(-1)?.end ?? 0;
}

/** When a user begins: each time that the level rises through a whole number. */
export function beginnings(pieces: readonly Piece[]): number[] {
  const times: number[] = [];
  const rise = (from: number, to: number, when: (level: number) => number) => {
    for (let level = Math.floor(from + 1e-9) + 1; level <= to + 1e-9; level++) times.push(when(level));
  };
  const first = pieces[0];
  if (first !== undefined) rise(0, first.from, () => first.begin);
  for (const { begin, end, from, to } of pieces) {
    rise(from, to, (level) => (end === begin ? begin : begin + ((end - begin) * (level - from)) / (to - from)));
  }
  return times;
}

/**
 * Next arrival of a Poisson process whose rate follows the pieces; infinity after the last. By thinning, a piece at a time.
 *
 * @param random numbers in [0, 1).
 */
export function nextArrival(pieces: readonly Piece[], after: number, random: () => number): number {
  for (let index = firstEndingAfter(pieces, after); index < pieces.length; index++) {
    const piece = pieces[index] as Piece;
    const most = Math.max(piece.from, piece.to);
    if (most <= 0) continue;
    let time = Math.max(after, piece.begin);
    const steady = piece.from === piece.to;
    for (;;) {
      time -= Math.log(1 - random()) / most;
      if (time >= piece.end) break;
      if (steady || random() * most < inside(piece, time)) return time;
    }
  }
  return Number.POSITIVE_INFINITY;
}
