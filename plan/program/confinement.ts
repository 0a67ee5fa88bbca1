/**
 * Code that the one who runs it does not trust: a student's program and its services are started behind a command that confines them.
 * `ANNOFARM_CONFINE` names the file that says which.
 */
import { readFileSync } from "node:fs";
import * as z from "zod";

/** The variable is for whoever starts annofarm, never for what annofarm starts. */
export const confinementVariable = "ANNOFARM_CONFINE";

const confinementSchema = z.strictObject({
  /** Stands before the command line of each process that runs the program's code. */
  command: z.array(z.string().min(1)).min(1),
  /** User id that those processes have; absent: this process's own. */
  uid: z.int().positive().optional(),
  /** Folder outside which the program can name no file: the real path. */
  files: z.string().min(1),
});
export type Confinement = z.output<typeof confinementSchema>;

let known: { readonly file: string; readonly confinement: Confinement } | undefined;

/**
 * @returns undefined: the program is its runner's own.
 * @throws {Error} when the file cannot be read or says something else.
 */
export function confinement(): Confinement | undefined {
  const file = process.env[confinementVariable];
  if (file === undefined || file === "") return undefined;
  if (known?.file !== file) {
    const parsed = confinementSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (!parsed.success) throw new Error(`${file}, named by ${confinementVariable}: ${z.prettifyError(parsed.error)}`);
    known = { file, confinement: parsed.data };
  }
  return known.confinement;
}

/** The environment of confined code: nothing of the runner's own, whose variables may hold credentials. */
export function confinedEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin", HOME: "/tmp", TMPDIR: "/tmp", TZ: "UTC" };
}
