/** The AWS emulator: a moto server in a process of its own, or whatever `AWS_ENDPOINT_URL` names instead. */
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { confinement } from "../../plan/program/confinement.ts";
import { freePort } from "../net/free-port.ts";
import type { Child, Children } from "../process/children.ts";
import type { Emulator, Revival } from "../types.ts";

/** The account in which moto puts every call that does not name another by its credentials. */
const motoAccountId = "123456789012";

export interface EmulatorOptions {
  /** Python of the environment that holds moto; see `ensurePython`. */
  readonly python: string;
  readonly children: Children;
  readonly region: string;
  /** Access log and errors of the server. */
  readonly logFile: string;
  /** Default: any free port. */
  readonly port?: number;
}

const server = fileURLToPath(new URL("moto_server.py", import.meta.url));

const environment: Readonly<Record<string, string>> = {
  TZ: "UTC",
  PYTHONUNBUFFERED: "1",
  // Policies such as AmazonSSMManagedInstanceCore can be attached to roles, as on AWS.
  MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
  // A certificate counts as issued as soon as its validation record is there.
  MOTO_ACM_VALIDATION_WAIT: "0",
  // The first EC2 call would read 1,173 image descriptions; images are looked up by their public SSM parameter.
  MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
  // Buckets are addressed by path only: `localhost` and its like are no bucket names.
  S3_IGNORE_SUBDOMAIN_BUCKETNAME: "true",
  // Else every answer allows every origin, and a bucket without CORS rules would pass here and fail on AWS.
  MOTO_DISABLE_GLOBAL_CORS: "true",
};

/** Confined code reaches AWS through the gateway, which asks for permissions; here it would be the administrator. */
function refused(): Record<string, string> {
  const uid = confinement()?.uid;
  return uid === undefined ? {} : { ANNOFARM_REFUSED_UID: String(uid) };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/`, { method: "HEAD" });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Asks until the server answers: a process has no event for "listening". */
async function untilReady(endpoint: string, child: Child, logFile: string): Promise<void> {
  let over: string | undefined;
  child.exited.then(
    ({ code, signal }) => {
      over = `ended at once (${signal ?? `exit code ${code}`})`;
    },
    (error: Error) => {
      over = error.message;
    },
  );
  const deadline = performance.now() + 300_000;
  while (!(await answers(endpoint)) && over === undefined) {
    if (performance.now() > deadline) over = "did not answer within 300 s";
    await delay(50);
  }
  if (over === undefined) return;
  await child.stop();
  throw new Error(`the AWS emulator ${over}; see ${logFile}`);
}

/** Starts moto and resolves when it answers. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { python, children, region, logFile, port = await freePort() } = options;
  const endpoint = `http://127.0.0.1:${port}`;
  let stopping = false;

  async function start(): Promise<Child> {
    const started = children.start({
      name: "moto",
      command: python,
      args: [server, "-H", "127.0.0.1", "-p", String(port)],
      env: { ...environment, ...refused() },
      logFile,
    });
    await untilReady(endpoint, started, logFile);
    return started;
  }

  let child = await start();
  const revival: Revival = {
    async died() {
      const { code, signal } = await child.exited;
      if (stopping) return new Promise<never>(() => {});
      return signal ?? `exit code ${code}`;
    },
    async restart() {
      child = await start();
    },
  };
  return {
    endpoint,
    region,
    accountId: motoAccountId,
    keepsPolicies: true,
    revival,
    stop() {
      stopping = true;
      return child.stop();
    },
  };
}

/**
 * An emulator that somebody else runs.
 *
 * @throws {Error} when nothing answers there.
 */
export async function useEmulatorAt(endpoint: string, region: string): Promise<Emulator> {
  if (!(await answers(endpoint))) {
    throw new Error(`nothing answers at AWS_ENDPOINT_URL=${endpoint}; start that emulator or unset the variable`);
  }
  return { endpoint: endpoint.replace(/\/+$/, ""), region, accountId: motoAccountId, stop: async () => {} };
}
