/**
 * Counts times by size, 128 bins to each doubling: a percentile is right to 0.4 %, whatever the times are, and taking one in
 * costs no logarithm. Least, greatest and mean are exact.
 */
import type { Counted } from "../../runtime/contract/statistic.ts";

const binsPerDoubling = 128;
const mantissaShift = 20 - Math.log2(binsPerDoubling);
/** From a microsecond to twelve days, seconds. */
const smallest = 2 ** -20;
const greatest = 2 ** 20;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
/** Index of the word with sign, exponent and upper mantissa. */
const high = words[1] === 0 ? 0 : 1;

function topBits(value: number): number {
  float[0] = value;
  return (words[high] as number) >>> mantissaShift;
}
const base = topBits(smallest);
const bins = topBits(greatest) - base + 1;

/** Where a bin begins, seconds. */
function edge(bin: number): number {
  words[high] = (bin + base) << mantissaShift;
  words[1 - high] = 0;
  return float[0] as number;
}

export class Histogram {
  count = 0;
  sum = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;
  readonly #counts = new Uint32Array(bins);
  /** Bins outside of these are empty. */
  #first = bins;
  #last = -1;

  /** @param seconds 0 or more. */
  add(seconds: number): void {
    this.count++;
    this.sum += seconds;
    if (seconds < this.least) this.least = seconds;
    if (seconds > this.greatest) this.greatest = seconds;
    const bin = seconds <= smallest ? 0 : seconds >= greatest ? bins - 1 : topBits(seconds) - base;
    this.#counts[bin] = (this.#counts[bin] as number) + 1;
    if (bin < this.#first) this.#first = bin;
    if (bin > this.#last) this.#last = bin;
  }

  /** Takes in everything that another has, which is empty afterwards. */
  drain(other: Histogram): void {
    const from = other.#counts;
    for (let bin = other.#first; bin <= other.#last; bin++) {
      this.#counts[bin] = (this.#counts[bin] as number) + (from[bin] as number);
      from[bin] = 0;
    }
    this.#first = Math.min(this.#first, other.#first);
    this.#last = Math.max(this.#last, other.#last);
    other.#first = bins;
    other.#last = -1;
    this.count += other.count;
    this.sum += other.sum;
    this.least = Math.min(this.least, other.least);
    this.greatest = Math.max(this.greatest, other.greatest);
    other.count = 0;
    other.sum = 0;
    other.least = Number.POSITIVE_INFINITY;
    other.greatest = Number.NEGATIVE_INFINITY;
  }

  /** What was counted, each value right to 0.4 %; least and greatest exactly. */
  values(): Counted[] {
    const found: Counted[] = [];
    for (let bin = this.#first; bin <= this.#last; bin++) {
      const count = this.#counts[bin] as number;
      const middle = (edge(bin) + edge(bin + 1)) / 2;
      if (count > 0) found.push({ value: Math.min(this.greatest, Math.max(this.least, middle)), count });
    }
    return found;
  }

  mean(): number | undefined {
    return this.count === 0 ? undefined : this.sum / this.count;
  }

  /** Times below which these shares (0 to 1, ascending) lie; `undefined` each when nothing was counted. */
  quantiles(shares: readonly number[]): (number | undefined)[] {
    if (this.count === 0) return shares.map(() => undefined);
    const found: number[] = [];
    let below = 0;
    let bin = this.#first;
    for (const share of shares) {
      const rank = share * (this.count - 1) + 1;
      while (bin < this.#last && below + (this.#counts[bin] as number) < rank) below += this.#counts[bin++] as number;
      const within = (rank - below) / Math.max(1, this.#counts[bin] as number);
      const value = edge(bin) + within * (edge(bin + 1) - edge(bin));
      found.push(Math.min(this.greatest, Math.max(this.least, value)));
    }
    return found;
  }
}
