/**
 * A length of time. Components take durations, never bare numbers, and convert at the edge to the unit that AWS wants;
 * a conversion that would lose something is refused.
 */
export class Duration {
  readonly #seconds: number;

  private constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** @throws {RangeError} unless the length is a whole, non-negative number of seconds. */
  static ofSeconds(seconds: number): Duration {
    if (!Number.isSafeInteger(seconds) || seconds < 0) {
      throw new RangeError(`a duration of ${seconds} seconds is not a whole, non-negative number of seconds`);
    }
    return new Duration(seconds);
  }

  toSeconds(): number {
    return this.#seconds;
  }

  /** @throws {RangeError} when the length is no whole number of minutes. */
  toMinutes(): number {
    return this.#whole(60, "minutes");
  }

  /** @throws {RangeError} when the length is no whole number of days. */
  toDays(): number {
    return this.#whole(86_400, "days");
  }

  /** In the largest unit that fits: `30 minutes`, `90 seconds`. */
  toString(): string {
    const [name, size] = units.find(([, size]) => this.#seconds > 0 && this.#seconds % size === 0) ?? ["second", 1];
    const count = this.#seconds / size;
    return `${count} ${name}${count === 1 ? "" : "s"}`;
  }

  #whole(size: number, unit: string): number {
    if (this.#seconds % size !== 0) throw new RangeError(`${this} is not a whole number of ${unit}`);
    return this.#seconds / size;
  }
}

const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

export const seconds = (count: number): Duration => Duration.ofSeconds(count);
export const minutes = (count: number): Duration => Duration.ofSeconds(count * 60);
export const hours = (count: number): Duration => Duration.ofSeconds(count * 3600);
export const days = (count: number): Duration => Duration.ofSeconds(count * 86_400);

/**
 * Reads `30 minutes`, `1 hour`, `90 s`, `12h`: how durations stand in stack configuration.
 *
 * @throws {RangeError} when the text is no duration.
 */
export function parseDuration(text: string): Duration {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(days?|d|hours?|h|minutes?|min|m|seconds?|s)\s*$/.exec(text);
  const unit = units.find(([name]) => name[0] === found?.[2]?.[0]);
  if (!found || !unit) {
    throw new RangeError(`${JSON.stringify(text)} is not a duration; write it like "30 minutes", "12 h" or "90 s"`);
  }
  return Duration.ofSeconds(Number(found[1]) * unit[1]);
}
