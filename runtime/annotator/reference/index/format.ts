/**
 * The binary index of a reference, one file:
 *
 *     GASREF01 │ columns of genes and alleles, sequence by sequence │ head (JSON) │ bytes of the head │ GASREF01
 *
 * The head stands at the end, since its writer knows it last. It says what the data are (`ReferenceManifest`) and where the columns
 * of each sequence are; these are arrays of numbers as memory holds them, so that reading a sequence decodes nothing.
 */

/** Raised when a reader of before would misread an index. */
export const magic = "GASREF01";
/** Columns begin at multiples of it, so that arrays of numbers may lie in what was read. */
export const alignment = 8;
/** Bytes behind the head. */
export const trailerBytes = alignment + magic.length;

/** Where something lies in the file. */
interface Extent {
  readonly at: number;
  readonly bytes: number;
}

export interface GeneColumns extends Extent {
  readonly genes: number;
  readonly transcripts: number;
  readonly exons: number;
}

export interface AlleleColumns extends Extent {
  readonly alleles: number;
}

/** A file that a reference was made from. */
export interface SourceFile {
  /** Its name, without directories. */
  readonly file: string;
  readonly bytes: number;
  /** Of the file as given, hexadecimal. */
  readonly sha256: string;
  /** A word for what it is and one for its version: `Ensembl 112`. */
  readonly version: string;
}

/** A sequence that has data. */
export interface Contig {
  readonly name: string;
  /** Bases; absent: no file says it. */
  readonly length?: number;
  /** Names that the files give it besides. */
  readonly aliases: readonly string[];
}

/** What a reference is made of, for people and programs. */
export interface ReferenceManifest {
  readonly assembly: string;
  readonly contigs: readonly Contig[];
  readonly sources: {
    readonly genes: SourceFile;
    readonly clinvar?: SourceFile;
    readonly fasta?: SourceFile;
  };
  readonly counts: { readonly genes: number; readonly transcripts: number; readonly alleles: number };
}

export interface IndexHead extends ReferenceManifest {
  /** Texts that alleles have in common. */
  readonly texts: Extent & { readonly count: number };
  /** By name of the sequence. */
  readonly genes: Readonly<Record<string, GeneColumns>>;
  readonly clinvar: Readonly<Record<string, AlleleColumns>>;
}

/** `manifest.json`, beside the index. */
export interface ManifestFile extends ReferenceManifest {
  readonly index: { readonly file: string; readonly bytes: number; readonly sha256: string };
}
