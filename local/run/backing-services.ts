/** What surrounds the instances: the emulators, sign-in, payments, the gateway, and the program deployed among them. */
import { join } from "node:path";
import { droppedDeliveries } from "../../plan/iam/deliveries.ts";
import type { Plan, ResourceRequest } from "../../plan/types.ts";
import { startEmulator, useEmulatorAt } from "../emulator/moto.ts";
import { type Identity, identityClientId, issuerAt, startIdentity } from "../identity/identity.ts";
import { freePort, nextFreePort, requireFree } from "../net/free-port.ts";
import { newAccount, startPayments } from "../payments/payments.ts";
import { ensurePython } from "../process/python/environment.ts";
import type { Emulator } from "../types.ts";
import type { RunContext } from "./context.ts";
import { deploy } from "./deploy.ts";
import type { RunStep } from "./narrator.ts";
import { writeProfile } from "./profile.ts";
import type { BackingServices } from "./services.ts";

const noop = () => {};

async function pulumiFor(step: RunStep, signal: AbortSignal | undefined): Promise<string> {
  const { obtainPulumi } = await import("../engine/tools/obtain.ts");
  return step("Pulumi's command line", async (evidence, progress) => {
    const { command, version, from } = await obtainPulumi({ onProgress: progress, signal });
    evidence(`${version}, from ${from}`);
    return command;
  });
}

/** Where the balancer will listen: as asked, or the next free port. @throws when it must be this one and it is taken. */
async function portFor({ options, tell }: RunContext): Promise<number> {
  if (options.exactPort) await requireFree(options.port);
  const port = await nextFreePort(options.port);
  if (port !== options.port) tell(`port ${options.port} is taken, listening on ${port}`);
  return port;
}

/** What the run tells the program of where it is, beside what the user has. */
function configOf(given: Readonly<Record<string, string>>, url: string, issuer: string, account: PaymentsAccount) {
  return {
    ...given,
    publicUrl: url,
    identityIssuer: issuer,
    identityClientId,
    stripeApiUrl: account.apiUrl,
    stripeJsUrl: account.jsUrl,
    stripePublishableKey: account.publishableKey,
    stripePriceId: account.priceId,
  };
}

/** Begins the emulators of AWS and of payments; neither is waited for. */
function beginEmulators(
  { options, children, logDirectory }: RunContext,
  python: Awaited<ReturnType<typeof ensurePython>>,
  { region, url }: { readonly region: string; readonly url: string },
  account: PaymentsAccount,
) {
  const emulator =
    options.emulatorUrl === undefined
      ? startEmulator({
          python: python.bin("python"),
          children,
          region,
          logFile: join(logDirectory, "emulator.log"),
        })
      : useEmulatorAt(options.emulatorUrl, region);
  const payments = startPayments({
    account,
    localstripe: python.bin("localstripe"),
    children,
    webhookUrl: `${url}/stripe/webhook`,
    logFile: join(logDirectory, "payments.log"),
    stateFile: join(options.stateDirectory, "payments.pickle"),
  });
  return { emulator, payments };
}

function beginIdentity({ options, log }: RunContext, url: string, port: number): Promise<Identity> {
  return startIdentity({
    port,
    directory: join(options.stateDirectory, "identity"),
    redirectUris: [`${url}/authcallback`],
    postLogoutRedirectUris: [`${url}/`],
    log,
  });
}

/** The gateway with its permission check, and the profile by which operators call it. */
async function openGateway(
  { options, closers, clock, log, problem, whole }: RunContext,
  emulator: Emulator,
  region: string,
  [{ startEmulatedAccount }, { createAuthorizer, roleName }]: readonly [
    typeof import("../aws/account.ts"),
    typeof import("../aws/iam/authorizer.ts"),
    ...unknown[],
  ],
): Promise<Pick<BackingServices, "authorizer" | "gateway">> {
  const authorizer = createAuthorizer({
    emulator,
    onDenied: ({ caller, action, resource, why }) =>
      problem("a call was refused", new Error(`${roleName(caller)} may not ${action} on ${resource}, ${why}`)),
  });
  closers.add("permission check", () => authorizer.stop());
  const { authorize } = authorizer;
  const gateway = await startEmulatedAccount({ emulator, clock, log, authorize, whole: whole.passed });
  closers.add("gateway", () => gateway.stop());
  closers.add("AWS profile", writeProfile(options.stateDirectory, region, gateway));
  return { authorizer, gateway };
}

