import { Command, type CommanderError } from "commander";

interface AnnotateOptions {
  readonly output: string;
  readonly report?: string;
  readonly reference?: string;
}

/** Exit codes: 0 annotated, 1 the file is refused, 2 anything else. */
async function annotateFile(file: string, options: AnnotateOptions): Promise<void> {
  const { runAnnotation } = await import("../annotate/run.ts");
  process.exitCode = await runAnnotation({ file, ...options });
}

export function annotateCommand(): Command {
  return new Command("annotate")
    .summary("annotate a VCF file as the service does; needs no AWS")
    .description(
      "The service's built-in annotator as a command: the same limits, refusals and result. Reads plain, gzip or bgzip, writes plain VCF.",
    )
    .argument("<file>", "the VCF file; - for standard input")
    .option(
      "-o, --output <file>",
      "write the result there, - for standard output; a file appears only when it is complete",
      "-",
    )
    .option(
      "--report <file>",
      "write counts, notes and the evidence for the assembly as JSON, even if the file is refused",
    )
    .option(
      "--reference <directory>",
      "reference data of your own, of annofarm reference build (default: those built in)",
    )
    .addHelpText(
      "after",
      "\nExit status: 0 annotated; 1 refused, with line and reason on standard error;\n2 anything else, including a file in which nothing could be annotated.\n\n" +
        "Examples:\n  annofarm annotate sample.vcf.gz -o sample.annot.vcf --report sample.json\n" +
        "  bcftools view -O v sample.bcf | annofarm annotate - > sample.annot.vcf\n\n" +
        "docs/annotation.md says what is added and what is refused.",
    )
    .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : 2))
    .action(annotateFile);
}
