/** What Pulumi's command line itself says when it fails: the Automation API gives all its output, and the command, twice over. */

/** @returns the lines that it marks as errors, each once; the text as it is when there is none. */
export function wordsOf(message: string): string {
  const errors = message.split("\n").flatMap((line) => /^(?: stderr: )?error: (.+)$/.exec(line)?.[1]?.trim() ?? []);
  return errors.length === 0 ? message : [...new Set(errors)].join("\n");
}
