/** A study as rows of text, for a terminal and for a document alike. */
import { intervalOf } from "../prediction.ts";
import { clock, figure } from "../report/format.ts";
import { annotatorRecord, eveningSeconds, webRecord } from "./record.ts";
import type { Evening, PolicyReport, Study } from "./study.ts";
import { type Compared, compared } from "./web.ts";

export type Row = readonly string[];

const headings = { instance: "each instance", shared: "shared", both: "both" } as const;
const names: Readonly<Record<Compared, string>> = {
  requests: "requests",
  mean: "mean answer, s",
  p50: "median answer, s",
  min: "shortest, s",
  max: "longest, s",
};

const signed = (value: number) => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${figure(Math.abs(value))} %`;
/** Error of a value against the record, whole per cent beyond ten, a digit more below. */
function errorOf(value: number, record: number): string {
  const percent = (100 * (value - record)) / record;
  return signed(Math.abs(percent) >= 10 ? Math.round(percent) : Math.round(percent * 10) / 10);
}

const middle = (values: readonly (number | undefined)[]) => intervalOf(values)?.middle;
const all = (account: PolicyReport, of: (evening: Evening) => number | undefined) => account.evenings.map(of);

/** Figure beside figure, error beside error; `*`: the parameters were fitted to this one. */
export function comparison({ accounts, runs }: Study): Row[] {
  const head = ["", "record", ...accounts.flatMap(({ explanation }) => [headings[explanation], "error"])];
  const measured = (Object.keys(compared) as Compared[]).map((name): Row => {
    const { record } = compared[name];
    return [
      names[name],
      figure(record),
      ...accounts.flatMap(({ figures, fittedTo }) => [
        `${figure(figures[name].middle)}${fittedTo.includes(name) ? "*" : ""}`,
        errorOf(figures[name].middle, record),
      ]),
    ];
  });
  const plain = (name: string, record: string, of: (account: PolicyReport) => string): Row => [
    name,
    record,
    ...accounts.flatMap((account) => [of(account), ""]),
  ];
  const minutes = (values: readonly (number | undefined)[]) => {
    const value = middle(values);
    return value === undefined ? "never" : clock(value);
  };
  const passes = ({ evenings }: PolicyReport) =>
    evenings.filter(({ sizes }) => webRecord.instances.every((size) => sizes.includes(size))).length;
  const back = (account: PolicyReport) => all(account, ({ backAt }) => backAt).filter((at) => at !== undefined).length;
  const every = (account: PolicyReport) => middle(all(account, ({ scaleInEvery }) => scaleInEvery));
  return [
    head,
    ...measured,
    [
      "minutes a step in",
      figure(webRecord.scaleInEvery),
      ...accounts.flatMap((account) => {
        const value = every(account);
        return value === undefined ? ["–", ""] : [figure(value), errorOf(value, webRecord.scaleInEvery)];
      }),
    ],
    plain("alarm swings after", "some", (account) => figure(middle(all(account, ({ swings }) => swings)))),
    plain("through 2, 3, 5, 10", "yes", (account) => `${passes(account)}/${runs}`),
    plain("ten after, h:min", "–", (account) => minutes(all(account, ({ tenAt }) => tenAt))),
    plain(`two by ${clock(eveningSeconds / 60)}`, "yes", (account) => `${back(account)}/${runs}`),
  ];
}

/** What each explanation was found to need. */
export function parameters({ accounts }: Study): Row[] {
  const rate = (value: number | undefined) => (value === undefined ? "–" : `${figure(value)}/s`);
  return [
    ["", ...accounts.map(({ explanation }) => headings[explanation])],
    ["throughput of an instance", ...accounts.map(({ parameters: found }) => rate(found.instanceRate))],
    ["throughput, shared part", ...accounts.map(({ parameters: found }) => rate(found.sharedRate))],
    ["time outside any server", ...accounts.map(({ parameters: found }) => `${figure(found.clientSeconds)} s`)],
  ];
}

/** The experiment that would tell them apart. */
export function experiment({ accounts }: Study): Row[] {
  const sizes = accounts[0]?.fixed.map(({ size }) => size) ?? [];
  return [
    ["instances, fixed", ...accounts.flatMap(({ explanation }) => [headings[explanation], "median"])],
    ...sizes.map((size, index) => [
      figure(size),
      ...accounts.flatMap(({ fixed }) => [`${figure(fixed[index]?.rate)}/s`, `${figure(fixed[index]?.p50)} s`]),
    ]),
  ];
}

export function annotatorRows({ annotator, runs }: Study): Row[] {
  const at = (of: (outcome: Study["annotator"][number]) => number | undefined) => middle(annotator.map(of));
  const peaks = annotator.map(({ peak }) => peak);
  const ends = annotator.filter(({ end }) => end === annotatorRecord.endsAt).length;
  return [
    ["", "record", "simulated"],
    ["most instances", "–", `${Math.min(...peaks)} to ${Math.max(...peaks)}`],
    ["at two again after, h:min", "–", clock(at(({ backAt }) => backAt) ?? 0)],
    ["instances at the end", figure(annotatorRecord.endsAt), `${annotatorRecord.endsAt} in ${ends} of ${runs} runs`],
  ];
}
