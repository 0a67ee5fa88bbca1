/** The engine for a test: its command line where there is one, an emulator, a state directory of its own. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineStack, openEngine } from "../../local/engine/engine.ts";
import { findPulumi } from "../../local/engine/tools/find.ts";
import { obtainPulumi } from "../../local/engine/tools/obtain.ts";
import type { Emulator } from "../../local/types.ts";
import type { Outcome } from "../../plan/engine/operate.ts";

export const noPulumi =
  "no Pulumi command line found: `npx annofarm tools` provides it; tests of the engine were skipped";

/** Path of the command line. With CI=true it is obtained if need be, so that there these tests are never skipped. */
export async function pulumiForTests(environment = process.env): Promise<string | undefined> {
  const found = environment.CI === "true" ? await obtainPulumi() : await findPulumi();
  return found?.command;
}

/** Folder of a program below `test/engine/`. */
export const programDirectory = (program: string) => fileURLToPath(new URL(program, import.meta.url));

export interface TestStack {
  /** The stack under this configuration, from now on. */
  under(config: Readonly<Record<string, string>>): Promise<EngineStack>;
}

export function testStack(pulumi: string, emulator: Emulator, options: { program: string; stack: string }): TestStack {
  const stateDirectory = mkdtempSync(join(tmpdir(), "annofarm-engine-"));
  const { stack } = options;
  const directory = programDirectory(options.program);
  return {
    under: (config) => openEngine({ directory, stack, config, emulator, stateDirectory, pulumi, onOutput: () => {} }),
  };
}

/** What was done but `same`, as `update Group lab-annotator`, sorted. Of a replacement its creation is told. */
export function doings({ steps }: Pick<Outcome, "steps">): string[] {
  const beside = ["same", "replace", "delete-replaced", "read", "refresh"];
  const told = steps.filter(({ op, type }) => !beside.includes(op) && !type.startsWith("pulumi:providers:"));
  return told
    .map(
      ({ op, type, urn }) =>
        `${op.replace("create-replacement", "replace")} ${type.split(":").at(-1)} ${urn.split("::").at(-1)}`,
    )
    .sort();
}
