/** A submission that runs on this machine: `annofarm local` of staff's installation with the submission as its program. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fromIni } from "@aws-sdk/credential-providers";
import * as z from "zod";
import type { Plan } from "../../../plan/types.ts";
import type { Recorder } from "../evidence/recorder.ts";
import type { Rubric } from "../rubric/schema.ts";
import { createApi } from "../stage/api.ts";
import { openAws } from "../stage/aws.ts";
import { Person } from "../stage/person.ts";
import { cutPower, lookAtRunner, openMailbox } from "../stage/runner.ts";
import type { Role, Target } from "../stage/stage.ts";
import { until } from "../stage/until.ts";
import { type Annofarm, runToEnd, type Started, start } from "./annofarm.ts";
import { load } from "./load.ts";
import { errorsLogged } from "./logs.ts";

export interface LocalTargetOptions {
  readonly annofarm: Annofarm;
  /** The submission's copy. */
  readonly program: string;
  readonly state: string;
  /** Where reports of load tests are written. */
  readonly folder: string;
  readonly run: Rubric["run"];
  /** User id of the submission's processes, when they have one of their own. */
  readonly uid: number | undefined;
  readonly evidence: Recorder;
  readonly signal: AbortSignal;
}

/** The people whom annofarm local's identity provider always knows. */
const people: Readonly<Record<Role, { readonly sub: string; readonly email: string }>> = {
  free: { sub: "5f0c6c1e-2d0b-4a51-9a53-0f6c1d9b7a01", email: "ada.lindqvist@genomics.example" },
  premium: { sub: "b7b1f3a2-93d4-4c0e-8a6e-41d25f0f9c02", email: "max.okonkwo@biolab.example" },
};

/** The part of a plan's JSON that is looked at here; a hostile program may declare anything. */
const planSchema = z.looseObject({
  config: z.record(z.string(), z.string()),
  resources: z.array(
    z.looseObject({
      urn: z.string(),
      type: z.string(),
      name: z.string(),
      inputs: z.record(z.string(), z.unknown()),
      outputs: z.record(z.string(), z.unknown()),
    }),
  ),
  outputs: z.record(z.string(), z.unknown()),
});

const configOptions = (config: Readonly<Record<string, string>>) =>
  Object.entries(config).flatMap(([key, value]) => ["-c", `${key}=${value}`]);

/** What a submission declares, without running it. */
export async function readPlanOf({
  annofarm,
  program,
  run,
  signal,
}: Pick<LocalTargetOptions, "annofarm" | "program" | "run" | "signal">): Promise<Plan> {
  const args = ["plan", "--json", "-C", program, "-s", run.stack, ...configOptions(run.config)];
  const { output } = await runToEnd(annofarm, args, signal);
  return planSchema.parse(JSON.parse(output)) as unknown as Plan;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Whose socket listens on a port of this machine; undefined: nobody's. Linux only. */
async function ownerOf(port: number): Promise<number | undefined> {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const row of (await readFile(table, "utf8")).split("\n")) {
      const fields = row.trim().split(/\s+/);
      if (fields[3] === "0A" && fields[1]?.endsWith(hex)) return Number(fields[7]);
    }
  }
  return undefined;
}

const startSeconds = 240;

/** Resolves once the runner is ready. @throws {Error} with what it said, when it ends first; when somebody else answers in its place. */
async function ready(url: string, port: number, running: Started, uid: number | undefined, signal: AbortSignal) {
  let end: string | undefined;
  running.ended.then(
    (how) => {
      end = how;
    },
    (error: Error) => {
      end = error.message;
    },
  );
  const view = await until(
    "the service to start",
    { seconds: startSeconds, signal, everyMilliseconds: 500 },
    async (seen) => {
      if (end !== undefined)
        throw new Error(`the submission does not start (${end}): ${running.said().trim().slice(-800)}`);
      seen(running.said().trim().split("\n").at(-1) ?? "");
      const found = await lookAtRunner(url);
      if (found === undefined) return undefined;
      // The console answers before the farm serves.
      const home = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
      await home?.body?.cancel();
      return home?.status === 200 ? found : undefined;
    },
  );
  if (uid !== undefined && (await ownerOf(port)) === uid)
    throw new Error("the submission listens in the runner's place");
  return view;
}

/** The address in the runner's own profile, which the submission can neither read nor write. */
async function endpointOf(file: string): Promise<string | undefined> {
  return /^endpoint_url = (.+)$/m.exec(await readFile(file, "utf8"))?.[1];
}

/** Starts the submission. @throws {Error} saying why it does not start. */
export async function startLocalTarget(options: LocalTargetOptions): Promise<Target> {
  const { annofarm, program, state, run, evidence, signal } = options;
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const capacity = run.capacity.flatMap((value) => ["--instance-capacity", value]);
  const where = ["-C", program, "--state", state, "-s", run.stack, "--port", String(port), "--fresh"];
  const args = ["local", ...where, "--speed", String(run.speed), ...capacity, ...configOptions(run.config)];
  const running = start(annofarm, args);

  async function close(): Promise<void> {
    aws?.close();
    running.child.kill("SIGTERM");
    const late = setTimeout(() => running.child.kill("SIGKILL"), 30_000);
    await running.ended.catch(() => {});
    clearTimeout(late);
  }

  let aws: ReturnType<typeof openAws> | undefined;
  try {
    const view = await ready(url, port, running, options.uid, signal);
    const file = join(state, "aws.config");
    if ((await endpointOf(file)) !== view.endpoint) throw new Error("what answers is not the runner that was started");
    const credentials = fromIni({ profile: "annofarm", configFilepath: file, filepath: file });
    aws = openAws({ region: view.region, endpoint: view.endpoint, credentials, owner: "" }, evidence);
  } catch (error) {
    await close();
    throw error;
  }

  async function person(role: Role) {
    const { sub, email } = people[role];
    const somebody = new Person(url, evidence);
    await somebody.signIn(sub);
    return { person: somebody, userId: sub, email };
  }
  let plan: Promise<Plan> | undefined;
  return {
    url,
    speed: run.speed,
    lacks: new Map(),
    plan: () => {
      plan ??= readPlanOf(options);
      return plan;
    },
    aws,
    mailbox: openMailbox(url, evidence),
    person,
    async api(role) {
      const { person: somebody } = await person(role);
      return createApi(url, await somebody.makeToken("grading"), evidence);
    },
    logs: () => errorsLogged(state).catch(() => []),
    terminate: (ids) => cutPower(url, ids),
    load: (request) =>
      load(
        { annofarm, url, program, state, stack: run.stack, config: run.config, folder: options.folder },
        request,
        signal,
      ),
    close,
  };
}
