/**
 * Somebody's own annotator as an engine: a program with the paths of an input and an output file.
 *
 * It runs in a directory of its own that is removed afterwards, leads a process group of its own that is killed whole (when it
 * takes too much memory, when the job is cancelled or runs out of time, and when this process dies), sees no environment but
 * PATH, LANG, HOME and TMPDIR, and has nothing on its standard input. What it prints is kept for the job's log.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Engine, EngineError } from "./engine.ts";
import { type ExternalEngineOptions, execute, type ProgramState } from "./execute.ts";
import { createTail } from "./tail.ts";

/** Bytes of printed text kept for the log. */
const printedBytesMax = 64 * 1024;
export function createExternalEngine(options: ExternalEngineOptions): Engine {
  const { program, args, memoryMibMax } = options;
  return {
    name: `external: ${[program, ...args].join(" ")}`,
    start({ fileName, bytes, signal }) {
      const state: ProgramState = {
        printed: createTail(printedBytesMax),
        ending: "not run to its end",
        tooMuchMemory: false,
        memoryMibPeak: 0,
      };
      let records = 0;

      async function* output(): AsyncGenerator<Buffer> {
        const directory = await mkdtemp(join(options.directory ?? tmpdir(), "annofarm-job-"));
        try {
          const ending = /\.vcf(\.b?gz)?$/i.exec(fileName)?.[0].toLowerCase() ?? ".vcf";
          const paths = { input: join(directory, `input${ending}`), output: join(directory, "output.vcf") };
          await pipeline(Readable.from(bytes, { objectMode: false }), createWriteStream(paths.input), { signal });
          await execute(options, directory, paths, signal, state);
          const written = await stat(paths.output).catch(() => undefined);
          if (written === undefined) throw new EngineError("the engine ended without writing its output file");
          if (!written.isFile() || written.size === 0) throw new EngineError("the engine's output file is empty");
          const counter = createRecordCounter();
          for await (const chunk of createReadStream(paths.output) as AsyncIterable<Buffer>) {
            records = counter(chunk);
            yield chunk;
          }
        } finally {
          await rm(directory, { recursive: true, force: true });
        }
      }

      return {
        output: output(),
        records: () => records,
        findings: () => undefined,
        account: () =>
          [
            `Engine      ${state.ending}, memory at its peak about ${Math.ceil(state.memoryMibPeak)} MiB (limit ${memoryMibMax})`,
            `Records     ${records} in the result`,
            "",
            "Printed by the engine",
            state.printed.text() || "(nothing)",
            "",
          ].join("\n"),
      };
    },
  };
}

/** Counts lines that are neither header nor blank, chunk by chunk. */
function createRecordCounter(): (chunk: Buffer) => number {
  let records = 0;
  let atLineStart = true;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (atLineStart && chunk[at] !== 35 && chunk[at] !== 10 && chunk[at] !== 13) records += 1;
      const feed = chunk.indexOf(10, at);
      atLineStart = feed >= 0;
      if (feed < 0) break;
      at = feed + 1;
    }
    return records;
  };
}
