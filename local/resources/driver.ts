/** Answers a program's registrations by bringing each resource to life in the emulator. */
import { createHash } from "node:crypto";
import type { ResourceDriver, ResourceRequest } from "../../plan/types.ts";
import { administrator } from "../emulator/administrator.ts";
import type { Emulator, Gateway } from "../types.ts";
import type { ClientConfiguration, Context, Existing, Handler, Handlers, Inputs } from "./handler.ts";
import { inDeclaredWords } from "./reality.ts";

/** Which file brings a service's types to life; loaded when the first of them is declared. */
const services: Readonly<Record<string, () => Promise<{ readonly handlers: Handlers }>>> = {
  "aws:acm": () => import("../aws/acm/resources.ts"),
  "aws:autoscaling": () => import("../aws/autoscaling/resources.ts"),
  "aws:budgets": () => import("../aws/budgets/resources.ts"),
  "aws:cloudwatch": () => import("../aws/cloudwatch/resources.ts"),
  "aws:dynamodb": () => import("../aws/dynamodb/resources.ts"),
  "aws:ec2": () => import("../aws/ec2/resources.ts"),
  "aws:glacier": () => import("../aws/glacier/resources.ts"),
  "aws:iam": () => import("../aws/iam/resources.ts"),
  "aws:kms": () => import("../aws/kms/resources.ts"),
  "aws:lb": () => import("../aws/elb/resources.ts"),
  "aws:route53": () => import("../aws/route53/resources.ts"),
  "aws:s3": () => import("../aws/s3/resources.ts"),
  "aws:sesv2": () => import("../aws/ses/resources.ts"),
  "aws:sns": () => import("../aws/sns/resources.ts"),
  "aws:sqs": () => import("../aws/sqs/resources.ts"),
  "aws:ssm": () => import("../aws/ssm/resources.ts"),
  "aws:vpc": () => import("../aws/ec2/resources.ts"),
  "awsx:ec2": () => import("../aws/ec2/vpc.ts"),
  "tls:index": () => import("./tls.ts"),
};

/** @throws {Error} that names a type nobody knows how to bring to life. */
export async function handlerOf(type: string): Promise<Handler> {
  const service = type.split(/[:/]/).slice(0, 2).join(":");
  const handlers = (await services[service]?.())?.handlers ?? {};
  const found = handlers[type];
  if (found !== undefined) return found;
  const known = Object.keys(handlers);
  throw new Error(
    `nothing here brings ${type} to life${known.length > 0 ? `; of ${service} there are ${known.join(", ")}` : ""}`,
  );
}

/** When a resource names another that is not there: `InvalidVpcID.NotFound`, "… is not found", "… does not exist". */
function explainAbsence(cause: unknown): never {
  if (!(cause instanceof Error) || !/not ?found|does not exist/i.test(`${cause.name} ${cause.message}`)) throw cause;
  throw new Error(
    `${cause.message} (${cause.name}). Here is only what the program itself makes: a VPC, balancer or anything else that is ` +
      "there already on AWS is not; let this stack's configuration leave it out",
    { cause },
  );
}

export interface DriverOptions {
  readonly emulator: Emulator;
  /** Where calls go that the emulator does not offer; omitted: instances do not run yet. */
  readonly gateway?: Pick<Gateway, "endpoint" | "administrator">;
  /** Relative paths of assets are relative to it. */
  readonly projectDirectory: string;
  /** Told of each resource when it stands. */
  readonly onResource?: (request: ResourceRequest, id: string) => void;
}

export interface EmulatorResources {
  readonly create: ResourceDriver;
  /** Changes in place what `existing` says stands. */
  update(request: ResourceRequest, existing: Existing<Inputs>): ReturnType<ResourceDriver>;
  /**
   * What a handler of the given resource works with.
   *
   * @param inputs of a resource that will be made.
   * @param salt makes its name another than that of one which goes only afterwards.
   */
  contextOf(resource: Pick<ResourceRequest, "urn" | "name">, inputs?: Inputs, salt?: string): Context;
  /** Closes the connections to the emulator. */
  close(): void;
}

/** Makes each class's client once. */
function clientsOf(configuration: ClientConfiguration) {
  const clients = new Map<unknown, unknown>();
  return {
    client<C>(type: new (configuration: ClientConfiguration) => C): C {
      const made = (clients.get(type) as C | undefined) ?? new type(configuration);
      clients.set(type, made);
      return made;
    },
    destroy() {
      for (const made of clients.values()) (made as { destroy?: () => void }).destroy?.();
    },
  };
}

export function createResources(options: DriverOptions): EmulatorResources {
  const { emulator, gateway, projectDirectory, onResource } = options;
  const configuration: ClientConfiguration = {
    ...administrator(emulator),
    forcePathStyle: true,
  };
  const direct = clientsOf(configuration);
  const through =
    gateway && clientsOf({ ...configuration, endpoint: gateway.endpoint, credentials: gateway.administrator });

  function contextOf(
    { urn, name }: Pick<ResourceRequest, "urn" | "name">,
    { namePrefix }: Inputs = {},
    salt = "",
  ): Context {
    const digits = createHash("sha256").update(`${urn}${salt}`).digest("hex");
    const autoName =
      typeof namePrefix === "string" ? `${namePrefix}${digits.slice(0, 26)}` : `${name}-${digits.slice(0, 7)}`;
    return {
      emulator,
      projectDirectory,
      client: direct.client,
      runner: through?.client,
      logicalName: name,
      autoName,
    };
  }

  async function create(request: ResourceRequest) {
    const handler = await handlerOf(request.type);
    const { inputs, existing } = request;
    const context = contextOf(request, inputs);
    const state =
      existing === undefined
        ? await handler.create(inputs, context).catch(explainAbsence)
        : await handler.read({ id: existing, inputs }, context);
    if (state === undefined) throw new Error(`there is no ${request.type} with the id ${existing}`);
    onResource?.(request, state.id);
    return { id: state.id, outputs: { ...inputs, ...inDeclaredWords(inputs, state.outputs) } };
  }

  return {
    create,
    async update(request, existing) {
      const handler = await handlerOf(request.type);
      const state = await handler.update(existing, request.inputs, contextOf(request));
      onResource?.(request, state.id);
      return { id: state.id, outputs: { ...request.inputs, ...state.outputs } };
    },
    contextOf,
    close() {
      direct.destroy();
      through?.destroy();
    },
  };
}
