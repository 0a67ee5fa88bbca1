/** What tells of a file's assembly, in words. */
import type { AssemblyFinding, Evidence, EvidenceKind } from "./evidence.ts";

const what: Readonly<Record<EvidenceKind, string>> = {
  length: "lengths of chromosomes",
  accession: "accessions",
  name: "names",
};

const said = ({ value, lines }: Evidence): string => `${value}${lines > 1 ? ` and ${lines - 1} more` : ""}`;
const shown = (evidence: Evidence): string => `line ${evidence.line}: ${said(evidence)}`;

/** Which lines say it: `lengths of chromosomes (line 3: "chromosome 7 with 159138663 bases" and 3 more)`. */
export const because = (finding: AssemblyFinding): string => basis(finding, shown);

/** The same without lines, for the result's own header, where lines have other numbers. */
export const basisInResult = (finding: AssemblyFinding): string => basis(finding, said);

function basis({ kind, evidence }: AssemblyFinding, words: (evidence: Evidence) => string): string {
  const decisive = evidence.filter((each) => each.kind === kind).slice(0, 3);
  return kind === undefined ? "nothing in the header" : `${what[kind]} (${decisive.map(words).join("; ")})`;
}

const unknown = "nothing in the header says which assembly the positions are of";
const liftover = (ours: string) => `lift the file over to ${ours} (for example with Picard's LiftoverVcf)`;

/**
 * What the user should know of it; empty for a file that is proved to be of our assembly and says nothing else.
 *
 * @param ours the assembly that the reference data are for.
 */
export function assemblyNotes(finding: AssemblyFinding, ours: string): string[] {
  const { assembly, kind } = finding;
  if (assembly === undefined || kind === undefined) {
    return [`${unknown}; ${ours} was assumed. If they are of another, the annotations are wrong`];
  }
  const others = contradictionNotes(finding, kind, ours);
  if (assembly === ours) return others;
  return [
    `the file is of ${assembly}: ${because(finding)}. Reference data are for ${ours}, so nothing was annotated; ` +
      `${liftover(ours)} and submit it again`,
    ...others,
  ];
}

/** The same before anything has been annotated; what proves the assembly is left to `because`. */
export function assemblyForecast(finding: AssemblyFinding, ours: string): string[] {
  const { assembly, kind } = finding;
  if (assembly === undefined || kind === undefined) {
    return [`${unknown}; ${ours} will be assumed. If they are of another, the annotations will be wrong`];
  }
  const others = contradictionNotes(finding, kind, ours);
  return assembly === ours ? others : [otherForecast(assembly, ours), ...others];
}

export const otherForecast = (assembly: string, ours: string): string =>
  `the file is of ${assembly}. Reference data are for ${ours}, so nothing will be annotated; ${liftover(ours)} first`;

function contradictionNotes({ assembly, contradictions }: AssemblyFinding, kind: EvidenceKind, ours: string): string[] {
  return contradictions
    .slice(0, 3)
    .map(
      (evidence) =>
        `${shown(evidence)} does not fit ${assembly === ours ? ours : "that"} (${evidence.assemblies.join(" or ") || "no assembly that is known here"}); ` +
        `the ${what[kind]} decided`,
    );
}

/** A telomere may be named by the position after the last base. */
export const isBeyondTheEnd = (position: number, end: number): boolean => position > end + 1;

/** Of a record whose chromosome has only `end` bases in our assembly. @param ours as for `assemblyNotes`. */
export const beyondTheEnd = (position: number, end: number, ours: string): string =>
  `position ${position} is beyond the end of the chromosome in ${ours} (${end}): the file may be of another assembly`;
