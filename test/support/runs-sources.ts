/** Node's arguments for a process of its own that runs one of the repository's TypeScript files. */
export const runsSources: readonly string[] = [
  "--import",
  new URL("../../plan/program/source/register.js", import.meta.url).href,
];
