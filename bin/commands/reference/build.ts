import { Command, InvalidArgumentError, Option } from "commander";

interface BuildOptions {
  readonly genes: string;
  readonly clinvar?: string;
  readonly fasta?: string;
  readonly assembly?: string;
  readonly output: string;
}

/** It stands in headers of results and in messages. */
function nameOfAssembly(text: string): string {
  if (/^[\w.()+-]{1,60}$/.test(text)) return text;
  throw new InvalidArgumentError(
    `"${text}" is no name of an assembly; give one of at most 60 characters with no blanks.`,
  );
}

async function build(options: BuildOptions): Promise<void> {
  const { buildReference } = await import("../../reference/build.ts");
  await buildReference(options);
}

export function buildCommand(): Command {
  return new Command("build")
    .summary("make a reference of your own files")
    .description(
      "Makes a reference for the built-in annotator of files that you have: genes in GFF3 or GTF as Ensembl, GENCODE and\n" +
        "NCBI publish them, and ClinVar's VCF file. Plain, gzip or bgzip. Works for any assembly and species.",
    )
    .requiredOption("--genes <file>", "genes, transcripts and exons: GFF3 or GTF")
    .option("--clinvar <file>", "ClinVar's VCF file for the same assembly (default: no ClinVar fields)")
    .option("--fasta <file>", "the genome, plain or bgzip: indels are then found however they are placed")
    .addOption(
      new Option(
        "--assembly <assembly>",
        "name of the assembly, such as GRCh37 (default: as the file of genes says)",
      ).argParser(nameOfAssembly),
    )
    .requiredOption("-o, --output <directory>", "where the index and its manifest are put")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm reference build --genes Homo_sapiens.GRCh37.87.gff3.gz \\\n    --clinvar clinvar.vcf.gz -o grch37\n" +
        "  annofarm annotate sample.vcf.gz --reference grch37 -o sample.annot.vcf\n\n" +
        "docs/reference.md says what the files must be, and how a farm gets it.",
    )
    .action(build);
}
