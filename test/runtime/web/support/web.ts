/** The web service on ports in memory, answering on 127.0.0.1. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { User } from "../../../../runtime/contract/user.ts";
import { loadAssets } from "../../../../runtime/web/assets.ts";
import type { WebConfig } from "../../../../runtime/web/config.ts";
import { createHealth } from "../../../../runtime/web/health.ts";
import type { WebPorts } from "../../../../runtime/web/ports.ts";
import { createWeb } from "../../../../runtime/web/web.tsx";
import {
  createMemoryEventStore,
  createMemoryJobStore,
  createMemoryLog,
  createMemoryMailer,
  createMemoryObjectStore,
  createMemoryPartStore,
  createMemoryQueue,
  createMemorySubmissionKeys,
  createMemoryTopic,
  createMemoryUserStore,
  createVirtualClock,
} from "../../../support/memory.ts";
import { type Client, createClient } from "./client.ts";
import { createFakeIdentity, createFakePayments } from "./fakes.ts";

const assets = loadAssets(fileURLToPath(new URL("../../../../runtime/web/", import.meta.url)));

export interface TestWebOptions {
  readonly config?: Partial<WebConfig>;
  readonly port?: number;
  /** Ports that behave otherwise. */
  readonly ports?: (ports: ReturnType<typeof memoryPorts>) => Partial<WebPorts>;
}

function memoryPorts() {
  const clock = createVirtualClock();
  const archiveQueue = createMemoryQueue(clock);
  const jobs = createMemoryJobStore();
  const users = createMemoryUserStore();
  const draining = new AbortController();
  const payments = createFakePayments();
  const log = createMemoryLog();
  const objects = createMemoryObjectStore();
  return {
    clock,
    jobs,
    users,
    events: createMemoryEventStore(),
    mailer: createMemoryMailer(),
    submissionKeys: createMemorySubmissionKeys(),
    objects,
    parts: createMemoryPartStore(objects),
    topics: { jobRequests: createMemoryTopic(), jobRestore: createMemoryTopic() },
    archiveQueue,
    identity: createFakeIdentity(),
    payments,
    log,
    draining,
    health: createHealth({ jobs, users, payments, clock, log, draining: draining.signal }),
  };
}

export type TestWeb = Awaited<ReturnType<typeof startWeb>>;

export async function startWeb({ config: given = {}, port = 0, ports: changed }: TestWebOptions = {}) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config: WebConfig = {
    publicUrl: origin,
    keyPrefix: "gas",
    inputsBucket: "inputs",
    freeRetentionSeconds: 1800,
    inputBytesMax: { free_user: 153_600, premium_user: 10_000_000 },
    apiRequestsPerMinute: 1000,
    signInsPerMinute: 1000,
    sessionSecrets: ["0123456789abcdef0123456789abcdef"],
    issuerOrigin: "https://issuer.test",
    stripe: { publishableKey: "pk_test_1", jsUrl: "https://js.stripe.test/v3/", apiUrl: "https://api.stripe.test" },
    ...given,
  };
  const ports = memoryPorts();
  const app = createWeb({ ...ports, ...changed?.(ports), assets, config });
  server.on("request", app);
  return {
    ...ports,
    app,
    origin,
    config,
    assets,
    client: () => createClient(origin),
    /** A browser of somebody who has signed in. */
    async signedIn(fields: Partial<User> = {}): Promise<Client> {
      const client = createClient(origin);
      const user = {
        user_id: "user-1",
        role: "free_user" as const,
        name: "Rosalind",
        email: "rosalind@example.org",
        created_time: 1,
        ...fields,
      };
      ports.users.put(user);
      ports.identity.person = { subject: user.user_id, name: user.name, email: user.email };
      const begun = await client.get("/login");
      const state = new URL(begun.location ?? "").searchParams.get("state");
      await client.get(`/authcallback?code=1&state=${state}`);
      return client;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
