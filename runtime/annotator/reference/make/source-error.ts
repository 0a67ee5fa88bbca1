import { basename } from "node:path";

/** A file that a reference was to be made from is not what it should be: the file, its line, the value, and what was expected. */
export class SourceError extends Error {
  override name = "SourceError";

  /** @param line 1-based, of the uncompressed text. */
  constructor(path: string, line: number | undefined, reason: string, options?: ErrorOptions) {
    super(`${basename(path)}${line === undefined ? "" : `, line ${line}`}: ${reason}`, options);
  }
}
