/** One run of k6: its points as they come, how it ended, and what became of its thresholds. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { K6 } from "./find.ts";
import type { Points } from "./points.ts";
import { environmentOf, messageOf } from "./scenario.ts";

export interface Threshold {
  readonly metric: string;
  readonly threshold: string;
  readonly held: boolean;
}

interface K6Result {
  readonly code: number | null;
  /** Why its load did not come to its end; `undefined`: it did, or was stopped. */
  readonly broken: string | undefined;
  /** Empty when k6 was ended before its summary. */
  readonly thresholds: readonly Threshold[];
}

export interface K6Run {
  /** @throws {Error} when it cannot be started. */
  readonly ended: Promise<K6Result>;
  /** Asks it to end, and ends it when it does not within `milliseconds`. */
  stop(milliseconds: number): void;
}

/** Thresholds that were crossed. */
const crossedCode = 99;
const interruptedCode = 105;
const logLinesMost = 20;

// In k6's exported summary, `true` says that a threshold was crossed.
const summarySchema = z.object({
  metrics: z.record(z.string(), z.looseObject({ thresholds: z.record(z.string(), z.boolean()).optional() })),
});

function thresholdsOf(summary: unknown): Threshold[] {
  return Object.entries(summarySchema.parse(summary).metrics).flatMap(([metric, { thresholds = {} }]) =>
    Object.entries(thresholds).map(([threshold, crossed]) => ({ metric, threshold, held: !crossed })),
  );
}

function readSummary(file: string): readonly Threshold[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return []; // ended before it wrote one
  }
  return thresholdsOf(JSON.parse(text));
}

/** @param summary where k6 writes its summary. */
export function runK6(
  k6: K6,
  file: string,
  parameters: Readonly<Record<string, string>>,
  summary: string,
  points: Points,
): K6Run {
  const child = spawn(
    k6.path,
    [
      ...["run", "--quiet", "--no-color", "--no-usage-report", "--address", ""],
      ...["--summary-mode", "legacy", "--summary-export", summary],
      ...["--system-tags", "check,expected_response", "--out", "csv=-", file],
    ],
    {
      env: environmentOf({ ...parameters, K6_CSV_TIME_FORMAT: "unix_milli" }),
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: Ctrl-C reaches the command, which then stops k6 in order. Should the command die, k6 ends at its
      // next line, as nobody reads it.
      detached: true,
    },
  );
  const log: string[] = [];
  const errors = createInterface({ input: child.stderr });
  errors.on("line", (line) => {
    if (!/level=(error|fatal)/.test(line) && log.length > 0) return;
    log.push(line);
    if (log.length > logLinesMost) log.shift();
  });
  createInterface({ input: child.stdout }).on("line", (line) => points.line(line));

  let stopped = false;
  let killer: NodeJS.Timeout | undefined;
  const ended = new Promise<K6Result>((resolve, reject) => {
    child.once("error", (cause) => reject(new Error(`${k6.path} cannot be started: ${cause.message}`, { cause })));
    child.once("close", (code, signal) => {
      clearTimeout(killer);
      const isWhole = code === 0 || code === crossedCode || code === interruptedCode || stopped;
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      const broken = isWhole ? undefined : `k6 ended ${how}: ${messageOf(log.at(-1) ?? "it said nothing")}`;
      resolve({ code, broken, thresholds: readSummary(summary) });
    });
  });
  return {
    ended,
    stop(milliseconds) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(stopped ? "SIGKILL" : "SIGINT");
      stopped = true;
      killer ??= setTimeout(() => child.kill("SIGKILL"), milliseconds);
    },
  };
}
