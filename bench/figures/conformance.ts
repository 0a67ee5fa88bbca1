/** Scores of the conformance suite, as Markdown. */
import type { ConformanceFigures } from "./records.ts";
import { number, percent, table } from "./words.ts";

export function conformanceText({ areas, failures, minutes }: ConformanceFigures): string {
  const sum = (of: "cases" | "own" | "moto") => areas.reduce((total, area) => total + area[of], 0);
  const all = { area: "**all**", cases: sum("cases"), own: sum("own"), moto: sum("moto") };
  const score = (passed: number, cases: number) => `${number(passed)} (${percent(passed / cases, 0)})`;
  const failed = table(
    ["Case", "Rule", "Why it fails"],
    ["---", "---", "---"],
    failures.map(({ id, rule, reason }) => [`\`${id}\``, rule, reason]),
  );
  return [
    table(
      ["Area", "Cases", "`annofarm emulate --scaling`", "bare moto"],
      ["---", "---:", "---:", "---:"],
      [...areas, all].map(({ area, cases, own, moto }) => [area, number(cases), score(own, cases), score(moto, cases)]),
    ),
    "",
    `The suite took ${number(minutes.own)} minutes on the first and ${number(minutes.moto)} on the second.`,
    "",
    failures.length === 0
      ? "The project's own account fails no case."
      : `The project's own account fails these cases:\n\n${failed}`,
  ].join("\n");
}
