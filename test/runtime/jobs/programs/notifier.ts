// A service that does nothing until it is told to stop, or crashes at once.
import { noInstance } from "../../../../runtime/aws/instance.ts";
import { runService } from "../../../../runtime/jobs/service.ts";
import { openTracing } from "../../../../runtime/telemetry/open-tracing.ts";

await runService("notifier", { identify: async () => noInstance, openTracing }, async ({ signal, log, tracer }) => {
  await tracer.span({ name: "start" }, async () => {});
  log.info({}, "at work");
  const alive = setInterval(() => {}, 1000);
  if (process.env.CRASH) throw new Error("broken");
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  clearInterval(alive);
});
