/** Our web service as one process: the deployed application and middleware, on ports that the home page never asks. */

import { systemClock } from "../../runtime/jobs/clock.ts";
import { createLogger } from "../../runtime/jobs/log.ts";
import { loadAssets } from "../../runtime/web/assets.ts";
import type { WebPorts } from "../../runtime/web/ports.ts";
import { serve } from "../../runtime/web/serve.ts";
import { createWeb } from "../../runtime/web/web.tsx";

/** Fails when touched: a public page that asks a store is what this benchmark must not hide. */
function untouched<T>(name: string): T {
  const refuse = () => {
    throw new Error(`the home page asked ${name}`);
  };
  return new Proxy({}, { get: () => refuse }) as T;
}

const port = Number(process.env.PORT);
const log = createLogger({ service: "web", level: "info", instance: "bench" });
const names = [
  "jobs",
  "users",
  "events",
  "submissionKeys",
  "objects",
  "parts",
  "archiveQueue",
  "identity",
  "payments",
] as const;
const ports = Object.fromEntries(names.map((name) => [name, untouched(name)])) as Pick<
  WebPorts,
  (typeof names)[number]
>;
const draining = new AbortController();

const app = createWeb({
  ...ports,
  topics: { jobRequests: untouched("job_requests"), jobRestore: untouched("job_restore") },
  clock: systemClock,
  log,
  health: untouched("health"),
  assets: loadAssets(),
  config: {
    publicUrl: `http://127.0.0.1:${port}`,
    keyPrefix: "gas",
    inputsBucket: "inputs",
    freeRetentionSeconds: 1800,
    inputBytesMax: { free_user: 153_600, premium_user: 10_000_000_000 },
    apiRequestsPerMinute: 1000,
    signInsPerMinute: 60,
    sessionSecrets: ["0123456789abcdef0123456789abcdef"],
    issuerOrigin: "https://issuer.test",
    stripe: { publishableKey: "pk_test_1", jsUrl: "https://js.stripe.test/v3/", apiUrl: "https://api.stripe.test" },
  },
});
await serve(app, { port, draining: draining.signal, clock: systemClock, lingerMilliseconds: 0 });
