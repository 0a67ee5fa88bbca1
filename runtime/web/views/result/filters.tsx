/** The form by which records are looked for: one GET form, so that every view has an address and no script is needed. */
import type { ComponentChildren } from "preact";
import { genotypeKinds } from "../../../results/genotype.ts";
import { qualityBounds, type Summary } from "../../../results/summary.ts";
import type { Column } from "../../result/columns.ts";
import { addressOf, type ListParameter, type ResultQuery } from "../../result/query.ts";
import { formatCount } from "../format.ts";
import { genotypeWords, parameterWords, valueInWords } from "./words.ts";

/** Values of one facet that are offered. */
const valuesMost = 60;

export interface FormView {
  readonly path: string;
  readonly summary: Summary;
  readonly query: ResultQuery;
  readonly columns: readonly Column[];
  readonly chosen: readonly Column[];
}

export function FilterForm({ path, summary, query, columns, chosen }: FormView) {
  const active = query.parameters.some(([name]) => name !== "q");
  return (
    <form method="get" action={path} class="find" aria-label="Records of this result">
      <div class="field">
        <label for="q">Gene, region, rs number or ClinVar id</label>
        <div class="search">
          <input
            id="q"
            name="q"
            type="search"
            value={query.search}
            placeholder="BRCA1, chr17:43,044,295-43,125,364, rs80357906"
            aria-describedby="q-hint"
          />
          <button type="submit">Show</button>
        </div>
        <small id="q-hint">One of them; empty shows every record.</small>
      </div>
      {query.sort !== undefined && <input type="hidden" name="sort" value={query.sort} />}
      <details open={active}>
        <summary>Filters</summary>
        <div class="filters">
          <Choices name="type" {...{ summary, query }} />
          <Choices name="consequence" {...{ summary, query }} />
          <Choices name="significance" {...{ summary, query }} />
          <Choices name="filter" {...{ summary, query }} />
          <Quality {...{ summary, query }} />
          <Genotype {...{ summary, query }} />
        </div>
        <p class="faint">Numbers are of the whole result.</p>
      </details>
      <details>
        <summary>Columns</summary>
        <div class="choices wide">
          {columns.map(({ name, label, description }) => (
            <label key={name} title={description}>
              <input
                type="checkbox"
                name="column"
                value={name}
                checked={chosen.some((column) => column.name === name)}
              />
              {label}
            </label>
          ))}
        </div>
        <p class="faint">Your choice is remembered for other results.</p>
      </details>
    </form>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

function Choices({ name, summary, query }: Pick<FormView, "summary" | "query"> & { name: ListParameter }) {
  const { values, records } = summary.facets[name];
  const isChosen = (value: string) => query.parameters.some(([key, given]) => key === name && given === value);
  const offered = values
    .map((value, at) => ({ value, count: records[at] ?? 0 }))
    .filter(({ value, count }) => count > 0 || isChosen(value))
    .sort((a, b) => b.count - a.count)
    .slice(0, valuesMost);
  return (
    <Group title={parameterWords[name] ?? name}>
      {offered.length === 0 && <p class="faint">No record has one.</p>}
      <div class="choices">
        {offered.map(({ value, count }) => (
          <label key={value}>
            <input type="checkbox" name={name} value={value} checked={isChosen(value)} />
            {valueInWords(name, value)} <span class="number faint">{formatCount(count)}</span>
          </label>
        ))}
      </div>
    </Group>
  );
}

function Quality({ summary, query }: Pick<FormView, "summary" | "query">) {
  const { records } = summary.facets.quality;
  const withQuality = records.slice(1).reduce((sum, each) => sum + each, 0);
  const atLeast = (bound: number) =>
    qualityBounds.reduce<number>((sum, each, at) => sum + (each >= bound ? (records[at + 1] ?? 0) : 0), 0);
  return (
    <Group title="Quality">
      <label for="quality">QUAL at least</label>
      <input
        id="quality"
        name="quality"
        inputmode="decimal"
        value={query.filters.qualityMin === undefined ? "" : String(query.filters.qualityMin)}
        aria-describedby="quality-counts"
      />
      <small id="quality-counts">
        {withQuality === 0
          ? "No record has a QUAL."
          : [20, 30, 100].map((bound) => `${bound}: ${formatCount(atLeast(bound))}`).join(" · ")}
      </small>
    </Group>
  );
}

function Genotype({ summary, query }: Pick<FormView, "summary" | "query">) {
  const samples = summary.columns.slice(9);
  const { genotype } = query.filters;
  if (samples.length === 0) return null;
  return (
    <Group title="Genotype">
      <label for="sample">Sample</label>
      <input
        id="sample"
        name="sample"
        list="samples"
        value={genotype?.sample ?? (samples.length === 1 ? samples[0] : "")}
      />
      <datalist id="samples">
        {samples.slice(0, 500).map((sample) => (
          <option key={sample} value={sample} />
        ))}
      </datalist>
      <label for="genotype">is</label>
      <select id="genotype" name="genotype" aria-describedby="genotype-hint">
        <option value="">anything</option>
        {genotypeKinds.map((kind) => (
          <option key={kind} value={kind} selected={genotype?.is === kind}>
            {genotypeWords[kind]}
          </option>
        ))}
      </select>
      <small id="genotype-hint">Not counted beforehand: records are looked through.</small>
    </Group>
  );
}

/** What is filtered by, each with a link that takes it away. */
export function ActiveFilters({ path, query }: Pick<FormView, "path" | "query">) {
  if (query.parameters.length === 0) return null;
  const without = (name: string, value: string) =>
    query.parameters.filter(([key, given]) =>
      name === "genotype" ? key !== "genotype" && key !== "sample" : key !== name || given !== value,
    );
  return (
    <ul class="chips" aria-label="Filters in use">
      {query.parameters
        .filter(([name]) => name !== "sample")
        .map(([name, value]) => (
          <li key={`${name}=${value}`}>
            <a href={addressOf(path, without(name, value))} aria-label={`Without ${parameterWords[name]} ${value}`}>
              {parameterWords[name]}: {chipValue(query, name, value)} <span aria-hidden="true">×</span>
            </a>
          </li>
        ))}
      <li>
        <a href={path}>Show all</a>
      </li>
    </ul>
  );
}

function chipValue({ filters }: ResultQuery, name: string, value: string): string {
  if (name === "genotype" && filters.genotype !== undefined) {
    return `${filters.genotype.sample} ${genotypeWords[filters.genotype.is]}`;
  }
  if (name === "consequence" || name === "significance" || name === "filter" || name === "type") {
    return valueInWords(name, value);
  }
  return value;
}
