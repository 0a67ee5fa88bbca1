/** What a run is expected to show, as people write it. */
import { durationOf } from "../../../scaling/simulate/scenario/units.ts";

export type Expectation =
  /** So many instances in service, within so many minutes of the first request. */
  | { readonly kind: "reached"; readonly count: number; readonly byMinute: number }
  /** No more than so many, for good, after having been more. */
  | { readonly kind: "back"; readonly count: number; readonly byMinute: number }
  /** 95 % of all answers within so many seconds of the target's time. */
  | { readonly kind: "p95"; readonly seconds: number }
  /** At most this share of requests failed, 0 to 1. */
  | { readonly kind: "failed"; readonly share: number };

const forms = `"reached 10 by 40 min", "back at 2 by 80 min", "p95 below 2 s" or "failed below 1 %"`;

/** @throws {RangeError} naming the text and the forms. */
export function readExpectation(text: string): Expectation {
  const wrong = () => new RangeError(`${JSON.stringify(text)} is no expectation; write ${forms}`);
  const trimmed = text.trim().toLowerCase().replace(/\s+/g, " ");
  const counted = /^(reached|back at) (\d{1,4}) by (.+)$/.exec(trimmed);
  if (counted !== null) {
    const seconds = durationOf(counted[3] as string);
    if (seconds === undefined || seconds <= 0) throw wrong();
    const kind = counted[1] === "reached" ? "reached" : "back";
    return { kind, count: Number(counted[2]), byMinute: seconds / 60 };
  }
  const latency = /^p95 below (.+)$/.exec(trimmed);
  if (latency !== null) {
    const seconds = durationOf(latency[1] as string);
    if (seconds === undefined || seconds <= 0) throw wrong();
    return { kind: "p95", seconds };
  }
  const failed = /^failed below (\d+(?:\.\d+)?) ?%$/.exec(trimmed);
  if (failed === null || Number(failed[1]) > 100) throw wrong();
  return { kind: "failed", share: Number(failed[1]) / 100 };
}

const figure = (value: number) => String(Number(value.toFixed(2)));

/** The same again, as it would be read. */
export function expectationText(expectation: Expectation): string {
  if (expectation.kind === "p95") return `p95 below ${figure(expectation.seconds)} s`;
  if (expectation.kind === "failed") return `failed below ${figure(100 * expectation.share)} %`;
  const what = expectation.kind === "reached" ? "reached" : "back at";
  return `${what} ${expectation.count} by ${figure(expectation.byMinute)} min`;
}
