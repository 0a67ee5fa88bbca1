/** Sequences by the name in CHROM: which chromosome it is, whether it is of our assembly, and its counts. */
import { ambiguousNumber, mitochondrialLengths } from "../../vcf/assembly/chromosome.ts";
import { sequenceOfAccession } from "../../vcf/assembly/known.ts";
import { InputError } from "../../vcf/input-error.ts";
import { nameObjection } from "../../vcf/record.ts";
import type { ChromosomeReference, Reference } from "../reference/load.ts";
import { detached } from "../vcf/blocks.ts";
import { type Counts, countsOf, note, otherSequences, type Report } from "./report.ts";

export interface Sequence {
  readonly reference: ChromosomeReference | undefined;
  /** Last base of it in our assembly; a position beyond is of another. */
  readonly end: number;
  /** Why nothing on it is annotated, where something says so. */
  readonly refusal: string | undefined;
  readonly counts: Counts;
  /** What it is for positions beyond `end`, where one name stands for two chromosomes. */
  readonly otherwise: Sequence | undefined;
}

/** Names remembered; a file of made-up names does not grow the memory. */
const namesMax = 10_000;
/** Longer ones are not remembered, and are counted together. */
export const nameCharactersMax = 200;

export interface Sequences {
  /** @throws {InputError} for a name that is none, with the report's current line. */
  find(name: string): Sequence;
  /** The sequence if the name was found before and is remembered: nothing is noted. */
  known(name: string): Sequence | undefined;
}

export function createSequences(report: Report, reference: Reference): Sequences {
  const known = new Map<string, Sequence>();

  function sequenceOf(name: string, chromosome: string, otherwise?: Sequence): Sequence {
    const assemblies = sequenceOfAccession(name)?.assemblies ?? [];
    const isOurs = assemblies.includes(reference.assembly);
    const [other] = isOurs ? [] : assemblies;
    if (isOurs) report.provedByNames = true;
    if (other !== undefined) {
      note(report, `line ${report.lines}: ${name} is a sequence of ${other}; nothing on it was annotated`);
    }
    return {
      reference: reference.chromosome(chromosome),
      end: reference.lengthOf(chromosome) ?? Number.POSITIVE_INFINITY,
      refusal: other === undefined ? undefined : `assembly ${other} (${name})`,
      counts: countsOf(report, name),
      otherwise,
    };
  }

  function made(name: string): Sequence {
    const chromosome = reference.nameOf(name);
    // A species of 25 chromosomes has one of that name.
    if (chromosome !== ambiguousNumber || reference.lengthOf(chromosome) !== undefined)
      return sequenceOf(name, chromosome);
    note(
      report,
      `line ${report.lines}: chromosome ${name} was taken for MT up to position ${mitochondrialLengths[0]}, and for X beyond it`,
    );
    return sequenceOf(name, "MT", sequenceOf(name, "X"));
  }

  /** No sequence with reference data has a name of this length. */
  const unnamed: Sequence = {
    reference: undefined,
    end: Number.POSITIVE_INFINITY,
    refusal: undefined,
    get counts() {
      return countsOf(report, otherSequences);
    },
    otherwise: undefined,
  };

  return {
    known: (name) => known.get(name),
    find(name) {
      const before = known.get(name);
      if (before !== undefined) return before;
      const wrong = nameObjection(name);
      if (wrong !== undefined) throw new InputError(wrong, report.lines);
      if (name.length > nameCharactersMax) return unnamed;
      const own = detached(name);
      const sequence = made(own);
      if (known.size < namesMax) known.set(own, sequence);
      return sequence;
    },
  };
}
