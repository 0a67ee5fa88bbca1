import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Writes a file that only its owner may read, whole or not at all. What stood there is replaced. */
export function writePrivate(file: string, content: string | Uint8Array): void {
  const next = `${file}.${process.pid}.new`;
  try {
    writeFileSync(next, content, { mode: 0o600, flag: "wx" });
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
