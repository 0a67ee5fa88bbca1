/** A service's traces: none unless its environment names a receiver, and then nothing of OpenTelemetry is loaded. */
import type { ServiceParts, Tracing } from "../jobs/service.ts";
import { untraced } from "../jobs/tracing.ts";

const off: Tracing = { tracer: untraced, close: async () => {} };

export const openTracing: ServiceParts["openTracing"] = async ({ service, environment, instance, log }) => {
  const { TRACES_ENDPOINT: endpoint, TRACES_PERCENT: percent, TRACES_STACK: stack } = environment;
  if (endpoint === undefined) return off;
  try {
    const { startTracing } = await import("./open-telemetry.ts");
    const tracing = startTracing({ service, endpoint, percent, stack, instance, log });
    log.info({ endpoint, percent }, "requests are traced");
    return tracing;
  } catch (err) {
    log.error({ err }, "nothing is traced");
    return off;
  }
};
