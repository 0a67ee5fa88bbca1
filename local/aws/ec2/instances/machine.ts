/** One instance: boots from its launch template, runs its services, is turned off or cut from its power. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { confinement } from "../../../../plan/program/confinement.ts";
import type { BootService } from "../../../../runtime/contract/boot.ts";
import type { HookRule } from "../../../../scaling/engine/hooks.ts";
import type { Children } from "../../../process/children.ts";
import type { Emulator, Gateway, InstanceState, InstanceView, LocalClock, Target } from "../../../types.ts";
import { type MetadataServer, startMetadata } from "../metadata/server.ts";
import type { FetchBundle } from "./bundles.ts";
import type { InstanceFailure, InstanceHappening } from "./events.ts";
import { bundleReader } from "./fetch-bundle.ts";
import type { Ports } from "./ports.ts";
import { serviceConfigFile, serviceEnvironment } from "./service-environment.ts";
import type { InstanceTemplate, Templates, TemplateVersion } from "./template.ts";
import { startUnit, type Unit } from "./unit.ts";

/** Keeps services from listening beyond this machine; see there. */
const loopback = new URL("loopback.js", import.meta.url).href;

export interface LaunchRequest {
  readonly instanceId: string;
  readonly groupName: string;
  readonly availabilityZone: string;
  readonly template: TemplateVersion;
  readonly tags: Readonly<Record<string, string>>;
  /** Launch hooks: the instance is not in service before they are passed. Omitted: there are none. */
  readonly hooks?: readonly HookRule[];
}

/**
 * Of Node: the services of all instances share one machine and are mostly idle, so V8 keeps young objects in little space, where it would
 * take up to 48 MB a process. An instance in EC2 has a machine of its own and Node's defaults (docs/decisions/0030).
 */
const thrifty = ["--max-semi-space-size=1"];

/** What all instances of one hypervisor share. */
export interface MachineContext {
  readonly emulator: Pick<Emulator, "accountId">;
  readonly gateway: Pick<Gateway, "endpoint" | "credentialsFor">;
  readonly clock: LocalClock;
  readonly children: Children;
  readonly directory: string;
  readonly nodePath: string;
  readonly templates: Templates;
  readonly bundleFolder: (source: BootService["bundle"], fetch: FetchBundle) => Promise<string>;
  readonly ports: Ports;
}

interface RunningService {
  readonly service: BootService;
  readonly port: number;
  readonly logFile: string;
  readonly unit: Unit;
}

/** Failed starts in a row after which a service counts as broken: about half a minute of trying. */
const failedStartsMax = 5;

export type Machine = ReturnType<typeof createMachine>;

