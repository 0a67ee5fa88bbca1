/**
 * Which assembly a file is of, from its header. Lengths of chromosomes prove it; where there are none, accessions do; where there
 * are none of these either, names are believed. Within one kind the majority decides. Whatever disagrees is kept, to be told.
 */

import { quoted } from "../input-error.ts";
import { type MetaLine, metaLine } from "../meta-line.ts";
import { ambiguousNumber, chromosomeName, isMainChromosome, mitochondrialLengths } from "./chromosome.ts";
import { assembliesOfLength, assemblyOfAccession, isHuman, sequenceOfAccession } from "./known.ts";
import { assembliesNamed } from "./names.ts";
import type { OwnAssembly } from "./own.ts";

export type EvidenceKind = "length" | "accession" | "name";

/** Lines of a header that say the same. */
export interface Evidence {
  readonly kind: EvidenceKind;
  /** Assemblies that fit; empty: none that is known. */
  readonly assemblies: readonly string[];
  /** The first of the lines, and the value in it. */
  readonly line: number;
  readonly value: string;
  /** How many lines say it. */
  readonly lines: number;
}

export interface AssemblyFinding {
  /** Name of the assembly; `undefined`: nothing in the header proves any. */
  readonly assembly: string | undefined;
  readonly kind: EvidenceKind | undefined;
  readonly evidence: readonly Evidence[];
  /** What says otherwise. */
  readonly contradictions: readonly Evidence[];
}

const unknownAssembly = "an assembly that is not known here";
const contradictory = "an assembly that cannot be told, since the header contradicts itself";

const kinds: readonly EvidenceKind[] = ["length", "accession", "name"];
/** Plausible lengths of a chromosome; what lies outside is a placeholder. @param own length of the sequence in the reference data. */
const plausible = (length: number, own = 10_000) => length >= Math.min(10_000, own) && length < 1_000_000_000;

interface Statement {
  readonly kind: EvidenceKind;
  readonly assemblies: readonly string[];
  readonly value: string;
}

/** What the length of a sequence says of the assembly; `undefined`: nothing. */
function lengthStatement(id: string, length: number, own: OwnAssembly): Statement | undefined {
  const sequence = own.nameOf(id);
  const ownLength = own.lengthOf(sequence);
  const isAmbiguous = ownLength === undefined && sequence === ambiguousNumber;
  const chromosome = !isAmbiguous ? chromosomeName(id) : mitochondrialLengths.includes(length) ? "MT" : "X";
  if (!plausible(length, ownLength) || (ownLength === undefined && !isMainChromosome(chromosome))) return undefined;
  const known = assembliesOfLength(chromosome, length);
  const others = ownLength === undefined ? known : known.filter((assembly) => assembly !== own.assembly);
  const assemblies = ownLength === length ? [own.assembly, ...others] : others;
  return { kind: "length", assemblies, value: `chromosome ${chromosome} with ${length} bases` };
}

function contigStatements({ fields }: MetaLine, own: OwnAssembly): Statement[] {
  const id = fields.get("ID") ?? "";
  const accession = sequenceOfAccession(id);
  const said: Statement[] = [];
  const byLength = lengthStatement(id, Number(fields.get("length")), own);
  if (byLength !== undefined) said.push(byLength);
  if (accession !== undefined && accession.assemblies.length > 0) {
    said.push({ kind: "accession", assemblies: accession.assemblies, value: id });
  }
  const species = fields.get("species");
  if (species !== undefined && isHuman(own.assembly) !== /homo|human/i.test(species)) {
    said.push({ kind: "name", assemblies: [species.slice(0, 40)], value: `species=${species}` });
  }
  const assembly = fields.get("assembly");
  if (assembly !== undefined) said.push(...nameStatements(`assembly=${assembly}`, assembly));
  return said;
}

function nameStatements(shown: string, value: string): Statement[] {
  const accession = value
    .match(/GC[AF]_\d{9}\.\d+/gi)
    ?.map(assemblyOfAccession)
    .find((found) => found !== undefined);
  if (accession !== undefined) return [{ kind: "accession", assemblies: [accession], value: shown }];
  const assemblies = assembliesNamed(value);
  return assemblies.length === 0 ? [] : [{ kind: "name", assemblies, value: shown }];
}

function statementsOf(line: string, own: OwnAssembly): Statement[] {
  const meta = metaLine(line);
  switch (meta?.key.toLowerCase()) {
    case "contig":
      return contigStatements(meta as MetaLine, own);
    case "reference":
    case "assembly":
    case "genome":
    case "genome-build":
      return nameStatements(line.slice(2), (meta as MetaLine).value);
    default:
      return [];
  }
}

export interface AssemblyWitness {
  /** Takes a line of the header into account. */
  hear(line: string, number: number): void;
  finding(): AssemblyFinding;
}

/** @param own what the reference data are for. */
export function createAssemblyWitness(own: OwnAssembly): AssemblyWitness {
  /** By kind and assemblies, so that a header of any length needs no memory. */
  const heard = new Map<string, Evidence>();

  const ofKind = (kind: EvidenceKind) => [...heard.values()].filter((evidence) => evidence.kind === kind);

  return {
    hear(line, number) {
      for (const { kind, assemblies, value } of statementsOf(line, own)) {
        const key = `${kind} ${assemblies.join()}`;
        const before = heard.get(key);
        if (before === undefined && heard.size >= 100) continue;
        const first = before ?? { kind, assemblies, line: number, value: quoted(value, 120), lines: 0 };
        heard.set(key, { ...first, lines: first.lines + 1 });
      }
    },
    finding() {
      for (const kind of kinds) {
        const assembly = winnerOf(ofKind(kind), own.assembly);
        if (assembly === undefined) continue;
        const supports = ({ assemblies }: Evidence) =>
          assembly === unknownAssembly ? assemblies.length === 0 : assemblies.includes(assembly);
        const all = kinds.flatMap(ofKind);
        return {
          assembly,
          kind,
          evidence: assembly === contradictory ? ofKind(kind) : all.filter(supports),
          contradictions: assembly === contradictory ? [] : all.filter((evidence) => !supports(evidence)),
        };
      }
      return { assembly: undefined, kind: undefined, evidence: [], contradictions: [] };
    },
  };
}

/** The assembly that most lines fit; `undefined` when they fit several equally well, ours among them, and nothing else. */
function winnerOf(evidence: readonly Evidence[], ours: string): string | undefined {
  const votes = new Map<string, number>();
  for (const { assemblies, lines } of evidence) {
    for (const assembly of assemblies.length === 0 ? [unknownAssembly] : assemblies) {
      votes.set(assembly, (votes.get(assembly) ?? 0) + lines);
    }
  }
  const most = Math.max(0, ...votes.values());
  const best = [...votes].filter(([, count]) => count === most).map(([assembly]) => assembly);
  const [first] = best;
  if (first === undefined || best.length === 1) return first;
  const together = evidence.every(({ assemblies }) => best.every((assembly) => assemblies.includes(assembly)));
  if (!together) return contradictory;
  return best.includes(ours) ? undefined : first;
}
