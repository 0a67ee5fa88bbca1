/** What is put into the user's cache by whoever asks first. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { findPython } from "../../process/python/find-python.ts";
import { withFileLock } from "../../process/python/lock.ts";

/** Makes it unless another process has, which is waited for. @param root the folder that it is put into. */
export async function makeOnce<Made>(
  root: string,
  find: () => Promise<Made | undefined>,
  make: () => Promise<Made>,
): Promise<Made> {
  await mkdir(dirname(root), { recursive: true });
  const python = await findPython();
  return withFileLock(python.executable, `${root}.lock`, async () => (await find()) ?? make());
}
