/**
 * Commands of annotators that others make, for `AnnotatorFarm({ engine })`. The image must hold the program and its data, at the
 * paths that are given here; docs/reference.md says which versions these are for, under which licences, and how to install them.
 */

/** Where files of bcftools csq are on each instance. */
export interface BcftoolsCsqFiles {
  /** The genome, with its `.fai` beside it. */
  readonly fasta: string;
  /** Ensembl's GFF3 file of the same assembly. */
  readonly gff: string;
}

/** Where VEP's cache is on each instance, and what it is for. */
export interface VepData {
  /** Directory of the cache. */
  readonly cache: string;
  /** Such as `GRCh38`. */
  readonly assembly: string;
}

/** Where SnpEff is on each instance, and which of its databases is used. */
export interface SnpEffData {
  /** Path of `snpEff.jar`. */
  readonly jar: string;
  /** Such as `GRCh38.105`; in the data directory of its configuration. */
  readonly database: string;
  /** Memory of Java's heap, MiB. */
  readonly heapMiB: number;
}

/** Commands of other annotators. */
export const externalEngines = {
  /** Consequences of each record by itself, for records with and without samples, as `BCSQ`. */
  bcftoolsCsq: ({ fasta, gff }: BcftoolsCsqFiles): string[] => [
    ...["bcftools", "csq", "--local-csq", "--samples", "-", "--fasta-ref", fasta, "--gff-annot", gff],
    ...["--output-type", "v", "--output", "{output}", "{input}"],
  ],
  /** Ensembl's VEP from its cache, without its databases, as `CSQ`. */
  vep: ({ cache, assembly }: VepData): string[] => [
    ...["vep", "--offline", "--cache", "--dir_cache", cache, "--assembly", assembly, "--vcf", "--no_stats"],
    ...["--force_overwrite", "--input_file", "{input}", "--output_file", "{output}"],
  ],
  /** SnpEff, as `ANN`. It writes to standard output alone, so a shell puts that into the file; paths are its arguments. */
  snpEff: ({ jar, database, heapMiB }: SnpEffData): string[] => [
    ...["sh", "-c", 'java "$1" -jar "$2" ann -noStats -nodownload "$3" "$4" > "$5"', "snpEff"],
    ...[`-Xmx${heapMiB}m`, jar, database, "{input}", "{output}"],
  ],
} as const;
