// Annotates files drawn from a range of seeds and checks what must hold for every one of them. Prints what it took.
import { annotate } from "../../../../runtime/annotator/builtin/annotate.ts";
import { loadReference } from "../../../../runtime/annotator/reference/load.ts";
import { InputError } from "../../../../runtime/vcf/input-error.ts";
import { fuzzFile } from "../../../support/fuzz-vcf.ts";

const [first = 0, files = 0] = process.argv.slice(2).map(Number);
const reference = loadReference();
const resident = () => process.memoryUsage().rss / 1024 ** 2;
const cpuMilliseconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function* once(file: Buffer): AsyncGenerator<Buffer> {
  yield file;
}

/** The result, or undefined for a file that is refused. @throws what must not happen. */
async function annotated(file: Buffer): Promise<Buffer | undefined> {
  const { output, report } = annotate(once(file), reference, { engineVersion: "fuzz" });
  const parts: Buffer[] = [];
  try {
    for await (const part of output) parts.push(part);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (error.line === undefined || error.line < 1 || error.line > report.lines + 1) {
      throw new Error(`refused at line ${error.line} of ${report.lines}: ${error.message}`, { cause: error });
    }
    if (error.message.length > 1_000) throw new Error(`a reason of ${error.message.length} characters`);
    return undefined;
  }
  if (report.records !== report.annotated + report.passedThrough + report.skipped) throw new Error("a record is lost");
  const result = Buffer.concat(parts);
  let written = 0;
  for (let at = 0; at < result.length; at = result.indexOf(10, at) + 1) if (result[at] !== 35) written += 1;
  if (written !== report.records - report.skipped) throw new Error(`${written} records are written`);
  return result;
}

/** Files after which time and memory are looked at: looking costs as much as several files. */
const batch = 200;
Error.stackTraceLimit = 0; // most files are refused, and nobody reads why

const before = resident();
const begun = cpuMilliseconds();
let at = begun;
let most = 0;
let slowest = { from: first, milliseconds: 0 };
let accepted = 0;
for (let seed = first; seed < first + files; seed += 1) {
  try {
    const result = await annotated(fuzzFile(seed));
    if (result !== undefined) {
      accepted += 1;
      // What it writes it must take, and leave as it is.
      if (seed % 20 === 0 && !(await annotated(result))?.equals(result)) throw new Error("annotated again, it changes");
    }
  } catch (cause) {
    throw new Error(`file ${seed} (fuzzFile(${seed}) in test/support/fuzz-vcf.ts)`, { cause });
  }
  if (seed % batch !== batch - 1) continue;
  const now = cpuMilliseconds();
  if (now - at > slowest.milliseconds) slowest = { from: seed + 1 - batch, milliseconds: now - at };
  at = now;
  most = Math.max(most, resident());
}
console.log(JSON.stringify({ files, accepted, slowest, cpu: cpuMilliseconds() - begun, grownMib: most - before }));
