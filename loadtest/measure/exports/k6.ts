/**
 * Points of k6, as `--out json=FILE` and `--out csv=FILE` write them. A request is a point of `http_req_duration`, which k6 writes when the
 * answer is there: it arrived its duration before.
 */
import { cellsOf } from "../k6/points.ts";
import { at, broken } from "./errors.ts";
import type { LineReader } from "./reader.ts";
import type { SecondCounts } from "./span.ts";

const metric = "http_req_duration";
/** k6 writes about once a second; points further back than this are of another run. */
const backMost = 10 * 60_000;

/** Requests of `setup` and `teardown` are the script's own, not its users'. */
const isOfUsers = (group: unknown) => group !== "::setup" && group !== "::teardown";

/** Adds requests of one file after the other. */
function createRequests(counts: SecondCounts) {
  let current = "";
  let latest = Number.NEGATIVE_INFINITY;
  let [own, files] = [0, 0];
  return {
    add(where: string, file: string, time: number, milliseconds: number, group: unknown): void {
      if (file !== current) {
        current = file;
        latest = Number.NEGATIVE_INFINITY;
        files++;
      }
      if (time < latest - backMost) {
        const instant = new Date(time).toISOString();
        throw broken(
          where,
          instant,
          `in order: points up to ${new Date(latest).toISOString()} came before it; give one run a file`,
        );
      }
      latest = Math.max(latest, time);
      if (isOfUsers(group)) counts.add(time - milliseconds);
      else own++;
    },
    remarks: (): string[] => [
      ...(own > 0 ? [`${own} requests of setup and teardown are left out`] : []),
      ...(files > 1 ? [`the requests of ${files} files are added up`] : []),
    ],
  };
}

const durationForm = "a duration in milliseconds from 0 on";

export function createK6JsonReader(counts: SecondCounts): LineReader {
  const requests = createRequests(counts);
  return {
    line(file, text, number) {
      const where = at(file, number);
      if (!text.startsWith("{") || !text.endsWith("}"))
        throw broken(where, text, "a line of JSON, as k6 --out json writes");
      if (!text.includes(metric)) return;
      let point: {
        type?: unknown;
        metric?: unknown;
        data?: { time?: unknown; value?: unknown; tags?: { group?: unknown } | null };
      };
      try {
        point = JSON.parse(text);
      } catch (cause) {
        throw new RangeError(
          `${where}: ${(cause as Error).message}; a line of JSON was expected, as k6 --out json writes`,
          { cause },
        );
      }
      if (point.type !== "Point" || point.metric !== metric) return;
      const { time, value, tags } = point.data ?? {};
      const instant = typeof time === "string" ? Date.parse(time) : Number.NaN;
      if (Number.isNaN(instant)) throw broken(where, time, "a time such as 2026-11-20T09:00:00.000+01:00");
      if (typeof value !== "number" || !(value >= 0)) throw broken(where, value, durationForm);
      requests.add(where, file, instant, value, tags?.group);
    },
    remarks: requests.remarks,
  };
}

/** By `K6_CSV_TIME_FORMAT`: seconds, or milli-, micro- or nanoseconds, which the digits tell, or RFC 3339. Epoch milliseconds. */
function csvTime(text: string): number {
  if (!/^\d+$/.test(text)) return Date.parse(text);
  // Nanoseconds are more than a number holds exactly.
  return text.length <= 10 ? Number(text) * 1000 : Number(text.slice(0, 13));
}

export const k6CsvHead = "metric_name,timestamp,metric_value";

export function createK6CsvReader(counts: SecondCounts): LineReader {
  const requests = createRequests(counts);
  let columns = 0;
  let group = -1;
  return {
    line(file, text, number) {
      const where = at(file, number);
      if (number === 1) {
        if (!text.startsWith(k6CsvHead)) throw broken(where, text, `the head ${k6CsvHead},… that k6 --out csv writes`);
        const names = cellsOf(text);
        columns = names.length;
        group = names.indexOf("group");
        return;
      }
      if (!text.startsWith(`${metric},`)) return;
      const cells = cellsOf(text);
      if (cells.length !== columns) throw broken(where, text, `a row of ${columns} columns: it has ${cells.length}`);
      const [, time = "", value = ""] = cells;
      const instant = csvTime(time);
      if (Number.isNaN(instant)) throw broken(where, time, "a time: seconds since 1970, or RFC 3339");
      const milliseconds = value.trim() === "" ? Number.NaN : Number(value);
      if (!(milliseconds >= 0)) throw broken(where, value, durationForm);
      requests.add(where, file, instant, milliseconds, cells[group]);
    },
    remarks: requests.remarks,
  };
}
