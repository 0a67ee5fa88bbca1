// Runs an engine that never ends and prints its process id; to be killed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createExternalEngine } from "../../../../runtime/annotator/engine/external.ts";
import { systemClock } from "../../../../runtime/jobs/clock.ts";

const directory = process.argv[2] as string;
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const engine = createExternalEngine({
  program: process.execPath,
  args: [
    "-e",
    'require("node:fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000)',
    "{input}",
    "{output}",
  ],
  memoryMibMax: 512,
  clock: systemClock,
  log: silent,
  directory,
});
async function* bytes() {
  yield Buffer.from("##fileformat=VCFv4.2\n");
}
const { output } = engine.start({
  uncompressedBytesMax: 1e9,
  fileName: "a.vcf",
  bytes: bytes(),
  signal: new AbortController().signal,
});
void (async () => {
  for await (const _ of output);
})();
for (let pid = ""; pid === ""; await systemClock.sleep(50)) {
  try {
    pid = readFileSync(join(directory, readdirSync(directory)[0] ?? "", "pid"), "utf8");
  } catch {
    continue; // not yet written
  }
  if (pid !== "") console.log(pid);
}
