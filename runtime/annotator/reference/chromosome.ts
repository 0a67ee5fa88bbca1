/**
 * One name per chromosome: `chr1`, `Chr1` and `1` are the same sequence, and so are `M`, `chrM` and `MT`. Names that are not a
 * human chromosome (unplaced contigs, decoys, alternate loci) are kept: they simply have no reference data.
 */
export function chromosomeName(name: string): string {
  const bare = /^chr/i.test(name) ? name.slice(3) : name;
  const upper = bare.toUpperCase();
  if (upper === "M" || upper === "MT") return "MT";
  return upper === "X" || upper === "Y" ? upper : bare;
}
