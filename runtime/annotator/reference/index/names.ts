/** Which sequence of a reference a name of a file stands for. */

import { chromosomeName } from "../../../vcf/assembly/chromosome.ts";
import { isHuman, sequenceOfAccession } from "../../../vcf/assembly/known.ts";
import type { Contig } from "./format.ts";

/** `chr1`, `Chr01` and `1` are written alike, and so are `chrM` and `MT`. */
function plain(name: string): string {
  const bare = name
    .replace(/^chr_?/i, "")
    .replace(/^0+(?=\d)/, "")
    .toLowerCase();
  return bare === "m" ? "mt" : bare;
}

/** A name that several sequences could have stands for none of them. */
const ambiguous = Symbol("ambiguous");

/**
 * Names that the files give are taken as they are; then names are compared without `chr`; then accessions of NCBI's and, of human
 * assemblies, PLINK's numbers (`23` is X) are looked up.
 *
 * @returns the contig's name, or `undefined` for a sequence that is none of these.
 */
export function createNames(assembly: string, contigs: readonly Contig[]): (name: string) => string | undefined {
  const given = new Map<string, string>();
  const alike = new Map<string, string | typeof ambiguous>();
  const addAlike = (key: string, contig: string) => {
    const before = alike.get(key);
    alike.set(key, before === undefined || before === contig ? contig : ambiguous);
  };
  for (const { name } of contigs) given.set(name, name);
  for (const { name, aliases } of contigs) {
    for (const alias of aliases) if (!given.has(alias)) given.set(alias, name);
    for (const each of [name, ...aliases]) {
      addAlike(plain(each), name);
      const accession = sequenceOfAccession(each);
      if (accession?.assemblies.includes(assembly)) addAlike(plain(accession.chromosome), name);
    }
  }
  const found = (key: string): string | undefined => {
    const contig = alike.get(key);
    return contig === ambiguous ? undefined : contig;
  };
  return (name) => {
    const known = given.get(name) ?? found(plain(name));
    if (known !== undefined) return known;
    const accession = sequenceOfAccession(name);
    if (accession?.assemblies.includes(assembly)) return found(plain(accession.chromosome));
    return isHuman(assembly) ? found(plain(chromosomeName(name))) : undefined;
  };
}
