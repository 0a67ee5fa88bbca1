/** Plans of the program under its configurations, run once for a file, and changes to them. */
import { fileURLToPath } from "node:url";
import { readPlan } from "../../../plan/plan.ts";
import { declarationOfPlan } from "../../../plan/policy/declaration.ts";
import { type EvaluateOptions, evaluate, type Result } from "../../../plan/policy/evaluate.ts";
import type { Plan, PlannedResource } from "../../../plan/types.ts";

export const directory = fileURLToPath(new URL("../../..", import.meta.url));

export const planOf = (stack: string, config: Record<string, string> = {}): Promise<Plan> =>
  readPlan({ directory, stack, config, onOutput: () => {} });

type Json = Record<string, unknown>;

/** Lets a test change a plan; the plan it was made from stays as it is. */
export class World {
  readonly #plan: Plan & { resources: PlannedResource[] };

  constructor(plan: Plan) {
    this.#plan = structuredClone(plan) as Plan & { resources: PlannedResource[] };
  }

  /** @throws {Error} when there is none, or more than one. */
  resource(kind: string, name?: string): PlannedResource {
    const found = this.all(kind).filter((resource) => name === undefined || resource.name === name);
    if (found.length !== 1) {
      throw new Error(`${found.length} are ${kind} ${name}; there are ${this.all(kind).map((one) => one.name)}`);
    }
    return found[0] as PlannedResource;
  }

  /** `Bucket` → all of type `…:Bucket`. */
  all(kind: string): PlannedResource[] {
    return this.#plan.resources.filter(({ type }) => type.endsWith(`:${kind}`));
  }

  /** Sets an input, by its path; `undefined` removes it. */
  set(kind: string, name: string | undefined, path: string, value: unknown): this {
    const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
    const last = steps.pop() as string;
    const inner = steps.reduce<Json>((at, step) => at[step] as Json, this.resource(kind, name).inputs as Json);
    if (value === undefined) delete inner[last];
    else inner[last] = value;
    return this;
  }

  add(type: string, name: string, inputs: Json, more: Partial<PlannedResource> = {}): this {
    const urn = `urn:pulumi:test::annofarm::${type}::${name}`;
    const none = { parent: undefined, custom: true, dependencies: [], protect: false, secretInputs: [], outputs: {} };
    this.#plan.resources.push({ urn, type, name, id: name, inputs, ...none, ...more });
    return this;
  }

  remove(kind: string, name?: string): this {
    const { urn } = this.resource(kind, name);
    this.#plan.resources.splice(
      this.#plan.resources.findIndex((resource) => resource.urn === urn),
      1,
    );
    return this;
  }

  /** Adds a statement to a policy. */
  state(kind: string, name: string, statement: Json): this {
    const document = JSON.parse(String(this.resource(kind, name).inputs.policy)) as { Statement: Json[] };
    document.Statement.push(statement);
    return this.set(kind, name, "policy", JSON.stringify(document));
  }

  evaluate(options?: EvaluateOptions): Result[] {
    return evaluate(declarationOfPlan(this.#plan), options);
  }

  get plan(): Plan {
    return this.#plan;
  }
}

export const idsWith = (results: readonly Result[], status: Result["status"]): string[] =>
  results.filter((result) => result.status === status).map(({ control }) => control.id);

/** Turns a plan into one that needs no exception and to which every control applies. */
export function conforming(plan: Plan): World {
  const world = new World(plan);
  const vpc = world.resource("Vpc");
  const inside = (kind: string, name: string, inputs: Json, id: string) =>
    world.add(`aws:ec2/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`, name, inputs, { parent: vpc.urn, id });
  inside("Vpc", "gas-inner", {}, String(vpc.outputs.vpcId));
  for (const [index, id] of (vpc.outputs.publicSubnetIds as string[]).entries()) {
    inside(
      "Subnet",
      `gas-public-${index}`,
      { availabilityZone: `us-east-1${"ab"[index]}`, mapPublicIpOnLaunch: false },
      id,
    );
  }
  const entry = { protocol: "tcp", action: "allow", cidrBlock: "0.0.0.0/0", fromPort: 443, toPort: 443, ruleNo: 100 };
  inside("NetworkAcl", "gas-acl", { ingress: [entry] }, "acl-1");

  world
    .add("aws:ebs/encryptionByDefault:EncryptionByDefault", "disks", { enabled: true })
    .add("aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions", "block", {
      internetGatewayBlockMode: "block-ingress",
    })
    .add("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "account", {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    })
    .add("aws:s3/bucketLogging:BucketLogging", "gas-logs", {
      bucket: world.resource("Bucket", "gas-logs").id,
      targetBucket: "an-older-one",
    })
    .add("aws:ec2/launchConfiguration:LaunchConfiguration", "old", { metadataOptions: { httpTokens: "required" } })
    .add("aws:ec2/instance:Instance", "single", { metadataOptions: { httpTokens: "required" } });
  for (const { name, inputs } of world.all("Group")) {
    const { id, version } = inputs.launchTemplate as { id: string; version: string };
    world.set("Group", name, "launchTemplate", undefined).set("Group", name, "mixedInstancesPolicy", {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: id, version },
        overrides: [{ instanceType: "t4g.small" }, { instanceType: "t4g.medium" }],
      },
    });
  }
  return world;
}
