/** A scenario from a file, and what it becomes under a program. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ReadPlan } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import type { Scenario } from "../../scaling/simulate/model.ts";
import type { ScenarioFile } from "../../scaling/simulate/scenario/schema.ts";
import type { ProgramOptions } from "../commands/options.ts";

export interface GivenScenario {
  readonly file: ScenarioFile;
  /** Where files that it names are looked for. */
  readonly directory: string;
  /** Of a load that was recorded: when it began, epoch milliseconds, and what is taken for granted of it. */
  readonly recorded?: Required<Pick<Scenario, "begins" | "notes">>;
}

/** @param names what may be given instead of a path, for the message. */
export async function readScenarioFile(what: string, names: string): Promise<GivenScenario> {
  const { checkScenario } = await import("../../scaling/simulate/scenario/read.ts");
  let text: string;
  try {
    text = readFileSync(what, "utf8");
  } catch (cause) {
    throw new Error(`there is no scenario ${what}: give ${names} or the path of a JSON file`, { cause });
  }
  try {
    return { file: checkScenario(JSON.parse(text), what), directory: dirname(resolve(what)) };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Error(`${what} is not valid JSON: ${cause.message}`, { cause });
  }
}

/** The scenario under the program, as its stack is configured. */
export async function scenarioUnder(
  { file, directory, recorded }: GivenScenario,
  options: ProgramOptions,
  read: ReadPlan,
): Promise<{ scenario: Scenario; plan: Plan }> {
  const { scenarioOf } = await import("../../scaling/simulate/scenario/read.ts");
  const plan = await read({
    directory: resolve(options.cwd),
    stack: options.stack,
    config: { ...file.config, ...options.config },
  });
  const scenario = scenarioOf(file, plan, (name) => readFileSync(resolve(directory, name), "utf8"));
  return { plan, scenario: { ...scenario, ...recorded } };
}
