/** From the declaration to a world in the emulator: the program runs, and what it declares comes to life. */
import { runProgram } from "../../plan/program.ts";
import { readStackConfig } from "../../plan/stack-config.ts";
import type { Plan, ResourceDriver, ResourceRequest } from "../../plan/types.ts";
import type { EmulatorResources } from "../resources/driver.ts";
import type { Emulator, Gateway } from "../types.ts";

export interface DeployOptions {
  /** Where Pulumi.yaml is. */
  readonly directory: string;
  readonly stack: string;
  /** Replaces what the stack's file says: `key` or `namespace:key` → value. */
  readonly config?: Readonly<Record<string, string>>;
  /** Keys of `config` that somebody has typed, and is told of when nothing reads them. Default: none. */
  readonly typed?: readonly string[];
  /** Its region is the stack's: see `stackRegion`. One that still starts is waited for while the program loads. */
  readonly emulator: Emulator | Promise<Emulator>;
  /** Answers what the emulator does not; omitted: instances do not run yet. */
  readonly gateway?: Pick<Gateway, "endpoint" | "administrator">;
  /** Through Pulumi's own engine, with a stack whose state is kept, instead of this process. */
  readonly engine?: {
    /** Absolute path of Pulumi's command line. */
    readonly pulumi: string;
    readonly stateDirectory: string;
  };
  /** Told of each resource when it stands. What it throws ends the deployment. */
  readonly onResource?: (resource: Pick<ResourceRequest, "urn" | "type" | "name">) => void;
  /** What the program prints, line by line. Default: to standard error. */
  readonly onOutput?: (line: string) => void;
}

/** The region that a stack deploys to; the emulator is started for it. */
export async function stackRegion({ directory, stack, config }: Omit<DeployOptions, "emulator">): Promise<string> {
  const { values } = await readStackConfig(directory, stack, config);
  return values["aws:region"] ?? "us-east-1";
}

/**
 * Brings everything that the program declares to life in the emulator.
 *
 * @returns the plan with real ids and outputs.
 * @throws {Error} when configuration is encrypted, the program fails, or a resource cannot be made; the message names it.
 */
export function deploy(options: DeployOptions): Promise<Plan> {
  return apply(options, ({ create }) => create);
}

/** Runs the program; `driverOf` says how what it registers comes to stand. @throws as `deploy`. */
export async function apply(
  options: DeployOptions,
  driverOf: (resources: EmulatorResources) => ResourceDriver,
): Promise<Plan> {
  const { directory, stack, config, onOutput } = options;
  const { encrypted } = await readStackConfig(directory, stack, config);
  if (encrypted.length > 0) {
    throw new Error(
      `Pulumi.${stack}.yaml keeps ${encrypted.join(", ")} encrypted, which only the Pulumi CLI can read; ` +
        `give another value, for example -c ${encrypted[0]}=…`,
    );
  }
  if (options.engine !== undefined) {
    const { deployByEngine } = await import("../engine/deploy.ts");
    return deployByEngine({ ...options, ...options.engine, emulator: await options.emulator });
  }
  const running = runProgram({
    directory,
    stack,
    ...(config === undefined ? {} : { config }),
    typed: options.typed ?? [],
    ...(onOutput === undefined ? {} : { onOutput }),
    resources: async (request) => driverOf((await drivers).resources)(request),
    functions: async (token, args) => (await drivers).functions(token, args),
  });
  // Loaded while the program loads itself.
  const drivers = startDrivers(options);
  try {
    return await running;
  } finally {
    drivers.then(
      ({ resources }) => resources.close(),
      () => {}, // an emulator that did not start has told it to whoever started it
    );
  }
}

async function startDrivers(options: DeployOptions) {
  const [{ createResources }, { createFunctions }, emulator] = await Promise.all([
    import("../resources/driver.ts"),
    import("../resources/functions.ts"),
    options.emulator,
  ]);
  const resources = createResources({ emulator, projectDirectory: options.directory, ...pick(options) });
  return { resources, functions: createFunctions(resources.contextOf({ urn: "", name: "" })) };
}

function pick({ onResource, gateway }: DeployOptions) {
  return { ...(onResource === undefined ? {} : { onResource }), ...(gateway === undefined ? {} : { gateway }) };
}
