import { openNursery } from "./test/support/nursery/open.js";

export default {
  files: ["test/**/*.test.ts", "test/**/*.test.tsx"],
  extensions: { ts: "module", tsx: "module" },
  nodeArguments: ["--import=./plan/program/source/register.js"],
  // The second: local/process/quiet-sdk.ts, for the tests' own clients.
  environmentVariables: {
    EMULATOR_NURSERY: openNursery(),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  },
  timeout: "15m",
  concurrency: 2,
  failWithoutAssertions: true,
  workerThreads: false,
};
