/** A load test by the command line, and what its report says. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { LoadReport, LoadRequest } from "../stage/stage.ts";
import { type Annofarm, runToEnd } from "./annofarm.ts";

/** The part of `report.json` that is read here. */
const reportSchema = z.looseObject({
  verdicts: z.array(z.looseObject({ what: z.string(), verdict: z.string(), detail: z.string() })),
  measured: z.looseObject({
    /** By group, ascending: each change. */
    sizes: z.record(z.string(), z.array(z.looseObject({ inService: z.number() }))),
    activities: z.array(z.looseObject({ group: z.string(), cause: z.string() })),
  }),
});

export interface LoadPlace {
  readonly annofarm: Annofarm;
  readonly url: string;
  /** Folder of the program whose farm is loaded. */
  readonly program: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly state: string;
  /** Where the report is written. */
  readonly folder: string;
}

const options = (name: string, values: readonly string[]) => values.flatMap((value) => [name, value]);

export async function load(place: LoadPlace, request: LoadRequest, signal: AbortSignal): Promise<LoadReport> {
  const report = join(place.folder, `${request.scenario}.html`);
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const args = [
    ...["loadtest", request.scenario, "--target", place.url, "--state", place.state, "--report", report, "--runs", "1"],
    ...["-C", place.program, "-s", place.stack, "--after", request.after],
    ...options("-c", pairs(place.config)),
    ...options("-p", pairs(request.parameters)),
    ...options("-e", request.expectations),
  ];
  // Exit code 1 with a report: a verdict failed, which is the item's to judge.
  const { said } = await runToEnd(place.annofarm, args, signal, [0, 1]);
  const text = await readFile(report.replace(/\.html$/, ".json"), "utf8").catch((cause) => {
    throw new Error(`the load test did not run: ${said}`, { cause });
  });
  const data = reportSchema.parse(JSON.parse(text));
  const { sizes, activities } = data.measured;
  return {
    verdicts: data.verdicts,
    groups: Object.entries(sizes).map(([name, changes]) => {
      const inService = changes.map((each) => each.inService);
      return { name, most: Math.max(0, ...inService), last: inService.at(-1) ?? 0 };
    }),
    activities: activities.map(({ group, cause }) => ({ group, cause })),
  };
}
