import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { filteredLogs } from "../../../../local/aws/cloudwatch/filtered-logs.ts";
import { readLogFilter } from "../../../../local/aws/cloudwatch/log-filter.ts";
import { metricData } from "../../../../local/aws/cloudwatch/statistics.ts";

const start = Date.UTC(2026, 0, 5, 12);
const denied = `${JSON.stringify({ level: "error", err: { name: "DeniedError" } })}\n`;

function filterOf(logGroupName: string) {
  const metricTransformation = { namespace: "farm", name: `${logGroupName}-refused`, value: "2" };
  return readLogFilter({ logGroupName, pattern: '{ $.err.name = "DeniedError" }', metricTransformation });
}

test("lines are counted once, whole, for the log group of their instance", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "annofarm-logs-"));
  const serviceIn = (name: string) => {
    const logFile = join(folder, `${name}.log`);
    appendFileSync(logFile, "");
    return { name, pid: 1, port: 1, health: "healthy" as const, restarts: 0, logFile };
  };
  const [worker, web] = [serviceIn("worker"), serviceIn("web")];
  const instances = [
    { logGroup: "workers", logFile: undefined, services: [worker] },
    { logGroup: "web", logFile: undefined, services: [web] },
    { logGroup: undefined, logFile: undefined, services: [] },
  ];
  const measure = filteredLogs(
    () => [filterOf("workers")],
    () => instances,
  );
  const sums = async () => metricData(await measure([start]), start).map(({ name, sum }) => ({ name, sum }));
  t.deepEqual(await sums(), []);

  appendFileSync(worker.logFile, `${denied}not JSON: DeniedError\n{"level":"info"}\n${denied}${denied.slice(0, 9)}`);
  appendFileSync(web.logFile, denied);
  t.deepEqual(await sums(), [{ name: "workers-refused", sum: 4 }]);
  t.deepEqual(await sums(), []);
  appendFileSync(worker.logFile, denied.slice(9));
  t.deepEqual(await sums(), [{ name: "workers-refused", sum: 2 }]);
});
