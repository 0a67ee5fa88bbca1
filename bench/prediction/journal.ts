/**
 * The live runs that have been made, one JSON line each, so that a measurement of hours can be interrupted and gone on with. A run
 * counts again only for what it was made under: the same load, speed, capacity and scaling plan.
 */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Calibrated } from "./calibrate.ts";

/** What a live run was. */
export interface LiveRun {
  /** By minute. */
  readonly inService: readonly number[];
  readonly requests: readonly number[];
  /** Instance-hours. */
  readonly hours: number;
  /** Seconds; absent when nothing was answered. */
  readonly p95?: number | undefined;
}

type Made = LiveRun | Calibrated;

interface Line {
  readonly key: string;
  /** For a reader: the load and its policy, or `calibration`. */
  readonly what: string;
  /** When it was made. */
  readonly date: string;
  readonly made: Made;
}

export interface Journal {
  /** What was made under these conditions; else makes it and writes it down. */
  readonly once: <T extends Made>(what: string, under: object, make: () => Promise<T>) => Promise<T>;
}

/** @param conditions - values of JSON only; the order of their members counts. */
const keyOf = (conditions: object): string =>
  createHash("sha256").update(JSON.stringify(conditions)).digest("hex").slice(0, 16);

/** @param again - makes everything anew; what is made is added, and the last line of a key counts. */
export function openJournal(file: string, again: boolean): Journal {
  const lines =
    again || !existsSync(file)
      ? []
      : readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line) as Line);
  const made = new Map(lines.map((line) => [line.key, line.made]));
  return {
    async once<T extends Made>(what: string, under: object, make: () => Promise<T>) {
      const key = keyOf(under);
      const known = made.get(key);
      if (known !== undefined) return known as T;
      const found = await make();
      const line: Line = { key, what, date: new Date().toISOString(), made: found };
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${JSON.stringify(line)}\n`);
      made.set(key, found);
      return found;
    },
  };
}
