/** A folder as staff have it: course file and roster; and the command line in it. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { ownEnvironment } from "../../support/command.ts";
import { runsSources } from "../../support/runs-sources.ts";

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface World {
  readonly folder: string;
  at(name: string): string;
  /** `annofarm course …` in that folder. */
  course(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
}

const program = fileURLToPath(new URL("../../support/course/program.ts", import.meta.url));

export function makeWorld(t: ExecutionContext, roster: Uint8Array | string, extra = ""): World {
  const folder = mkdtempSync(join(tmpdir(), "course-staff-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "roster.csv"), roster);
  writeFileSync(join(folder, "course.yaml"), `course: gas26\nroster: roster.csv\nregion: us-east-1\n${extra}`);
  return {
    folder,
    at: (name) => join(folder, name),
    course: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [...runsSources, program, "course", ...args], {
          cwd: folder,
          env: { ...ownEnvironment(), ...env },
          stdio: ["ignore", "pipe", "pipe"],
        });
        let [stdout, stderr] = ["", ""];
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.once("error", reject).once("close", (code) => resolve({ code, stdout, stderr }));
      }),
  };
}
