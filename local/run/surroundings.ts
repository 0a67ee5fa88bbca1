/** What surrounds the instances: the emulators, sign-in, payments, the gateway, and the program deployed among them. */
import { join } from "node:path";
import { droppedDeliveries } from "../../plan/iam/deliveries.ts";
import type { Plan, ResourceRequest } from "../../plan/types.ts";
import { deploy } from "../deploy.ts";
import { startEmulator, useEmulatorAt } from "../emulator/moto.ts";
import type { GatewayOptions } from "../gateway/gateway.ts";
import type { Authorizer } from "../gateway/identity/authorizer.ts";
import { type Identity, identityClientId, issuerAt, startIdentity } from "../identity/identity.ts";
import type { Step } from "../narrate/narrator.ts";
import { freePort, nextFreePort, requireFree } from "../net/free-port.ts";
import { newAccount, type Payments, startPayments } from "../payments/payments.ts";
import { ensurePython } from "../python/environment.ts";
import type { Emulator, Gateway } from "../types.ts";
import type { RunContext } from "./context.ts";
import { writeProfile } from "./profile.ts";

export interface Surroundings {
  /** Where the balancer will listen. */
  readonly port: number;
  /** Origin that users see. */
  readonly url: string;
  readonly emulator: Emulator;
  readonly identity: Identity;
  readonly payments: Payments;
  readonly gateway: Gateway;
  readonly authorizer: Authorizer;
  readonly plan: Plan;
  /** Runs the program of another directory (default: the same) over what stands. */
  redeploy(before: Plan, directory?: string): Promise<Plan>;
  /** Runs the program that was deployed last for an emulator in which nothing stands; given up when `signal` is aborted. */
  declareAnew(signal: AbortSignal): Promise<Plan>;
}

const noop = () => {};

async function pulumiFor(step: Step, signal: AbortSignal | undefined): Promise<string> {
  const { obtainPulumi } = await import("../engine/tools/obtain.ts");
  return step("Pulumi's command line", async (evidence, progress) => {
    const { command, version, from } = await obtainPulumi({ onProgress: progress, signal });
    evidence(`${version}, from ${from}`);
    return command;
  });
}

/**
 * @param answers what the gateway asks of the farm, which is there only later.
 * @throws when a part cannot be started or the program fails.
 */
