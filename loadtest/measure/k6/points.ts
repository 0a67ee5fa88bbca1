/** k6's points, as its CSV output streams them, reduced to a row a minute: memory does not grow with the load. */
import { Histogram } from "../../../scaling/simulate/histogram.ts";
import type { LoadMinute } from "../timeline.ts";

export interface LoadTotals {
  readonly requests: number;
  readonly failed: number;
  readonly dropped: number;
  /** Seconds of the target's time, of answers that were expected. */
  readonly latency: Readonly<Record<"min" | "mean" | "p50" | "p95" | "p99" | "max", number | undefined>>;
  /** Failed checks by their names. */
  readonly failedChecks: Readonly<Record<string, number>>;
}

export interface Points {
  /** One line of `k6 run --out csv=-`; lines that are no points (k6's summary) are passed over. */
  line(text: string): void;
  /** Closes what is open. */
  end(): LoadTotals;
  /** Wall clock of the first point, epoch milliseconds; `undefined`: none has come. */
  begun(): number | undefined;
}

interface OpenMinute {
  readonly times: Histogram;
  users: number | undefined;
  requests: number;
  failed: number;
  dropped: number;
}

/** Checks have few names; a script that makes them up must not fill the memory. */
const checksMost = 100;
/** k6 hands points on once a second: a minute is closed when points of the second minute after it come. */
const openMost = 2;

/** Cells of one CSV line. */
export function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const cells: string[] = [];
  for (const [, quoted, plain = "", end] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy)) {
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") break;
  }
  return cells;
}

function latencyOf(times: Histogram): LoadTotals["latency"] {
  const [p50, p95, p99] = times.quantiles([0.5, 0.95, 0.99]);
  const [min, max] = times.count > 0 ? [times.least, times.greatest] : [];
  return { min, mean: times.mean(), p50, p95, p99, max };
}

/**
 * @param speed seconds of the target's time in one of the wall clock.
 * @param onMinute told of each minute once, ascending; minutes without points are left out.
 */
export function createPoints(speed: number, onMinute: (row: LoadMinute) => void): Points {
  const open = new Map<number, OpenMinute>();
  const all = new Histogram();
  const failedChecks = new Map<string, number>();
  const sums = { requests: 0, failed: 0, dropped: 0, closed: 0 };
  let columns: { check: number; expected: number } | undefined;
  let begun: number | undefined;

  function close(minute: number): void {
    const { times, users, ...counts } = open.get(minute) as OpenMinute;
    open.delete(minute);
    const [p50, p95, p99] = times.quantiles([0.5, 0.95, 0.99]);
    all.drain(times);
    sums.requests += counts.requests;
    sums.failed += counts.failed;
    sums.dropped += counts.dropped;
    sums.closed = minute + 1;
    onMinute({ minute: minute + 1, users, ...counts, p50, p95, p99 });
  }
  const closeBefore = (minute: number) =>
    [...open.keys()]
      .filter((each) => each < minute)
      .sort((a, b) => a - b)
      .forEach(close);

  function minuteAt(time: number): OpenMinute {
    begun ??= time;
    const minute = Math.max(sums.closed, Math.floor(((time - begun) * speed) / 60_000));
    let found = open.get(minute);
    if (found === undefined) {
      found = { times: new Histogram(), users: undefined, requests: 0, failed: 0, dropped: 0 };
      open.set(minute, found);
      closeBefore(minute - openMost + 1);
    }
    return found;
  }

  return {
    line(text) {
      if (columns === undefined) {
        if (!text.startsWith("metric_name,timestamp,metric_value,")) return;
        const names = cellsOf(text);
        columns = { check: names.indexOf("check"), expected: names.indexOf("expected_response") };
        return;
      }
      if (!/^(http_req_duration|vus|checks|dropped_iterations),/.test(text)) return;
      const cells = cellsOf(text);
      const [metric, time, value] = [cells[0], Number(cells[1]), Number(cells[2])];
      if (!Number.isFinite(time) || !Number.isFinite(value)) return;
      const minute = minuteAt(time);
      if (metric === "vus") minute.users = Math.max(minute.users ?? 0, value);
      else if (metric === "dropped_iterations") minute.dropped += value;
      else if (metric === "http_req_duration") {
        minute.requests++;
        if (cells[columns.expected] === "false") minute.failed++;
        else minute.times.add((value / 1000) * speed);
      } else if (value === 0) {
        const name = cells[columns.check] ?? "";
        if (failedChecks.has(name) || failedChecks.size < checksMost) {
          failedChecks.set(name, (failedChecks.get(name) ?? 0) + 1);
        }
      }
    },
    end() {
      closeBefore(Number.POSITIVE_INFINITY);
      const { requests, failed, dropped } = sums;
      return { requests, failed, dropped, latency: latencyOf(all), failedChecks: Object.fromEntries(failedChecks) };
    },
    begun: () => begun,
  };
}
