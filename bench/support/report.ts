/** What every benchmark prints and writes: medians and ratios against a named peer, measured in turn in one run. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchmarkName, type Figures, type Published, type Ratio, resultsDirectory } from "../figures/records.ts";

const directory = fileURLToPath(new URL("../../.annofarm/bench", import.meta.url));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error("median of no values");
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Measures each subject once a round, in turn, so that a drifting machine slows all of them alike.
 *
 * @returns the values of each subject, one a round.
 */
export async function inTurn<Name extends string>(
  rounds: number,
  subjects: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      values[name].push(await subjects[name]());
      process.stderr.write(`\rround ${round + 1} of ${rounds}: ${name}`.padEnd(79));
    }
  }
  process.stderr.write(`\r${" ".repeat(79)}\r`);
  return values;
}

/** Median of the ratios taken round by round, with its least and greatest. */
export function ratio(ours: readonly number[], peer: readonly number[]): Ratio {
  const ratios = ours.map((value, round) => value / (peer[round] ?? Number.NaN));
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

/** Whether records are published, as `npm run bench -- --publish` asks: written to bench/results/ as well, from which documents are made. */
export const publication = { wanted: false };

/**
 * Writes `.annofarm/bench/<name>.json` and says so; with `--publish` the same to `bench/results/<name>.json`.
 *
 * @param figures - what the documents show.
 * @param raw - every single measurement.
 */
export function writeReport<Name extends BenchmarkName>(name: Name, figures: Figures[Name], raw: object): void {
  const record: Published<Name> = {
    benchmark: name,
    command: `npm run bench -- ${name}`,
    date: new Date().toISOString(),
    machine: { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length },
    figures,
    raw,
  };
  const places = [directory, ...(publication.wanted ? [fileURLToPath(resultsDirectory)] : [])];
  for (const place of places) {
    mkdirSync(place, { recursive: true });
    const file = join(place, `${name}.json`);
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
    console.log(`written to ${relative(process.cwd(), file)}`);
  }
}
