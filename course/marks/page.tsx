/** Marks as pages that stand alone: no script, nothing loaded, everything escaped. */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Pseudonym } from "../types.ts";
import { type MarkedItem, type Marks, markOf, type Outcome, type StackMarks } from "./marks.ts";
import { studentItems } from "./student-view.ts";

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #12171d); color: light-dark(#1c2530, #e6ebf1); }
a { color: light-dark(#0b5cad, #8ab8ff); }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8886; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 0; font-size: .875rem; }
.wide { overflow-x: auto; }
.passed { color: light-dark(#11632f, #7fdc9e); } .failed, .not-run { color: light-dark(#a3161a, #ff9d9a); }
.partial, .skipped { color: light-dark(#7a4d00, #f0c36a); }
`;
/** Even a mistake of ours could load or run nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const page = (title: string, children: ComponentChildren): string =>
  `<!doctype html>${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="referrer" content="no-referrer" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style>{style}</style>
      </head>
      <body>{children}</body>
    </html>,
  )}\n`;

const words: Readonly<Record<Outcome, string>> = {
  passed: "passed",
  partial: "in part",
  failed: "failed",
  skipped: "skipped",
  "not-run": "not run",
};

function Item({ item }: { item: MarkedItem }) {
  return (
    <tr>
      <td>
        {item.name}
        {item.message !== "" && <div>{item.message}</div>}
        {item.evidence.length > 0 && <pre>{item.evidence.join("\n")}</pre>}
      </td>
      <td class={item.outcome}>{words[item.outcome]}</td>
      <td class="number">
        {item.points} of {item.max}
      </td>
    </tr>
  );
}

const signed = (points: number) => (points < 0 ? `−${-points}` : `+${points}`);

/** One student's page. It names nobody, by no name but the student's own pseudonym. */
export function studentPage({ title, gradedAt }: Marks, marks: StackMarks, member: Pseudonym): string {
  const own = marks.adjustments.filter((each) => each.member === member);
  return page(
    `${title}: ${member}`,
    <main>
      <h1>{title}</h1>
      <p>
        {member} · {marks.stack} · graded <time dateTime={gradedAt}>{gradedAt}</time>
      </p>
      <p>
        <strong>
          {markOf(marks, member)} of {marks.max} points
        </strong>
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">
              Points
            </th>
          </tr>
        </thead>
        <tbody>
          {studentItems(marks).map((item) => (
            <Item key={item.id} item={item} />
          ))}
          {own.map(({ points, reason }) => (
            <tr key={reason}>
              <td colSpan={2}>{reason}</td>
              <td class="number">{signed(points)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>,
  );
}

interface ClassRow {
  readonly marks: StackMarks;
  readonly member: Pseudonym;
}

function Row({ row, ids, nameOf }: { row: ClassRow; ids: readonly string[]; nameOf: ClassPage["nameOf"] }) {
  const { marks, member } = row;
  const items = new Map(marks.items.map((item) => [item.id, item]));
  return (
    <tr>
      <th scope="row">
        <a href={`${member}.html`}>{member}</a>
      </th>
      {nameOf && <td>{nameOf(member) ?? ""}</td>}
      <td>{marks.stack}</td>
      <td class="number">
        {markOf(marks, member)} of {marks.max}
      </td>
      {ids.map((id) => {
        const item = items.get(id);
        return (
          <td key={id} class={`number ${item?.outcome ?? ""}`} title={item === undefined ? "" : words[item.outcome]}>
            {item?.points ?? "–"}
          </td>
        );
      })}
    </tr>
  );
}

export interface ClassPage {
  /** Only when staff ask for names. */
  readonly nameOf?: ((member: Pseudonym) => string | undefined) | undefined;
}

/** The middle mark; of two middle ones their mean. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return Math.round(((low + high) / 2) * 100) / 100;
}

function Summary({ marks, rows }: { marks: Marks; rows: readonly ClassRow[] }) {
  const points = rows.map((row) => markOf(row.marks, row.member));
  return (
    <p>
      {marks.course} · {rows.length} people in {marks.stacks.length} stacks · graded{" "}
      <time dateTime={marks.gradedAt}>{marks.gradedAt}</time>
      {rows.length > 0 && ` · points from ${Math.min(...points)} to ${Math.max(...points)}, median ${median(points)}`}
    </p>
  );
}

/** The class's page, for staff: everybody's points, hidden items too. */
export function classPage(marks: Marks, { nameOf }: ClassPage): string {
  const rows = marks.stacks.flatMap((stack) => stack.members.map((member) => ({ marks: stack, member })));
  const items = new Map(marks.stacks.flatMap((stack) => stack.items.map((item) => [item.id, item] as const)));
  return page(
    `${marks.title}: ${marks.course}`,
    <main>
      <h1>{marks.title}</h1>
      <Summary marks={marks} rows={rows} />
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">Person</th>
              {nameOf && <th scope="col">Name</th>}
              <th scope="col">Stack</th>
              <th scope="col" class="number">
                Points
              </th>
              {[...items.values()].map((item) => (
                <th key={item.id} scope="col" class="number">
                  {item.name} ({item.max}){item.hidden && ", hidden"}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.member} row={row} ids={[...items.keys()]} nameOf={nameOf} />
            ))}
          </tbody>
        </table>
      </div>
    </main>,
  );
}
