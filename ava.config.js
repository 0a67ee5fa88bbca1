import { filesFor, slowestFirst } from "./test/support/groups/write.js";
import { openNursery } from "./test/support/nursery/open.js";

/** npm names the script that it runs. */
const fast = process.env.npm_lifecycle_event === "test:fast";

export default {
  files: filesFor(fast, process.argv.slice(2)),
  // The last: the files of groups.
  extensions: { ts: "module", tsx: "module", js: true },
  nodeArguments: ["--import=./plan/program/source/register.js", "--import=./test/support/groups/register.js"],
  // The second: plan/process/quiet-sdk.ts, for the tests' own clients.
  environmentVariables: {
    EMULATOR_NURSERY: openNursery(),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  },
  sortTestFiles: slowestFirst,
  // No test waits for a time; this ends a run in which nothing has happened for so long.
  timeout: "15m",
  // Many files wait for other processes most of the time.
  concurrency: 3,
  failWithoutAssertions: true,
  workerThreads: false,
};
