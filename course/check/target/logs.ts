/** What services of a local run have logged as errors. */
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Of each log: its end, and of that the last errors. */
const bytesRead = 64 * 1024;
const linesKept = 3;
const characters = 400;

/** pino's levels of errors and worse, and what Node prints of an error that nobody caught. */
const isError = (line: string) => /"level":(?:50|60)\b|^\w*Error\b/.test(line);

async function endOf(file: string): Promise<string> {
  const opened = await open(file);
  try {
    const { size } = await opened.stat();
    const length = Math.min(size, bytesRead);
    const { buffer } = await opened.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8");
  } finally {
    await opened.close();
  }
}

/** @param state of the run: logs are below `logs/<instance>/<service>.log`. */
export async function errorsLogged(state: string): Promise<string[]> {
  const folder = join(state, "logs");
  const instances = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const found = await Promise.all(
    instances.map(async ({ name }) => {
      const files = await readdir(join(folder, name));
      const ends = await Promise.all(
        files.map(async (file) => ({ file, text: await endOf(join(folder, name, file)) })),
      );
      return ends.flatMap(({ file, text }) =>
        text
          .split("\n")
          .filter(isError)
          .slice(-linesKept)
          .map((line) => `${name}/${file}: ${line.slice(0, characters)}`),
      );
    }),
  );
  return found.flat();
}
