/** The live runs that predictions are held against: what is declared, and what loads it. */
import { fileURLToPath } from "node:url";
import type { PolicyName } from "../figures/records.ts";
import type { LiveOptions } from "../support/live.ts";

export const project = fileURLToPath(new URL("../..", import.meta.url));
export const script = fileURLToPath(new URL("shape.ts", import.meta.url));

export const size = { webMin: "2", webMax: "5" };
/** Declared for the live run; a third of the speed is what a machine of two cores still serves in real time. */
export const capacity = "web=2rps";
export const policies: Readonly<Record<PolicyName, Readonly<Record<string, string>>>> = {
  course: { webScaling: "course" },
  recommended: { webRequestsPerTarget: "80" },
  requestsPerTarget: { webScaling: "requestsPerTarget", webRequestsPerTarget: "80" },
};

/** A name as an option has it. */
export const slug = (name: string) => name.replaceAll(/[^a-zA-Z0-9]+/g, "-");

/** Minutes that a run goes on after its load. */
export const after = 6;

/** A load of shapes.ts by its number, run live; nothing is predicted there. `after`: minutes to look on, at most. */
export const loadOf = (shape: number, after: number | undefined): LiveOptions["load"] => ({
  scenario: "web",
  file: script,
  parameters: { SHAPE: String(shape), FAILURES: "100" },
  service: {},
  expectations: [],
  after,
  runs: 1,
});
