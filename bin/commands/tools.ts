import { Command } from "commander";

interface ToolsOptions {
  readonly json?: true;
}

async function provideTools({ json }: ToolsOptions): Promise<void> {
  const { obtainPulumi } = await import("../../local/engine/tools/obtain.ts");
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
  process.stdout.write(json ? `${JSON.stringify({ pulumi }, undefined, 2)}\n` : `${pulumi.command}\n`);
}

export function toolsCommand(): Command {
  return new Command("tools")
    .summary("install Pulumi's command line if it is missing")
    .description(
      "Finds Pulumi's command line on PATH, or puts one into the user's cache: by Pulumi's own installer or, if that cannot\n" +
        "be reached, from its Go modules (about three minutes, once). Prints its path.",
    )
    .option("--json", "its path, version and source, as JSON")
    .addHelpText("after", "\nExamples:\n  annofarm tools\n  annofarm local --engine")
    .action(provideTools);
}
