import type { Input } from "@pulumi/pulumi";
import type { EnvironmentInput, ServiceName } from "../../runtime/contract/environment.ts";
import type { Duration } from "../base/duration.ts";
import type { Statement } from "../base/policy-document.ts";
import type { ServiceBundle } from "./service-bundle.ts";

/** One program that instances run: its code, what it is told, what it may do. */
export interface Service {
  /** One of ours, or somebody's own. */
  readonly name: string;
  /** Its code. */
  readonly bundle: ServiceBundle;
  /** Without `AWS_REGION` and `PORT`, which the group that runs it adds. */
  readonly environment: Readonly<Record<string, Input<string>>>;
  /** All that its role allows, beside reading its own bundle and writing its own log. */
  readonly permissions: readonly Statement[];
  /** On which it answers HTTP. */
  readonly port: Input<number>;
  /** Answers 200 there while it is fit to work. */
  readonly healthPath: string;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopSeconds: number;
}

/** Ports on an instance: each service has its own, because several may share a host. */
const servicePorts = {
  web: 8080,
  annotator: 8081,
  archiver: 8082,
  restorer: 8083,
  notifier: 8084,
} as const satisfies Record<ServiceName, number>;

/** Path that answers 200 while a service is fit to work. */
export const healthPath = "/healthz";

type SetByGroup = "AWS_REGION" | "PORT";

/**
 * Declares a service. The environment's type is the contract's: the compiler refuses a variable that the service does not
 * read, and the lack of one that it does.
 */
export function declareService<S extends ServiceName>(
  name: S,
  service: {
    bundle: ServiceBundle;
    environment: Omit<EnvironmentInput<S, Input<string>>, SetByGroup>;
    permissions: readonly Statement[];
    stopSeconds: number;
    port?: Input<number>;
  },
): Service {
  const { bundle, environment, permissions, stopSeconds, port = servicePorts[name] } = service;
  return {
    name,
    bundle,
    environment: environment as Record<string, Input<string>>,
    permissions,
    port,
    healthPath,
    stopSeconds,
  };
}

/** Text of an argument that may be omitted, for an environment. */
export function text(value: number | Duration | undefined): string | undefined {
  if (value === undefined) return undefined;
  return String(typeof value === "number" ? value : value.toSeconds());
}

/** The entries that have a value; the others are left to their defaults. */
export function given<Values extends Record<string, unknown>>(
  values: Values,
): { [K in keyof Values]?: Exclude<Values[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof Values]?: Exclude<Values[K], undefined>;
  };
}
