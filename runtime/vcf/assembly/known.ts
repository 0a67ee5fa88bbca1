/**
 * What tells assemblies apart: lengths of chromosomes and accessions of their sequences, from the assembly reports of NCBI
 * (https://ftp.ncbi.nlm.nih.gov/genomes/all/GCF/000/001/405/ and beside it) and the chromosome sizes of UCSC.
 */

/** The assembly that the built-in reference data are for. */
export const ours = "GRCh38";

const human = [...Array.from({ length: 22 }, (_, index) => String(index + 1)), "X", "Y", "MT"];
const mouse = [...Array.from({ length: 19 }, (_, index) => String(index + 1)), "X", "Y", "MT"];

/** By assembly, in the order of the names above. GRCh37 is also hg19, whose chrM is 16,571 long; so is NCBI36's. */
const lengths: readonly (readonly [assembly: string, names: readonly string[], lengths: string])[] = [
  [
    "GRCh38",
    human,
    "248956422 242193529 198295559 190214555 181538259 170805979 159345973 145138636 138394717 133797422 135086622 133275309 " +
      "114364328 107043718 101991189 90338345 83257441 80373285 58617616 64444167 46709983 50818468 156040895 57227415 16569",
  ],
  [
    "GRCh37",
    human,
    "249250621 243199373 198022430 191154276 180915260 171115067 159138663 146364022 141213431 135534747 135006516 133851895 " +
      "115169878 107349540 102531392 90354753 81195210 78077248 59128983 63025520 48129895 51304566 155270560 59373566 16569",
  ],
  ["GRCh37", ["MT"], "16571"],
  [
    "NCBI36",
    human,
    "247249719 242951149 199501827 191273063 180857866 170899992 158821424 146274826 140273252 135374737 134452384 132349534 " +
      "114142980 106368585 100338915 88827254 78774742 76117153 63811651 62435964 46944323 49691432 154913754 57772954 16571",
  ],
  [
    "T2T-CHM13",
    human,
    "248387328 242696752 201105948 193574945 182045439 172126628 160567428 146259331 150617247 134758134 135127769 133324548 " +
      "113566686 101161492 99753195 96330374 84276897 80542538 61707364 66210255 45090682 51324926 154259566 62460029 16569",
  ],
  [
    "GRCm38 (mouse)",
    mouse,
    "195471971 182113224 160039680 156508116 151834684 149736546 145441459 129401213 124595110 130694993 122082543 120129022 " +
      "120421639 124902244 104043685 98207768 94987271 90702639 61431566 171031299 91744698 16299",
  ],
  [
    "GRCm39 (mouse)",
    mouse,
    "195154279 181755017 159745316 156860686 151758149 149588044 144995196 130127694 124359700 130530862 121973369 120092757 " +
      "120883175 125139656 104073951 98008968 95294699 90720763 61420004 169476592 91455967 16299",
  ],
  [
    "MGSCv37 (mouse)",
    mouse,
    "197195432 181748087 159599783 155630120 152537259 149517037 152524553 131738871 124076172 129993255 121843856 121257530 " +
      "120284312 125194864 103494974 98319150 95272651 90772031 61342430 166650296 15902555 16299",
  ],
];

/** Whether an assembly, by its name here, is of the human genome. */
export const isHuman = (assembly: string): boolean => /^(GRCh|NCBI3|T2T-CHM13)/.test(assembly);

const byLength = new Map<string, string[]>();
const oursByName = new Map<string, number>();
for (const [assembly, names, text] of lengths) {
  for (const [index, length] of text.split(" ").entries()) {
    const key = `${names[index]} ${length}`;
    byLength.set(key, [...(byLength.get(key) ?? []), assembly]);
    if (assembly === ours) oursByName.set(names[index] as string, Number(length));
  }
}

/** Bases of a human chromosome in GRCh38, by name as `chromosomeName` gives it. */
export const lengthOf = (chromosome: string): number | undefined => oursByName.get(chromosome);

/** Assemblies in which a chromosome of this name has this length; empty for none that is known. */
export const assembliesOfLength = (chromosome: string, length: number): readonly string[] =>
  byLength.get(`${chromosome} ${length}`) ?? [];