export async function startSurroundings(
  { options, step, closers, clock, children, log, logDirectory, problem, tell, whole, answersAt }: RunContext,
  region: string,
  answers: Pick<
    GatewayOptions,
    | "lifecycle"
    | "jobTimes"
    | "activities"
    | "alarmHistory"
    | "onAlarmSet"
    | "refreshes"
    | "templateVersion"
    | "leaving"
    | "inGrace"
    | "groupOf"
  >,
): Promise<Surroundings> {
  const { directory, stateDirectory, signal } = options;
  const python = await step("Python environment of the emulators", async (_evidence, progress) =>
    ensurePython({ directory: join(directory, ".annofarm"), onProgress: progress, signal }),
  );

  const engine = options.engine ? { pulumi: await pulumiFor(step, signal), stateDirectory } : undefined;

  if (options.exactPort) await requireFree(options.port);
  const port = await nextFreePort(options.port);
  if (port !== options.port) tell(`port ${options.port} is taken, listening on ${port}`);
  const url = `http://localhost:${port}`;
  answersAt(url);

  const identityPort = await freePort();
  const issuer = issuerAt(identityPort);
  const account = await newAccount();
  const emulatorStarting =
    options.emulatorUrl === undefined
      ? startEmulator({
          python: python.bin("python"),
          children,
          region,
          logFile: join(logDirectory, "emulator.log"),
        })
      : useEmulatorAt(options.emulatorUrl, region);
  const paymentsStarting = startPayments({
    account,
    localstripe: python.bin("localstripe"),
    children,
    webhookUrl: `${url}/stripe/webhook`,
    logFile: join(logDirectory, "payments.log"),
    stateFile: join(stateDirectory, "payments.pickle"),
  });

  // The program needs to know where everything will be, not that it is there: it loads while the emulators start.
  let onResource = (_resource: Pick<ResourceRequest, "type" | "name">) => {};
  const declaration = {
    stack: options.stack,
    emulator: emulatorStarting,
    ...(engine === undefined ? {} : { engine }),
    config: {
      ...options.config,
      publicUrl: url,
      identityIssuer: issuer,
      identityClientId,
      stripeApiUrl: account.apiUrl,
      stripeJsUrl: account.jsUrl,
      stripePublishableKey: account.publishableKey,
      stripePriceId: account.priceId,
    },
  };
  const deploying = deploy({
    ...declaration,
    typed: Object.keys(options.config),
    directory,
    onResource(resource) {
      signal?.throwIfAborted();
      onResource(resource);
    },
  });
  const identityStarting = startIdentity({
    port: identityPort,
    directory: join(stateDirectory, "identity"),
    redirectUris: [`${url}/authcallback`],
    postLogoutRedirectUris: [`${url}/`],
    log,
  });
  // What fails is told by its step, which a start that is given up may never reach.
  for (const begun of [emulatorStarting, paymentsStarting, identityStarting, deploying]) begun.catch(noop);
  closers.add("sign-in", () => identityStarting.then((identity) => identity.stop(), noop));
  closers.add("program", () => {
    onResource = () => {
      throw new Error("the start has been given up");
    };
    return deploying.then(noop, noop);
  });

  // These are processes of their own, all but one: this one loads the rest of itself meanwhile, which takes it as long.
  const loading = Promise.all([
    import("../gateway/gateway.ts"),
    import("../gateway/identity/authorizer.ts"),
    import("./belongings.ts"),
    import("./farm.ts"),
  ]);
  const warming = import("../emulator/warm-up.ts");
  emulatorStarting.then(async (emulator) => (await warming).warmUp(emulator)).catch(noop);

  const [emulator, payments, identity, [{ startGateway }, { createAuthorizer, roleName }]] = await step(
    "AWS emulator, sign-in and payments",
    async (evidence) => {
      // A program that refuses its configuration does so before it needs any of them.
      const refused = deploying.then(() => new Promise<never>(noop));
      const all = Promise.all([emulatorStarting, paymentsStarting, identityStarting, loading]);
      const running = await Promise.race([all, refused]);
      evidence(`sign-in at ${issuer}, payments at ${account.apiUrl}`);
      return running;
    },
  );
  closers.add("emulator", () => emulator.stop());
  closers.add("payments", () => payments.stop());

  const authorizer = createAuthorizer({
    emulator,
    onDenied: ({ caller, action, resource, why }) =>
      problem("a call was refused", new Error(`${roleName(caller)} may not ${action} on ${resource}, ${why}`)),
  });
  closers.add("permission check", () => authorizer.stop());
  const { authorize } = authorizer;
  const gateway = await startGateway({ emulator, clock, log, authorize, whole: whole.passed, ...answers });
  closers.add("gateway", () => gateway.stop());
  closers.add("AWS profile", writeProfile(stateDirectory, region, gateway));

  const title = engine === undefined ? "declared and created" : "deployed by Pulumi's engine";
  const plan = await step(`Stack ${options.stack}, ${title}`, async (evidence, progress) => {
    let created = 0;
    onResource = (resource) => progress(`${++created}: ${resource.type.split(":").pop()} ${resource.name}`);
    const deployed = await deploying;
    const dropped = droppedDeliveries(deployed);
    if (dropped.length > 0) throw new Error(`messages would be lost on AWS: ${dropped.join("; ")}`);
    evidence(`${deployed.resources.filter((resource) => resource.custom).length} resources`);
    return deployed;
  });

  let deployed = directory;
  const redeploy: Surroundings["redeploy"] = async (before, other = directory) => {
    const again = await import("../redeploy.ts");
    const next = await again.redeploy({ ...declaration, directory: other, gateway }, before);
    deployed = other;
    return next;
  };
  const declareAnew: Surroundings["declareAnew"] = (stopping) =>
    deploy({ ...declaration, directory: deployed, onResource: () => stopping.throwIfAborted() });
  return { port, url, emulator, identity, payments, gateway, authorizer, plan, redeploy, declareAnew };
}
