/** A result as a table of its records, with what is looked for, what there is, and how to take it along. */
import type { Job } from "../../../contract/job.ts";
import type { RecordPage } from "../../../results/scan.ts";
import { variantOf } from "../../../results/variant.ts";
import type { Column } from "../../result/columns.ts";
import type { MatchCount } from "../../result/open.ts";
import { addressOf } from "../../result/query.ts";
import type { ResultSource } from "../../result/source.ts";
import { AnnotatedBy } from "../annotation.tsx";
import { formatBytes, formatCount } from "../format.ts";
import { ActiveFilters, FilterForm, type FormView } from "./filters.tsx";
import { type Guest, ResultCrumb } from "./guest.tsx";
import { Plots } from "./plots.tsx";
import { fieldInWords } from "./words.ts";

export interface ResultView extends FormView {
  readonly job: Job;
  readonly page: RecordPage;
  readonly count: MatchCount;
  /** Whether this view can be sorted. */
  readonly sortable: boolean;
  /** Set for whoever came by a link. */
  readonly guest: Guest | undefined;
  readonly source: ResultSource | undefined;
}

export function ResultPage(view: ResultView) {
  const { job, summary, path, guest } = view;
  return (
    <>
      <ResultCrumb job={job} guest={guest} />
      <div class="heading">
        <h1>Result</h1>
        <Downloads {...view} />
      </div>
      {summary.stopped !== undefined && (
        <p class="message">
          Records after the first {formatCount(summary.records)} are not shown here: {summary.stopped}
        </p>
      )}
      <FilterForm {...view} />
      <ActiveFilters {...view} />
      <Told {...view} />
      {view.page.records.length > 0 && <RecordTable {...view} />}
      <Pager {...view} />
      <Plots summary={summary} path={path} />
      <AnnotatedBy source={view.source} />
    </>
  );
}

function Downloads({ path, query, summary, guest }: ResultView) {
  const filtered = query.parameters.length > 0;
  // Addresses in storage name the user.
  const isGuest = guest !== undefined;
  const exported = (format: string) => addressOf(`${path}/export`, query.parameters, { format });
  return (
    <details class="menu">
      <summary>Download</summary>
      <div class="panel">
        {!isGuest && <WholeResult path={path} summary={summary} />}
        <h2>{filtered ? "Records that fit the filters" : isGuest ? "The whole result" : "As a table"}</h2>
        <ul>
          {(filtered || isGuest) && (
            <>
              <li>
                <a href={exported("vcf")}>VCF</a>
              </li>
              <li>
                <a href={exported("vcf.gz")}>VCF, bgzip</a>
              </li>
            </>
          )}
          <li>
            <a href={exported("tsv")}>TSV</a> <span class="faint">columns as chosen</span>
          </li>
          <li>
            <a href={exported("csv")}>CSV</a> <span class="faint">columns as chosen</span>
          </li>
        </ul>
      </div>
    </details>
  );
}

/** The files as they are in storage. */
function WholeResult({ path, summary }: Pick<ResultView, "path" | "summary">) {
  return (
    <>
      <h2>The whole result</h2>
      <ul>
        <li>
          <a href={`${path}/download`}>VCF</a> <span class="faint">{formatBytes(summary.result.bytes)}</span>
        </li>
        <li>
          <a href={`${path}/download?file=bgzip`}>VCF, bgzip</a>{" "}
          <span class="faint">{formatBytes(summary.bgzip.bytes)}</span>
        </li>
        <li>
          {summary.tabix.exists ? (
            <a href={`${path}/download?file=tabix`}>tabix index</a>
          ) : (
            <span class="faint">No tabix index. {summary.tabix.reason}</span>
          )}
        </li>
      </ul>
    </>
  );
}

