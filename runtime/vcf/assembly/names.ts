/** Assemblies by the names that people give them in a header: `hg19`, `human_g1k_v37.fasta`, `build37.crr`, `mm10`. */

/** Builds of the human genome by number, as NCBI counts. */
const builds: Readonly<Record<string, string>> = { 35: "NCBI35", 36: "NCBI36", 37: "GRCh37", 38: "GRCh38" };
/** UCSC counts releases of its own. */
const ucscBuilds: Readonly<Record<string, string>> = { 17: "35", 18: "36", 19: "37", 38: "38" };
const broadBuilds: Readonly<Record<string, string>> = { 18: "36", 19: "37", 37: "37", 38: "38" };

const mouse: Readonly<Record<string, string>> = {
  mm9: "MGSCv37 (mouse)",
  mm10: "GRCm38 (mouse)",
  mm39: "GRCm39 (mouse)",
  grcm38: "GRCm38 (mouse)",
  grcm39: "GRCm39 (mouse)",
};

/** Assemblies of other species, as their communities name them. */
const otherSpecies =
  /^(grcm|mm|rn|rnor|mratbn|canfam|danrer|grcz|zv|galgal|grcg|bostau|susscr|sscrofa|oviari|equcab|felcat|rhemac|mmul|pantro|xentro|dm|bdgp|ce|wbcel|saccer|tair|irgsp)(\d{1,2})[a-z]?$/;

/** What one word stands for. */
function assemblyOfWord(word: string): string | undefined {
  const lower = word.toLowerCase();
  if (lower.startsWith("chm13") || lower === "hs1" || lower === "t2t") return "T2T-CHM13";
  if (mouse[lower] !== undefined) return mouse[lower];
  const [, series = "", number = ""] = /^(grch|ncbi|build|hs|b|hg|assembly)(\d\d)(?!\d)/.exec(lower) ?? [];
  const exact = series.length + number.length === lower.length;
  if (series === "hg") return builds[ucscBuilds[number] ?? ""];
  if (series === "assembly") return builds[broadBuilds[number] ?? ""];
  if (series === "grch" || series === "hs" || (exact && series !== "")) return builds[number];
  return otherSpecies.test(lower) ? word : undefined;
}

/** Assemblies that a file name or phrase names; of a conversion (`hg19_to_hg38`, `hg19ToHg38`) only what it leads to. */
function assembliesOfPhrase(text: string): ReadonlySet<string> {
  const words = text.split(/[^A-Za-z0-9]+/).flatMap((word) => {
    const [, from = "", to = ""] = /^(.+?)(?:to|2)([A-Za-z].*)$/i.exec(word) ?? [];
    return assemblyOfWord(from) !== undefined && assemblyOfWord(to) !== undefined ? [to] : [word];
  });
  const found = new Set<string>();
  for (const [index, word] of words.entries()) {
    const next = words[index + 1]?.toLowerCase() ?? "";
    const leadsOn = next === "to" && assemblyOfWord(words[index + 2] ?? "") !== undefined;
    const assembly = assemblyOfWord(/^(build|g1k)$/i.test(word) ? `build${next.replace(/^v/, "")}` : word);
    if (assembly !== undefined && !leadsOn) found.add(assembly);
  }
  return found;
}

/**
 * Assemblies that a value names: a path's last part that names any decides, since directories often have the name of what a
 * file was made from.
 */
export function assembliesNamed(value: string): readonly string[] {
  for (const part of value.split(/[/\\]+/).reverse()) {
    const found = assembliesOfPhrase(part);
    if (found.size > 0) return [...found];
  }
  return [];
}
