/** What settings are simulated under: a load of ours, the course's, a scenario file, a recorded load. */
import type { ReadPlan } from "../../plan/plan.ts";
import { isLoadName, type LoadName, loadNames } from "../../scaling/simulate/compare/loads.ts";
import type { ProgramOptions } from "../commands/options.ts";
import { type LoadOptions, requireRecorded, underRecordedLoad } from "../simulate/load-options.ts";
import { type GivenScenario, readScenarioFile, scenarioUnder } from "../simulate/scenario-file.ts";
import type { ScenarioUnder } from "./candidates.ts";

/** `--load` of commands that take it by name too: the word in the brackets, and what is said of it. */
export const aboutLoad = [
  "name|file",
  `load for web and annotator: ${loadNames.join(", ")} (default: class); or a recorded one: access logs, metrics, k6's points`,
] as const;

export interface Given {
  readonly farm: "web" | "annotator";
  readonly under: ScenarioUnder;
}

/** What is compared under: a load of ours, the course's, or a scenario file. */
export async function given(what: string, options: ProgramOptions & LoadOptions, read: ReadPlan): Promise<Given> {
  const { load } = options;
  const named = load === undefined || isLoadName(load);
  requireRecorded(!named, options);
  if (load !== undefined && (what === "course" || (named && what !== "web" && what !== "annotator"))) {
    throw new Error(`--load ${load} is for web and annotator; ${what} brings its own load`);
  }
  if (what === "course") {
    const { courseUnder } = await import("../compare/course.ts");
    return { farm: "web", under: courseUnder(read) };
  }
  const usual = await scenarioFor(what, named ? (load ?? "class") : "class");
  const scenario = named ? usual : await underRecordedLoad(usual, load, options);
  return { farm: scenario.file.farm, under: (each) => scenarioUnder(scenario, each, read) };
}

async function scenarioFor(what: string, load: LoadName): Promise<GivenScenario> {
  const { checkScenario } = await import("../../scaling/simulate/scenario/read.ts");
  const { loads } = await import("../../scaling/simulate/compare/loads.ts");
  if (what !== "web" && what !== "annotator") return readScenarioFile(what, "web, annotator, course");
  return { file: checkScenario(loads[what][load], what), directory: process.cwd() };
}
