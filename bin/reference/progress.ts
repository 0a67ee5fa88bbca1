/** Progress of reading files, for people who wait: on standard error; a terminal's line is written over. */
import { printable } from "../job/printable.ts";

export interface ReadingProgress {
  /** So many bytes of a file have been read. */
  read(file: string, bytes: number, of: number): void;
  end(): void;
}

const mib = (bytes: number) => (bytes / 1024 ** 2).toFixed(1);

export function tellReading(): ReadingProgress {
  const { isTTY } = process.stderr;
  let told = performance.now();
  let shown = false;
  return {
    read(file, bytes, of) {
      const now = performance.now();
      if (now - told < (isTTY ? 200 : 15_000)) return;
      told = now;
      shown = true;
      const line = `${printable(file)}: ${mib(bytes)} of ${mib(of)} MiB, ${Math.floor((100 * bytes) / Math.max(1, of))} %`;
      process.stderr.write(isTTY ? `\r${line.slice(0, 78).padEnd(78)}` : `${line}\n`);
    },
    end() {
      if (isTTY && shown) process.stderr.write(`\r${" ".repeat(78)}\r`);
    },
  };
}
