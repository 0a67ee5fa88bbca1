/** Figures of the policies of both farms under the same loads, as Markdown. */
import { plural } from "../../course/plural.ts";
import {
  bounds,
  type Excess,
  type Farm,
  type JudgedPolicy,
  judge,
  type Outcomes,
  policyNames,
} from "../policies/judge.ts";
import type { PoliciesFigures } from "./records.ts";
import { number, percent, table } from "./words.ts";

type FarmFigures = PoliciesFigures["farms"][Farm];
type Judged = FarmFigures["seen"][number];

const words: Readonly<Record<JudgedPolicy, string>> = {
  course: "course",
  targetTracking: "target tracking",
  former: "former",
  recommended: "recommended",
};

const failuresText: Readonly<Record<Farm, (failures: number) => string>> = {
  web: (share) => percent(share, share < 0.1 ? 2 : 1),
  annotator: (seconds) => `${number(seconds)} s`,
};

const times = (value: number) => `${number(value, value < 3 ? 2 : value < 100 ? 1 : 0)} ×`;

/** What is beyond a bound, with what the better one pays for it. */
function verdict(outcomes: Outcomes, farm: Farm): string {
  const { failures, hours, beatenBy } = judge(outcomes, farm);
  const paid = {
    failures: ({ by, times: more }: Excess) =>
      `failures ${times(more)} those of ${words[by]}, for ${times(outcomes[by].hours / outcomes.recommended.hours)} the hours`,
    hours: ({ by, times: more }: Excess) =>
      `hours ${times(more)} those of ${words[by]}, with ${failuresText[farm](outcomes[by].failures)}`,
  };
  const parts = [
    ...(failures === undefined ? [] : [paid.failures(failures)]),
    ...(hours === undefined ? [] : [paid.hours(hours)]),
    ...(beatenBy === undefined ? [] : [`**${words[beatenBy]} is better**`]),
  ];
  return parts.length === 0 ? "within both" : parts.join("; ");
}

function loadTable(loads: readonly Judged[], farm: Farm): string {
  const cell = ({ failures, hours }: Outcomes[JudgedPolicy]) => `${failuresText[farm](failures)} / ${number(hours, 1)}`;
  return table(
    ["Load", ...policyNames.map((name) => words[name]), "against the best of the others"],
    ["---", ...policyNames.map(() => "---:"), "---"],
    loads.map(({ load, outcomes }) => [
      load,
      ...policyNames.map((name) => cell(outcomes[name])),
      verdict(outcomes, farm),
    ]),
  );
}

/** Minutes too small from which on a quarter of them says something about a policy, not about how long a machine boots. */
const shortMinutes = 12;

function summary(loads: readonly Judged[], farm: Farm): string {
  const judgements = loads.map(({ outcomes }) => judge(outcomes, farm));
  const within = judgements.filter(({ failures, hours }) => failures === undefined && hours === undefined).length;
  const beaten = judgements.filter(({ beatenBy }) => beatenBy !== undefined).length;
  const slow = loads.filter(({ outcomes }) => outcomes.course.short >= shortMinutes);
  const quick = slow.filter(({ outcomes }) => 4 * outcomes.recommended.short <= outcomes.course.short);
  const cheap = slow.filter(({ outcomes }) => outcomes.recommended.hours <= outcomes.course.hours);
  return [
    `Within ${bounds.failures} × in failures and ${bounds.hours} × in hours of the best in each: ${within} of ${plural(loads.length, "load")}.`,
    `Another is better at about the same price, or cheaper at about the same failures: ${beaten}.`,
    `The course's policy is too small for ${shortMinutes} minutes or more under ${plural(slow.length, "load")}; the recommended one is so for at`,
    `most a quarter of that under ${quick.length} of them, and takes no more hours under ${cheap.length}.`,
  ].join(" ");
}

/** One farm: the loads that the policy was chosen by, those that it was not, and the worst one found. */
export function policiesText({ size, farms }: PoliciesFigures, farm: Farm): string {
  const { runs, seen, heldOut, worst } = farms[farm];
  const measure = farm === "web" ? "Failed requests" : "Mean wait of a job";
  return [
    `${measure} / instance-hours, ${size.least} to ${size.greatest} instances; ${runs === 1 ? "one run" : `medians of ${runs} runs`}.`,
    "",
    `The policy was chosen by these ${seen.length}. ${summary(seen, farm)}`,
    "",
    loadTable(seen, farm),
    "",
    `Nothing was chosen by these ${heldOut.length}. ${summary(heldOut, farm)}`,
    "",
    loadTable(heldOut, farm),
    "",
    `The worst of ${worst.tried} square waves that a search tried:`,
    "",
    loadTable([worst], farm),
  ].join("\n");
}
