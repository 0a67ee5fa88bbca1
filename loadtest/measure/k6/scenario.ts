/** A scenario's own account of itself: `k6 inspect` runs its checks and gives its options, without any load. */
import { execFile } from "node:child_process";
import * as z from "zod";
import { k6Options, k6Sources } from "../../../scaling/simulate/scenario/k6.ts";
import type { K6 } from "./find.ts";

/** What k6 is given of this process's environment: no credentials, and no settings of k6's own. */
const passedOn = ["PATH", "HOME", "TMPDIR", "TEMP", "SystemRoot", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/** The environment of k6: tokens go this way, never through arguments. */
export const environmentOf = (
  parameters: Readonly<Record<string, string>>,
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> => ({
  ...Object.fromEntries(passedOn.flatMap((name) => (inherited[name] === undefined ? [] : [[name, inherited[name]]]))),
  ...parameters,
});

const inspected = z.looseObject({
  thresholds: z.record(z.string(), z.array(z.unknown())).nullish(),
  ext: z.looseObject({
    annofarm: z.object({
      think: z.tuple([z.number(), z.number()]),
      parameters: z.record(z.string(), z.number()),
    }),
  }),
});

export interface InspectedScenario {
  /** k6's options, by the target's time. */
  readonly options: Record<string, unknown>;
  readonly think: readonly [number, number];
  readonly parameters: Readonly<Record<string, number>>;
  /** Until the load ends, seconds. */
  readonly seconds: number;
}

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutNulls(each)]));
};

function secondsOf(options: unknown, think: readonly [number, number]): number {
  const ends = k6Sources(k6Options.parse(options), think).map((source) =>
    source.kind === "trace" ? 0 : source.at + source.stages.reduce((sum, stage) => sum + stage.seconds, 0),
  );
  return Math.max(0, ...ends);
}

/** The message of a scenario's own error, from k6's log, without its trace. */
export function messageOf(log: string): string {
  const found = /msg="(?:Error: )?((?:[^"\\]|\\.)*)"/.exec(log)?.[1] ?? log.trim().split("\n").at(-1) ?? "";
  return (found.split("\\n")[0] as string).replaceAll('\\"', '"');
}

/** @throws {Error} with the scenario's own words, when it refuses a parameter. */
export async function inspectScenario(
  k6: K6,
  file: string,
  parameters: Readonly<Record<string, string>>,
): Promise<InspectedScenario> {
  const args = ["inspect", "--include-system-env-vars", file];
  const text = await new Promise<string>((resolve, reject) => {
    execFile(k6.path, args, { env: environmentOf(parameters), timeout: 300_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(messageOf(stderr) || error.message));
    });
  });
  const options = withoutNulls(JSON.parse(text)) as Record<string, unknown>;
  const { think, parameters: known } = inspected.parse(options).ext.annofarm;
  return { options, think, parameters: known, seconds: secondsOf(options, think) };
}
