/** Arrivals counted by second, whatever their order: memory grows with the time that they span, not with their number. */

/** Epoch milliseconds; `undefined`: open at that end. */
export interface TimeSpan {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** As long as a simulation may take. */
const daysMost = 7;

const hourSeconds = 3600;

export const isWithin = ({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: TimeSpan, time: number) =>
  time >= from && time < to;

const instant = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.000Z$/, "Z");

/** `2026-11-20T09:00:00Z to 2026-11-20T12:00:00Z` */
export const spanText = (from: number, to: number): string => `${instant(from)} to ${instant(to)}`;

/** @throws {RangeError} when it is longer than a simulation may be. */
export function checkSpan(from: number, to: number): void {
  const days = (to - from) / 86_400_000;
  if (days <= daysMost) return;
  throw new RangeError(
    `the files span ${days.toFixed(1)} days (${spanText(from, to)}), and a simulation takes at most ${daysMost}: ` +
      "choose a part with --load-from and --load-to",
  );
}

/** A level of the load: so many arrivals in so many seconds. */
export interface Level {
  readonly seconds: number;
  readonly count: number;
}

export class SecondCounts {
  /** By hour: arrivals of each of its seconds. */
  readonly #hours = new Map<number, Uint32Array>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(readonly span: TimeSpan) {}

  /** @param time epoch milliseconds; one outside of the span is passed over. */
  add(time: number): void {
    if (!isWithin(this.span, time)) return;
    const second = Math.floor(time / 1000);
    if (second < this.#first) this.#first = second;
    if (second > this.#last) this.#last = second;
    const hour = Math.floor(second / hourSeconds);
    let counts = this.#hours.get(hour);
    if (counts === undefined) {
      checkSpan(this.#first * 1000, (this.#last + 1) * 1000);
      counts = new Uint32Array(hourSeconds);
      this.#hours.set(hour, counts);
    }
    const index = second - hour * hourSeconds;
    counts[index] = (counts[index] as number) + 1;
  }

  /**
   * Minutes from the span's begin, or else from the first second with an arrival, to its end, or else the last such second: the last may be shorter.
   *
   * @returns undefined when nothing arrived.
   */
  load(): { readonly begin: number; readonly levels: readonly Level[] } | undefined {
    if (this.#hours.size === 0) return undefined;
    const begin = this.span.from === undefined ? this.#first : Math.floor(this.span.from / 1000);
    const end = this.span.to === undefined ? this.#last + 1 : Math.ceil(this.span.to / 1000);
    checkSpan(begin * 1000, end * 1000);
    const levels: Level[] = [];
    for (let from = begin; from < end; from += 60) {
      const to = Math.min(end, from + 60);
      let count = 0;
      for (let second = from; second < to; second++) count += this.#at(second);
      levels.push({ seconds: to - from, count });
    }
    return { begin: begin * 1000, levels };
  }

  #at(second: number): number {
    const hour = Math.floor(second / hourSeconds);
    return this.#hours.get(hour)?.[second - hour * hourSeconds] ?? 0;
  }
}
