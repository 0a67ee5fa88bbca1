/**
 * A Plan: everything a Pulumi program declares under one configuration, as plain data. It is what the engine would see: the
 * program is a black box, and nothing here knows of our components.
 */

export interface PlannedResource {
  /** `urn:pulumi:<stack>::<project>::<parent types$type>::<name>`. Unique. */
  readonly urn: string;
  /** Type token: `aws:sqs/queue:Queue`, or a component's `annofarm:index:WebFarm`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly parent: string | undefined;
  /** True: a provider brings it into being (awsx's components too). False: a component, which exists in the program only. */
  readonly custom: boolean;
  /** URNs this resource waits for: `dependsOn` and what its inputs came from. */
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  /** Inputs, or paths in them, whose change an update leaves alone; omitted: none. */
  readonly ignoreChanges?: readonly string[];
  /** What the program says of the order of a replacement; omitted: the provider decides. */
  readonly deleteBeforeReplace?: boolean;
  /** Resolved inputs, plain JSON; assets as `{ asset: "file", path }`; secrets unwrapped, their paths in `secretInputs`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secretInputs: readonly string[];
  /** Physical id and outputs, as the driver answered them: synthesized by `plan`, real after `local`. */
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Plan {
  readonly project: string;
  readonly stack: string;
  /** Configuration the program ran under, `project:key` → value; secrets are left out. */
  readonly config: Readonly<Record<string, string>>;
  /** In registration order: a resource comes after all it depends on. */
  readonly resources: readonly PlannedResource[];
  /** The program's exports. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What a driver is asked to bring into being, one call per registered resource. */
export interface ResourceRequest {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
  readonly custom: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Physical id, when the program only reads what is there already (`Resource.get`, import). */
  readonly existing?: string;
  /** Paths of inputs that stay as they are once the resource stands, whatever the program says of them later. */
  readonly ignoreChanges?: readonly string[];
}

interface DriverAnswer {
  readonly id: string;
  readonly outputs: Record<string, unknown>;
  /** The inputs that hold, where those are not the declared ones: some of them are to be ignored. */
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Answers a registration with id and outputs (outputs include the inputs that read back unchanged). */
export type ResourceDriver = (request: ResourceRequest) => Promise<DriverAnswer> | DriverAnswer;

/** Answers a provider function (`aws:ec2/getAmi:getAmi`, `aws:index/getRegion:getRegion`, …). */
export type FunctionDriver = (
  token: string,
  args: Readonly<Record<string, unknown>>,
) => Promise<Record<string, unknown>>;
