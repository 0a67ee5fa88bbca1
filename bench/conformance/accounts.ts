/** Endpoints that the suite starts by itself: bare moto, and this project's own account. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../local/net/free-port.ts";
import { startChildren } from "../../local/process/children.ts";
import { ensurePython } from "../../local/process/python/environment.ts";
import { startEmulation } from "../../local/run/emulate.ts";
import type { EndpointOptions } from "./world.ts";

export interface StartedAccount extends EndpointOptions {
  stop(): Promise<void>;
}

const tools = fileURLToPath(new URL("../../.annofarm", import.meta.url));
const region = "us-east-1";

/** Emulators take any. */
export const anyImage = "ami-12c6146b";

async function untilAnswers(endpoint: string): Promise<void> {
  const end = performance.now() + 120_000;
  for (;;) {
    try {
      await (await fetch(endpoint)).body?.cancel();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await delay(200);
    }
  }
}

/** moto's own server as it is installed, without this project's changes. */
export async function startMoto(): Promise<StartedAccount> {
  const python = await ensurePython({ directory: tools });
  const children = startChildren();
  const logs = await mkdtemp(join(tmpdir(), "annofarm-conformance-"));
  const port = await freePort();
  children.start({
    name: "moto",
    command: python.bin("python"),
    args: ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)],
    env: {},
    logFile: join(logs, "moto.log"),
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilAnswers(endpoint);
  return {
    endpoint,
    region,
    credentials: { accessKeyId: "conformance", secretAccessKey: "conformance" },
    image: anyImage,
    async stop() {
      await children.stopAll();
      await rm(logs, { recursive: true, force: true });
    },
  };
}

/** What `annofarm emulate --scaling` starts. */
export async function startOwn(): Promise<StartedAccount> {
  const stateDirectory = await mkdtemp(join(tmpdir(), "annofarm-conformance-"));
  const emulation = await startEmulation({
    tools,
    stateDirectory,
    port: await freePort(),
    exactPort: false,
    region,
    scaling: true,
    step: (_title, run) =>
      run(
        () => {},
        () => {},
      ),
    onProblem: (problem) => console.error(`  ! ${problem}`),
  });
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = emulation.environment;
  return {
    endpoint: emulation.endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    image: anyImage,
    async stop() {
      await emulation.stop();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}