/** What has come of the program, once all it declares stands. @throws when messages would be lost on AWS. */
function declared({ options, step }: RunContext, deploying: Promise<Plan>, onResource: (told: ToldResource) => void) {
  const title = options.engine ? "deployed by Pulumi's engine" : "declared and created";
  return step(`Stack ${options.stack}, ${title}`, async (evidence, progress) => {
    let created = 0;
    onResource((resource) => progress(`${++created}: ${resource.type.split(":").pop()} ${resource.name}`));
    const deployed = await deploying;
    const dropped = droppedDeliveries(deployed);
    if (dropped.length > 0) throw new Error(`messages would be lost on AWS: ${dropped.join("; ")}`);
    evidence(`${deployed.resources.filter((resource) => resource.custom).length} resources`);
    return deployed;
  });
}

type PaymentsAccount = Awaited<ReturnType<typeof newAccount>>;
type ToldResource = (resource: Pick<ResourceRequest, "type" | "name">) => void;

/** @throws when a part cannot be started or the program fails.
 */
export async function startBackingServices(context: RunContext, region: string): Promise<BackingServices> {
  const { options, step, closers } = context;
  const { directory, stateDirectory, signal } = options;
  const python = await step("Python environment of the emulators", async (_evidence, progress) =>
    ensurePython({ directory: join(directory, ".annofarm"), onProgress: progress, signal }),
  );
  const engine = options.engine ? { pulumi: await pulumiFor(step, signal), stateDirectory } : undefined;
  const port = await portFor(context);
  const url = `http://localhost:${port}`;
  context.answersAt(url);

  const identityPort = await freePort();
  const issuer = issuerAt(identityPort);
  const account = await newAccount();
  const begun = beginEmulators(context, python, { region, url }, account);
  // The program needs to know where everything will be, not that it is there: it loads while the emulators start.
  let onResource: ToldResource = noop;
  const declaration = {
    stack: options.stack,
    emulator: begun.emulator,
    ...(engine === undefined ? {} : { engine }),
    config: configOf(options.config, url, issuer, account),
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
  const identityStarting = beginIdentity(context, url, identityPort);
  // What fails is told by its step, which a start that is given up may never reach.
  for (const each of [begun.emulator, begun.payments, identityStarting, deploying]) each.catch(noop);
  closers.add("sign-in", () => identityStarting.then((identity) => identity.stop(), noop));
  closers.add("program", () => {
    onResource = () => {
      throw new Error("the start has been given up");
    };
    return deploying.then(noop, noop);
  });

  // These are processes of their own, all but one: this one loads the rest of itself meanwhile, which takes it as long.
  const loading = Promise.all([
    import("../aws/account.ts"),
    import("../aws/iam/authorizer.ts"),
    import("./initial-data.ts"),
    import("./farm.ts"),
  ]);
  const warming = import("../emulator/warm-up.ts");
  begun.emulator.then(async (emulator) => (await warming).warmUp(emulator)).catch(noop);

  const [emulator, payments, identity, modules] = await step("AWS emulator, sign-in and payments", async (evidence) => {
    // A program that refuses its configuration does so before it needs any of them.
    const refused = deploying.then(() => new Promise<never>(noop));
    const all = Promise.all([begun.emulator, begun.payments, identityStarting, loading]);
    const running = await Promise.race([all, refused]);
    evidence(`sign-in at ${issuer}, payments at ${account.apiUrl}`);
    return running;
  });
  closers.add("emulator", () => emulator.stop());
  closers.add("payments", () => payments.stop());
  const { authorizer, gateway } = await openGateway(context, emulator, region, modules);
  const plan = await declared(context, deploying, (told) => {
    onResource = told;
  });

  const redeploy: BackingServices["redeploy"] = async (before) => {
    const again = await import("./redeploy.ts");
    return again.redeploy({ ...declaration, directory, gateway }, before);
  };
  const declareAnew: BackingServices["declareAnew"] = (stopping) =>
    deploy({ ...declaration, directory, onResource: () => stopping.throwIfAborted() });
  return { port, url, emulator, identity, payments, gateway, authorizer, plan, redeploy, declareAnew };
}
