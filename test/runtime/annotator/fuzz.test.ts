// 100,000 drawn files: none crashes, loses a record, takes long or grows the memory. A failure prints the file's seed. The same files
// every time, so that a run that fails fails again; the program takes any first seed, to look further.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { runsSources } from "../../support/runs-sources.ts";

const program = fileURLToPath(new URL("programs/fuzz.ts", import.meta.url));
const files = 100_000;
/** Heap in MiB: the reference data take half of it. */
const heapMib = 160;

test("whatever is drawn is annotated or refused with a line, in bounded time and memory", async (t) => {
  const args = [`--max-old-space-size=${heapMib}`, ...runsSources, program, "1", String(files)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const seen = JSON.parse(stdout) as {
    accepted: number;
    slowest: { from: number; milliseconds: number };
    grownMib: number;
  };
  t.log(stdout.trim());
  t.true(seen.accepted > files / 10, "the generator draws files that are taken, too");
  // Processor time of 200 files, which is 20 to 100 ms: far above that, one of them is an attack.
  t.true(seen.slowest.milliseconds < 4_000, `files from ${seen.slowest.from}: ${seen.slowest.milliseconds} ms`);
  t.true(seen.grownMib < 160, `grew by ${seen.grownMib} MiB`);
});