/** How many records there are, and what has not been looked at. */
function Told({ summary, page, count, query, sortable }: ResultView) {
  const sorted = page.total !== undefined;
  const all = formatCount(summary.records);
  const found = `${formatCount(count.records)} of ${all} records`;
  const [first, last] = [page.records[0], page.records.at(-1)];
  return (
    <p class="note" role="status">
      {query.parameters.length === 0 ? `${all} records.` : count.exact ? `${found} fit.` : `At most ${found} fit.`}{" "}
      {first !== undefined &&
        last !== undefined &&
        (sorted
          ? `Shown: ${formatCount(query.from + 1)} to ${formatCount(query.from + page.records.length)}, the highest QUAL first. `
          : `Shown: ${formatCount(page.records.length)}, records ${formatCount(first.number + 1)} to ${formatCount(last.number + 1)} of the result, in its order. `)}
      {query.sort !== undefined && !sortable && (
        <>Not sorted: too many records would have to be read. Narrow the filters to sort what is left. </>
      )}
      {page.stoppedAt !== undefined && (
        <>
          Only records {formatCount(query.from + 1)} to {formatCount(page.stoppedAt)} were looked at; those after them
          are looked through when you go on.
        </>
      )}
      {page.records.length === 0 && page.stoppedAt === undefined && (query.from > 0 ? "No more fit." : "None fits.")}
    </p>
  );
}

/** The heading of a column; that of QUAL sorts by it where that is cheap. */
function Heading({ column, view }: { column: Column; view: ResultView }) {
  const { sortable, page, path, query } = view;
  const { name, label, description } = column;
  const canSort = name === "QUAL" && sortable;
  const sorted = canSort && page.total !== undefined;
  const href = addressOf(path, query.parameters, { sort: sorted ? undefined : "quality" });
  return (
    <th scope="col" title={description} {...(sorted ? { "aria-sort": "descending" as const } : {})}>
      {canSort ? <a href={href}>{sorted ? `${label} ↓` : label}</a> : label}
    </th>
  );
}

function RecordTable(view: ResultView) {
  const { page, chosen, summary, path } = view;
  return (
    <section class="scroll" tabindex={0} aria-label="Records">
      <table class="records">
        <thead>
          <tr>
            <th scope="col">Position</th>
            <th scope="col">Change</th>
            {chosen.map((column) => (
              <Heading key={column.name} column={column} view={view} />
            ))}
          </tr>
        </thead>
        <tbody>
          {page.records.map(({ number, line }) => {
            const variant = variantOf(line, summary.columns);
            return (
              <tr key={number}>
                <th scope="row">
                  <a href={`${path}/variants/${number + 1}`}>
                    {variant.chrom}:{formatCount(variant.pos)}
                  </a>
                </th>
                <td data-label="Change">
                  <code>{`${shortened(variant.ref)} > ${shortened(variant.alt)}`}</code>
                </td>
                {chosen.map((column) => (
                  <Cell key={column.name} column={column} value={column.value(variant)} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ column, value }: { column: Column; value: string }) {
  const missing = value === ".";
  return (
    <td data-label={column.label} {...(missing ? { class: "missing" } : {})}>
      {missing ? "–" : shortened(fieldInWords(column.name.replace(/^INFO\./, ""), value), 60)}
    </td>
  );
}

const shortened = (text: string, most = 24): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function Pager({ path, query, page, count }: ResultView) {
  const size = page.records.length;
  const at = (from: number) =>
    addressOf(path, query.parameters, { sort: query.sort, from: from === 0 ? undefined : from });
  // Where every number is a record that is shown, pages can be counted back.
  const unfiltered = query.parameters.length === 0 || page.total !== undefined;
  const last = Math.max(0, count.records - (size || 1));
  return (
    <nav class="pages" aria-label="Pages">
      {query.from > 0 && <a href={at(0)}>First</a>}
      {unfiltered && query.from > 0 && <a href={at(Math.max(0, query.from - size))}>Previous</a>}
      {page.next !== undefined && (
        <a href={at(page.next)} rel="next">
          {page.stoppedAt === undefined ? "Next" : "Go on"}
        </a>
      )}
      {unfiltered && page.next !== undefined && count.records > size && <a href={at(last)}>Last</a>}
    </nav>
  );
}
