/**
 * The load balancer: one HTTP port on this machine before the targets of the declared target group. The declared HTTP listener
 * (a redirect) and HTTPS listener are one plain HTTP port here: browsers trust `http://localhost` as they trust HTTPS.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plan } from "../../../plan/types.ts";
import { resourcesOfType } from "../../resources/declared.ts";
import type { Emulator, LocalClock, Target, TargetHealth } from "../../types.ts";
import type { Measure } from "../cloudwatch/minutes.ts";
import { type BalancerDeclaration, readBalancer } from "./declaration.ts";
import { openEntrance } from "./entrance.ts";
import type { CapacityOf } from "./handicap.ts";
import type { Hosts, RequestSample } from "./minutes.ts";
import { Passages } from "./passages.ts";
import { createRequestLog } from "./request-log.ts";
import { type RegisteredTarget, Targets } from "./targets.ts";
import { createUpstream } from "./upstream.ts";

export interface BalancerOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region">;
  readonly loadBalancerArn: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: LocalClock;
  /** Sees a request first; answers it and returns true, or leaves it to the targets. Such requests are in no metric. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly onRequest?: (sample: RequestSample) => void;
  readonly onHealth?: (target: Target, health: TargetHealth) => void;
  /** Holds instances to a declared capacity; see handicap.ts. Omitted: they answer as fast as they can. */
  readonly capacityOf?: CapacityOf;
}

export interface Balancer {
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly port: number;
  readonly declaration: BalancerDeclaration;
  register(target: Target): void;
  /** Resolves when the target has drained. */
  deregister(instanceId: string): Promise<void>;
  /** The instance is gone at once: who waits for an answer of it is told so. */
  cut(instanceId: string): void;
  /** Health of a registered target; `undefined`: not registered. */
  health(instanceId: string): TargetHealth | undefined;
  targets(): readonly Readonly<RegisteredTarget>[];
  /** Reads the declaration of this plan's load balancer anew, in place of the one before. */
  follow(plan: Plan): Promise<void>;
  /** Its metrics, as AWS/ApplicationELB has them. */
  readonly measure: Measure;
  stop(): Promise<void>;
}

function hostsOf(targets: readonly RegisteredTarget[]): Hosts {
  const count = (health: TargetHealth) => targets.filter((target) => target.health === health).length;
  return { healthy: count("healthy"), unhealthy: count("unhealthy") };
}

/** Reads the declaration, then listens. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const { emulator, clock, onRequest, onHealth = () => {} } = options;
  const declaration = await readBalancer(emulator, options.loadBalancerArn);
  const idle = declaration.idleTimeoutSeconds * 1_000;
  const targets = new Targets({ declaration, clock, onHealth });
  const requests = createRequestLog({ clock, dimensions: declaration, hosts: () => hostsOf(targets.list()) });
  const upstream = createUpstream(idle);
  const passages = new Passages({
    declaration,
    clock,
    idle,
    targets,
    upstream,
    capacityOf: options.capacityOf ?? (() => undefined),
    intercept: options.intercept ?? (() => false),
    requested: requests.requested,
    record(sample) {
      requests.record(sample);
      onRequest?.(sample);
    },
  });
  const entrance = await openEntrance(options.port, idle, passages);

  return {
    url: `http://localhost:${entrance.port}`,
    port: entrance.port,
    declaration,
    register: (target) => targets.register(target),
    deregister: (instanceId) => targets.deregister(instanceId).then(() => passages.cut(instanceId)),
    cut: (instanceId) => passages.cut(instanceId),
    health: (instanceId) => targets.list().find((target) => target.instanceId === instanceId)?.health,
    targets: () => targets.list(),
    async follow(plan) {
      const [found] = resourcesOfType(plan, "aws:lb/loadBalancer:LoadBalancer");
      Object.assign(declaration, await readBalancer(emulator, String(found?.outputs.arn)));
    },
    measure: (starts) => [{ namespace: "AWS/ApplicationELB", data: requests.take(starts) }],
    async stop() {
      targets.stop();
      await Promise.all([entrance.close(), upstream.stop()]);
    },
  };
}
