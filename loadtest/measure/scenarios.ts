/** The scenarios, and what of each is known without running k6. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const scenarioNames = ["web", "annotator", "journey", "spike", "soak"] as const;
export type ScenarioName = (typeof scenarioNames)[number];

interface AboutScenario {
  /** Whose group is predicted and judged. */
  readonly farm: "web" | "annotator";
  /** Jobs are submitted, so that tokens are needed. */
  readonly api: boolean;
}

export const aboutScenario: Readonly<Record<ScenarioName, AboutScenario>> = {
  web: { farm: "web", api: false },
  annotator: { farm: "annotator", api: true },
  journey: { farm: "web", api: true },
  spike: { farm: "web", api: false },
  soak: { farm: "web", api: false },
};

/** Its file; in the built package a compiled one. */
export function scenarioFile(name: ScenarioName): string {
  const source = fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
  return existsSync(source) ? source : source.replace(/\.ts$/, ".js");
}