/** RefSeq versions of NC_000001 to NC_000024 in GRCh38; each older assembly has one less. */
const refSeqVersions = [11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10];
const humanByAge = ["GRCh38", "GRCh37", "NCBI36"];
const mouseByAge = ["GRCm39 (mouse)", "GRCm38 (mouse)", "MGSCv37 (mouse)"];

/** A sequence as an accession names it. */
export interface AccessionedSequence {
  /** Chromosome name; of the species, if that is not human. */
  readonly chromosome: string;
  /** Assemblies that have exactly this sequence; empty: not known, or several species' worth. */
  readonly assemblies: readonly string[];
}

const only = (assembly: string | undefined): readonly string[] => (assembly === undefined ? [] : [assembly]);

/** What a RefSeq or GenBank accession of a chromosome (`NC_000017.11`, `CM000679.2`) stands for. */
export function sequenceOfAccession(name: string): AccessionedSequence | undefined {
  const parts = /^(NC_|CM|CP)(\d{6})(?:\.(\d+))?$/i.exec(name);
  if (parts === null)
    return /^(NC_012920|J01415)(\.\d+)?$/i.test(name) ? { chromosome: "MT", assemblies: [] } : undefined;
  const [, series = "", digits, versionText] = parts;
  const number = Number(digits);
  const version = versionText === undefined ? undefined : Number(versionText);
  /** The assembly whose version is this; the newest has `newest`. */
  const aged = (names: readonly string[], newest: number) =>
    version === undefined ? [] : only(names[newest - version]);
  if (series.toUpperCase() === "NC_") {
    if (number === 12920) return { chromosome: "MT", assemblies: [] };
    if (number >= 1 && number <= 24) {
      const newest = refSeqVersions[number - 1] as number;
      return { chromosome: human[number - 1] as string, assemblies: aged(humanByAge, newest) };
    }
    if (number >= 67 && number <= 87) {
      return { chromosome: mouse[number - 67] as string, assemblies: aged(mouseByAge, number >= 86 ? 8 : 7) };
    }
    if (number >= 60925 && number <= 60948) {
      return { chromosome: human[number - 60925] as string, assemblies: ["T2T-CHM13"] };
    }
    return undefined;
  }
  if (series.toUpperCase() === "CM") {
    if (number >= 663 && number <= 686) {
      return { chromosome: human[number - 663] as string, assemblies: aged(humanByAge, 2) };
    }
    if (number >= 994 && number <= 1014) {
      return { chromosome: mouse[number - 994] as string, assemblies: aged(mouseByAge, 3) };
    }
    return undefined;
  }
  if (number >= 68255 && number <= 68277) {
    return { chromosome: human[68277 - number] as string, assemblies: ["T2T-CHM13"] };
  }
  return number === 86569 ? { chromosome: "Y", assemblies: ["T2T-CHM13"] } : undefined;
}

/** By GenBank number: first and last version of an assembly and its patches. RefSeq counts its own versions. */
const assemblyAccessions: readonly (readonly [accession: RegExp, from: number, to: number, assembly: string])[] = [
  [/^GCF_000001405$/i, 1, 12, "NCBI36"],
  [/^GCF_000001405$/i, 13, 25, "GRCh37"],
  [/^GCF_000001405$/i, 26, 99, "GRCh38"],
  [/^GCA_000001405$/i, 1, 14, "GRCh37"],
  [/^GCA_000001405$/i, 15, 99, "GRCh38"],
  [/^GC[AF]_009914755$/i, 1, 99, "T2T-CHM13"],
  [/^GCF_000001635$/i, 18, 19, "MGSCv37 (mouse)"],
  [/^GCF_000001635$/i, 20, 26, "GRCm38 (mouse)"],
  [/^GCF_000001635$/i, 27, 99, "GRCm39 (mouse)"],
  [/^GCA_000001635$/i, 2, 8, "GRCm38 (mouse)"],
  [/^GCA_000001635$/i, 9, 99, "GRCm39 (mouse)"],
];

/** Assembly that an accession such as `GCF_000001405.40` stands for. */
export function assemblyOfAccession(text: string): string | undefined {
  const [accession = "", version = ""] = text.split(".");
  const number = Number(version);
  return assemblyAccessions.find(([is, from, to]) => is.test(accession) && number >= from && number <= to)?.[3];
}
