/** The built-in annotator as a process: a file in, its annotation to standard output, what it took to standard error. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { annotate } from "../../runtime/annotator/builtin/annotate.ts";
import { loadReference } from "../../runtime/annotator/reference/load.ts";

/** What it writes to standard error, as JSON. */
export interface ProgramSaid {
  /** From the process's start until it could begin. */
  readonly readyMilliseconds: number;
  readonly residentMib: number;
  readonly records: number;
}

const reference = loadReference();
const readyMilliseconds = performance.now();
const input = createReadStream(process.argv[2] as string, { highWaterMark: 1024 * 1024 });
const { output, report } = annotate(input, reference, { engineVersion: "bench" });
for await (const part of output) if (!process.stdout.write(part)) await once(process.stdout, "drain");
const said: ProgramSaid = {
  readyMilliseconds,
  residentMib: process.resourceUsage().maxRSS / 1024,
  records: report.records,
};
process.stderr.write(`${JSON.stringify(said)}\n`);
