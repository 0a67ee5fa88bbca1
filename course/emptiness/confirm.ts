/** Asks before anything is removed. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";

interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks for the number of what would be removed, so that nobody removes more than they have read.
 *
 * @throws {Error} when nobody can answer.
 */
export async function confirmed(count: number, { input, output }: Terminal): Promise<boolean> {
  if (!input.isTTY) {
    throw new Error(
      `--sweep would remove ${count} and asks first, but standard input is no terminal; add --yes to remove them unasked`,
    );
  }
  const lines = createInterface({ input, output });
  // Without it the end of the input (Ctrl-D) would leave the question open for ever.
  const ended = once(lines, "close").then(() => "");
  try {
    const asked = lines.question(`Type ${count} to remove all ${count} for good, anything else to leave them: `);
    const answer = await Promise.race([asked, ended]);
    return answer.trim() === String(count);
  } finally {
    lines.close();
  }
}
