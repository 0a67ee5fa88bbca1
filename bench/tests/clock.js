/** Loaded into every Node process of a test run (NODE_OPTIONS): a process that runs a test file says how long it took, as a line of JSON. */
import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const record = process.env.ANNOFARM_TEST_TIMES;
if (isMainThread && record !== undefined && /ava\/lib\/worker/.test(process.argv[1] ?? "")) {
  let file;
  const hear = (message) => {
    file = message?.ava?.options?.file;
    if (file !== undefined) process.removeListener("message", hear);
  };
  process.prependListener("message", hear);
  process.on("exit", () => {
    if (file !== undefined) appendFileSync(record, `${JSON.stringify({ file, seconds: performance.now() / 1000 })}\n`);
  });
}
