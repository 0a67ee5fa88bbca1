import { Command } from "commander";

interface ToolsOptions {
  readonly json?: true;
  readonly languages?: true;
}

async function provideTools({ json, languages: wanted }: ToolsOptions): Promise<void> {
  const { obtainPulumi } = await import("../../local/engine/tools/obtain.ts");
  const { obtainLanguages } = await import("../../local/engine/tools/languages.ts");
  const { createNarrator } = await import("../../local/run/narrator.ts");
  const live = process.stderr.isTTY === true;
  const { step } = createNarrator({ write: (text) => void process.stderr.write(text), live, numbered: false });
  const pulumi = await step("Pulumi's command line", async (evidence, progress) => {
    const told = new Set<string>();
    const found = await obtainPulumi({
      onProgress(line) {
        progress(line);
        // Why one place did not do is worth keeping; a file has room for a line of it.
        if (/^(installer|Go modules|\/)/.test(line)) told.add(line);
      },
    });
    for (const line of told) evidence(line);
    evidence(`${found.version}, from ${found.from}`);
    return found;
  });
  const languages = wanted
    ? await step("What programs in YAML and Python need", async (evidence, progress) => {
        const found = await obtainLanguages({ onProgress: progress });
        evidence(found.folder);
        return found;
      })
    : undefined;
  if (json) process.stdout.write(`${JSON.stringify({ pulumi, languages }, undefined, 2)}\n`);
  else
    process.stdout.write(
      [pulumi.command, languages?.yaml, languages?.pythonSdk].filter(Boolean).join("\n").concat("\n"),
    );
}

export function toolsCommand(): Command {
  return new Command("tools")
    .summary("install Pulumi's command line if it is missing")
    .description(
      "Finds Pulumi's command line on PATH, or puts one into the user's cache: by Pulumi's own installer or, if that cannot\n" +
        "be reached, from its Go modules (about three minutes, once). Prints its path.",
    )
    .option("--languages", "also build Pulumi's host for YAML and its generator of Python SDKs, from Go modules")
    .option("--json", "its path, version and source, as JSON")
    .addHelpText("after", "\nExamples:\n  annofarm tools\n  annofarm tools --languages\n  annofarm local --engine")
    .action(provideTools);
}
