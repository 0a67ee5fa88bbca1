/** What a backtest takes an instance for: exports do not say what it gets through. */
import type { BacktestRecord } from "../../loadtest/measure/backtest/record.ts";
import { checkScenario } from "../../scaling/simulate/scenario/read.ts";
import type { ScenarioFile } from "../../scaling/simulate/scenario/schema.ts";
import { type GivenScenario, readScenarioFile } from "../simulate/scenario-file.ts";

export interface ServiceBeliefOptions {
  readonly rate?: string;
  readonly job?: string;
  readonly boot?: string;
  readonly scenario?: string;
}

/** Scenario of a farm whose service is said by single options; its load is replaced. */
function ofOptions(
  farm: "web" | "annotator",
  { rate, job, boot }: ServiceBeliefOptions,
  launchSeconds: number | undefined,
): ScenarioFile {
  const start = boot ?? launchSeconds;
  const service = {
    ...(farm === "web" ? { rate } : { job }),
    ...(start === undefined ? {} : { boot: start }),
  };
  const load = { kind: "arrivals", from: 0, stages: [{ for: 60, to: 0 }] };
  return checkScenario({ farm, duration: 60, load, service }, "what is given of an instance");
}

/** @throws {Error} for options that cannot be read, before anything else is. */
export async function checkService(options: ServiceBeliefOptions): Promise<GivenScenario | undefined> {
  const { rate, job, boot, scenario } = options;
  if (scenario !== undefined) {
    if (rate !== undefined || job !== undefined || boot !== undefined) {
      throw new Error(`--scenario ${scenario} says what an instance is like; give it, or --rate, --job and --boot`);
    }
    return readScenarioFile(scenario, "--rate or --job instead");
  }
  const { rate: rateForm, duration } = await import("../../scaling/simulate/scenario/units.ts");
  for (const [name, text, form] of [
    ["--rate", rate, rateForm],
    ["--job", job, duration],
    ["--boot", boot, duration],
  ] as const) {
    const problem = text === undefined ? undefined : form.safeParse(text).error?.issues[0];
    if (problem !== undefined) throw new RangeError(`${name}: ${problem.message}`);
  }
  return undefined;
}

/** The scenario whose load the record's takes the place of, and where its service is from. */
export function serviceFor(
  { farm, launchSeconds }: Pick<BacktestRecord, "farm" | "launchSeconds">,
  options: ServiceBeliefOptions,
  scenario: GivenScenario | undefined,
): { readonly given: GivenScenario; readonly source: string } {
  if (scenario !== undefined) {
    if (scenario.file.farm === farm) return { given: scenario, source: `the service of ${options.scenario}` };
    throw new Error(`--scenario ${options.scenario} is of ${scenario.file.farm}, and the exports are of ${farm}`);
  }
  const { rate, job, boot } = options;
  const said = farm === "web" ? rate : job;
  if (said === undefined) {
    const option = farm === "web" ? "--rate 40/s" : "--job '60 s'";
    throw new Error(
      `the exports do not say what an instance gets through: give ${option}, or --scenario with a service (docs/backtest.md)`,
    );
  }
  const start =
    boot !== undefined
      ? `a given boot of ${boot}`
      : launchSeconds === undefined
        ? "a boot of 90 s, since no launch was recorded"
        : `a boot of ${Math.round(launchSeconds)} s, the median of the recorded launches`;
  return {
    given: { file: ofOptions(farm, options, launchSeconds), directory: process.cwd() },
    source: `${said}${farm === "web" ? " an instance" : " a job"} as given, ${start}`,
  };
}