export function createMachine(
  request: LaunchRequest,
  context: MachineContext,
  tell: (happening: InstanceHappening) => void,
) {
  const { instanceId, groupName } = request;
  const home = join(context.directory, "instances", instanceId);
  const launchedAt = context.clock.now();
  const services: RunningService[] = [];
  let state: InstanceState = "Pending";
  let protectedFromScaleIn = false;
  let metadata: MetadataServer | undefined;
  let failure: InstanceFailure | undefined;
  let booted = false;
  let logGroup: string | undefined;
  /** Since when it is through its launch hooks; `undefined`: it waits in one. */
  let released = (request.hooks ?? []).length === 0 ? launchedAt : undefined;
  /** Set when nothing may be started any more. */
  let over = false;

  async function start(): Promise<void> {
    const template = await context.templates.read(request.template);
    const { profile, manifest } = template;
    logGroup = manifest.logGroup;
    if (profile === undefined) throw new Error(`launch template ${request.template.id} names no instance profile`);
    metadata = await startMetadata(factsOf(template, profile));
    const temporary = join(home, "tmp");
    await mkdir(temporary, { recursive: true });
    const reader = bundleReader(context.gateway, manifest.region, profile.roleArn);
    try {
      for (const service of manifest.services) {
        const folder = await context.bundleFolder(service.bundle, reader.fetch);
        await reader.check(service.bundle);
        if (over) return;
        await startService(service, folder, manifest.region, metadata.endpoint);
      }
    } finally {
      reader.destroy();
    }
  }

  function factsOf(template: InstanceTemplate, profile: NonNullable<InstanceTemplate["profile"]>) {
    return {
      instanceId,
      accountId: context.emulator.accountId,
      region: template.manifest.region,
      availabilityZone: request.availabilityZone,
      instanceType: template.instanceType,
      imageId: template.imageId,
      launchedAt,
      userData: template.userData,
      tags: template.showsTags ? request.tags : {},
      profile,
      credentials: () => context.gateway.credentialsFor(profile.roleArn),
      lifecycleState: () => (state === "Terminating" ? "Terminated" : "InService"),
    };
  }

  async function startService(service: BootService, folder: string, region: string, endpoint: string): Promise<void> {
    const configFile = join(home, `${service.name}.aws`);
    if (service.roleArn !== undefined) await writeFile(configFile, serviceConfigFile(service.roleArn, region));
    const port = await context.ports.take();
    const logFile = join(context.directory, "logs", instanceId, `${service.name}.log`);
    const around = { port, region, gateway: context.gateway.endpoint, metadata: endpoint, home, configFile };
    const code = [context.nodePath, ...thrifty, "--import", loopback, join(folder, service.entry)];
    const [command = "", ...args] = [...(confinement()?.command ?? []), ...code];
    const unit = startUnit({
      children: context.children,
      child: {
        name: `${instanceId}/${service.name}`,
        command,
        args,
        cwd: folder,
        env: serviceEnvironment(service, { ...around, temporary: join(home, "tmp") }),
        logFile,
        stopMilliseconds: service.stopSeconds * 1_000,
      },
      healthUrl: `http://127.0.0.1:${port}${service.healthPath}`,
      onHealth(health) {
        if (over || (health !== "healthy" && health !== "unhealthy")) return;
        tell({ kind: `service-${health}`, service: service.name });
        becomeInService();
      },
      onExit(exit, restarts) {
        if (!over) tell({ kind: "service-exited", service: service.name, exit, restarts });
      },
    });
    services.push({ service, port, logFile, unit });
  }

  function becomeInService(): void {
    if (
      state !== "Pending" ||
      !booted ||
      released === undefined ||
      services.some(({ unit }) => unit.health !== "healthy")
    )
      return;
    state = "InService";
    tell({ kind: "in-service" });
  }

  async function boot(): Promise<void> {
    try {
      await start();
      booted = true;
      becomeInService();
    } catch (error) {
      if (over) return; // it was ended while it booted
      const reason = error instanceof Error ? error.message : String(error);
      failure = { kind: "boot", reason };
      tell({ kind: "boot-failed", reason });
    }
  }

  tell({ kind: "launched" });
  const booting = boot();

  return {
    request,
    get state() {
      return state;
    },
    setProtection(value: boolean) {
      protectedFromScaleIn = value;
    },
    failure(): InstanceFailure | undefined {
      if (failure !== undefined) return failure;
      const broken = services.find(({ unit }) => unit.failedStarts >= failedStartsMax);
      if (broken === undefined) return undefined;
      const { service, unit, logFile } = broken;
      const reason = `service ${service.name} ended ${unit.failedStarts} times in a row before it was healthy; see ${logFile}`;
      return { kind: "crash-loop", reason };
    },
    countsFrom: () => released,
    /** Its launch hooks are passed. */
    release(): void {
      released = context.clock.now();
      becomeInService();
    },
    /** A launch hook was abandoned: it never comes into service. */
    abandon(hook: string): void {
      failure ??= { kind: "abandoned", reason: hook };
      if (!over) tell({ kind: "launch-abandoned", hook });
    },
    target(port: number): Target | undefined {
      const found = services.find(({ service }) => service.port === port);
      return found && { instanceId, host: "127.0.0.1", port: found.port };
    },
    view(): InstanceView {
      return {
        instanceId,
        groupName,
        state,
        protectedFromScaleIn,
        template: request.template,
        launchedAt,
        logGroup,
        services: services.map(({ service, port, logFile, unit }) => ({
          name: service.name,
          pid: unit.pid,
          port,
          health: unit.health,
          logFile,
          restarts: unit.restarts,
        })),
      };
    },
    /** The instance is told that it will be terminated: the metadata endpoint says so from now on. */
    announceEnd() {
      state = "Terminating";
      tell({ kind: "terminating" });
    },
    /** Everything ends in order: SIGTERM, the time to stop, SIGKILL. */
    async turnOff(): Promise<void> {
      over = true;
      await Promise.all([booting, ...services.map(({ unit }) => unit.stop())]);
      await Promise.all(services.map(({ unit }) => unit.stop())); // one that was being started meanwhile
      await metadata?.stop();
      for (const { port } of services) context.ports.release(port);
      await rm(home, { recursive: true, force: true });
      tell({ kind: "terminated" });
    },
    /** Power cut: everything ends now. */
    cutPower(): void {
      over = true;
      state = "Terminated";
      failure = { kind: "lost", reason: "the instance lost its power" };
      for (const { unit } of services) unit.kill();
      void metadata?.stop();
      tell({ kind: "lost" });
    },
  };
}
