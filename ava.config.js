import { openNursery } from "./test/support/nursery/open.js";

export default {
  files: ["test/**/*.test.ts", "test/**/*.test.tsx"],
  extensions: { ts: "module", tsx: "module" },
  nodeArguments: ["--import=./plan/program/source/register.js"],
  environmentVariables: { EMULATOR_NURSERY: openNursery() },
  timeout: "15m",
  concurrency: 2,
  failWithoutAssertions: true,
  workerThreads: false,
};
