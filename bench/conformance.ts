/**
 * How many of AWS's documented rules of scaling do this project's own account and bare moto keep? Runs the conformance suite against both,
 * one after the other.
 *
 *     npm run bench -- conformance
 */
import { type StartedAccount, startMoto, startOwn } from "./conformance/accounts.ts";
import { areas } from "./conformance/case.ts";
import { cases } from "./conformance/cases.ts";
import { reasons } from "./conformance/reasons.ts";
import { type Result, runCases, scoresOf } from "./conformance/run.ts";
import type { ConformanceFigures } from "./figures/records.ts";
import { writeReport } from "./support/report.ts";

interface Run {
  readonly results: readonly Result[];
  readonly minutes: number;
}

async function runOn(start: () => Promise<StartedAccount>): Promise<Run> {
  const account = await start();
  const began = performance.now();
  let over = 0;
  try {
    const onResult = () => void process.stderr.write(`\r${++over} of ${cases.length}`);
    const results = await runCases({ ...account, cases, onResult });
    return { results, minutes: (performance.now() - began) / 60_000 };
  } finally {
    process.stderr.write("\n");
    await account.stop();
  }
}

function failuresOf({ results }: Run): ConformanceFigures["failures"] {
  return results.flatMap(({ id, passed, why }) => {
    if (passed) return [];
    const reason = reasons[id];
    if (reason === undefined) console.error(`${id} fails without a reason in bench/conformance/reasons.ts: ${why}`);
    const rule = cases.find((each) => each.id === id)?.rule ?? "";
    return [{ id, rule, reason: reason ?? "not looked into yet" }];
  });
}

const own = await runOn(startOwn);
const moto = await runOn(startMoto);
const ofMoto = scoresOf(moto.results);
const figures: ConformanceFigures = {
  areas: scoresOf(own.results).map(({ area, passed, cases: count }) => ({
    area: areas[area],
    cases: count,
    own: passed,
    moto: ofMoto.find((each) => each.area === area)?.passed ?? 0,
  })),
  failures: failuresOf(own),
  minutes: { own: own.minutes, moto: moto.minutes },
};
for (const { area, cases: count, own: ours, moto: theirs } of figures.areas) {
  console.log(`${area}: ${ours} and ${theirs} of ${count}`);
}
writeReport("conformance", figures, { own: own.results, moto: moto.results });
