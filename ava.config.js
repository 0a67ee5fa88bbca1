import { fastFiles, slowestFirst } from "./test/support/kinds.js";
import { openNursery } from "./test/support/nursery/open.js";

/** `npm run test:fast`. */
const fast = process.env.ANNOFARM_TESTS === "fast";

export default {
  files: fast ? fastFiles : ["test/**/*.test.ts", "test/**/*.test.tsx"],
  extensions: { ts: "module", tsx: "module" },
  nodeArguments: ["--import=./plan/program/source/register.js"],
  environmentVariables: { EMULATOR_NURSERY: openNursery() },
  sortTestFiles: slowestFirst,
  // No test waits for a time; this ends a run in which nothing has happened for so long.
  timeout: "15m",
  // Many files wait for other processes most of the time.
  concurrency: 3,
  failWithoutAssertions: true,
  workerThreads: false,
};
