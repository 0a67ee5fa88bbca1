/** What is in a whole result, as bars that lead to its records. Labels are text of the page: they are readable at every width. */
import { densityBases, type FacetName, type Summary } from "../../../results/summary.ts";
import { addressOf } from "../../result/query.ts";
import { formatCount } from "../format.ts";
import { valueInWords } from "./words.ts";

/** Bars of one plot. */
const barsMost = 12;
const sequencesMost = 30;

interface Bar {
  readonly label: string;
  readonly href: string;
  readonly records: number;
}

export function Plots({ summary, path }: { summary: Summary; path: string }) {
  const bars = (name: Exclude<FacetName, "quality">): Bar[] =>
    summary.facets[name].values
      .map((value, at) => ({
        label: valueInWords(name, value),
        href: addressOf(path, [[name, value]]),
        records: summary.facets[name].records[at] ?? 0,
      }))
      .filter(({ records }) => records > 0)
      .sort((a, b) => b.records - a.records);
  return (
    <section aria-labelledby="overview">
      <h2 id="overview">The whole result</h2>
      <div class="columns plots">
        <BarPlot title="By type" bars={bars("type")} />
        <BarPlot title="By consequence, by location" bars={bars("consequence")} />
        <BarPlot title="By ClinVar significance" bars={bars("significance")} />
        <BarPlot title="By FILTER" bars={bars("filter")} />
      </div>
      <Genome summary={summary} path={path} />
    </section>
  );
}

function BarPlot({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ records }) => records));
  const shown = bars.slice(0, barsMost);
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      {shown.length === 0 ? (
        <p class="faint">No record has one.</p>
      ) : (
        <ul class="bars">
          {shown.map(({ label, href, records }) => (
            <li key={href}>
              <a href={href}>{label}</a>
              <span class="number">{formatCount(records)}</span>
              <svg viewBox={`0 0 ${most} 1`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <rect class="bar" width={records} height="1" />
              </svg>
            </li>
          ))}
        </ul>
      )}
      {bars.length > shown.length && <p class="faint">and {formatCount(bars.length - shown.length)} more</p>}
    </figure>
  );
}

/** Records along each sequence, a bar for each million bases. */
function Genome({ summary, path }: { summary: Summary; path: string }) {
  const all = summary.sequences;
  const shown = [...all].sort((a, b) => b.records - a.records).slice(0, sequencesMost);
  const inOrder = all.filter((sequence) => shown.includes(sequence));
  const longest = Math.max(1, ...inOrder.map(({ density }) => density.length));
  const most = inOrder.reduce((max, { density }) => density.reduce((a, b) => Math.max(a, b), max), 1);
  return (
    <figure class="plot">
      <figcaption>Along the genome: records in each {formatCount(densityBases / 1e6)} Mb of a sequence</figcaption>
      <ul class="bars genome">
        {inOrder.map(({ name, records, density }) => (
          <li key={name}>
            <a href={addressOf(path, [["q", name]])}>{name}</a>
            <span class="number">{formatCount(records)}</span>
            <svg viewBox={`0 0 ${longest} 10`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
              <rect class="ground" width={density.length} height="10" />
              <path class="bar" d={densityPath(density, most)} />
            </svg>
          </li>
        ))}
      </ul>
      {all.length > inOrder.length && (
        <p class="faint">and {formatCount(all.length - inOrder.length)} more sequences with fewer records</p>
      )}
    </figure>
  );
}

/** A place with one record is seen beside one with thousands: heights are of square roots. */
function densityPath(density: readonly number[], most: number): string {
  return density
    .map((records, bin) => {
      const height = Math.round(Math.sqrt(records / most) * 100) / 10;
      return records === 0 ? "" : `M${bin} 10v-${Math.max(1.5, height)}h1V10z`;
    })
    .join("");
}
