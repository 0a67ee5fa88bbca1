/** One instance: boots from its launch template, runs its services, is turned off or cut from its power. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BootService } from "../../../../runtime/contract/boot.ts";
import { type DiskUse, instanceLog } from "../../../../runtime/contract/disk.ts";
import type { HookRule } from "../../../../scaling/engine/hooks.ts";
import type { Emulator, Gateway, InstanceState, InstanceView, LocalClock, Target } from "../../../types.ts";
import { type MetadataServer, startMetadata } from "../metadata/server.ts";
import type { FetchBundle } from "./bundles.ts";
import { watchDisk } from "./disk-watch.ts";
import type { InstanceFailure, InstanceHappening } from "./events.ts";
import { bundleReader } from "./fetch-bundle.ts";
import { createReports, type InstanceReports } from "./reports.ts";
import {
  type RunningService,
  type ServiceContext,
  type ServiceHost,
  type ServiceWatch,
  startService,
} from "./service.ts";
import type { InstanceTemplate, Templates, TemplateVersion } from "./template.ts";

export interface LaunchRequest {
  readonly instanceId: string;
  readonly groupName: string;
  readonly availabilityZone: string;
  readonly template: TemplateVersion;
  readonly tags: Readonly<Record<string, string>>;
  /** Launch hooks: the instance is not in service before they are passed. Omitted: there are none. */
  readonly hooks?: readonly HookRule[];
}

/** What all instances of one hypervisor share. */
export interface MachineContext extends ServiceContext {
  readonly emulator: Pick<Emulator, "accountId">;
  readonly gateway: Pick<Gateway, "endpoint" | "credentialsFor">;
  readonly clock: LocalClock;
  /** How full the disk of an instance is, whose folder this is. */
  readonly diskUse: (folder: string) => Promise<DiskUse>;
  readonly templates: Templates;
  readonly bundleFolder: (source: BootService["bundle"], fetch: FetchBundle) => Promise<string>;
}

type Profile = NonNullable<InstanceTemplate["profile"]>;

/** Failed starts in a row after which a service counts as broken: about half a minute of trying. */
const failedStartsMax = 5;

export class Machine {
  readonly request: LaunchRequest;
  readonly #context: MachineContext;
  readonly #tell: (happening: InstanceHappening) => void;
  /** Folder of the instance, its "disk", gone with it. */
  readonly #home: string;
  readonly #launchedAt: number;
  readonly #booting: Promise<void>;
  readonly #services: RunningService[] = [];
  #state: InstanceState = "Pending";
  #protectedFromScaleIn = false;
  #metadata: MetadataServer | undefined;
  #failure: InstanceFailure | undefined;
  #reports: InstanceReports | undefined;
  /** All services have been started. */
  #booted = false;
  /** Whether the boot script has answered its launch hook. */
  #answered = false;
  #logGroup: string | undefined;
  #logFile: string | undefined;
  #stopWatch = () => {};
  /** Since when it is through its launch hooks; `undefined`: it waits in one, or has been abandoned. */
  #released: number | undefined;
  /** Set when nothing may be started any more. */
  #over = false;

  /** Boots at once. */
  constructor(request: LaunchRequest, context: MachineContext, tell: (happening: InstanceHappening) => void) {
    this.request = request;
    this.#context = context;
    this.#tell = tell;
    this.#home = join(context.directory, "instances", request.instanceId);
    this.#launchedAt = context.clock.now();
    tell({ kind: "launched" });
    this.#booting = this.#boot();
  }

  get state(): InstanceState {
    return this.#state;
  }

  setProtection(value: boolean): void {
    this.#protectedFromScaleIn = value;
  }

  failure(): InstanceFailure | undefined {
    if (this.#failure !== undefined) return this.#failure;
    const broken = this.#services.find(({ unit }) => unit.failedStarts >= failedStartsMax);
    if (broken === undefined) return undefined;
    const { service, unit, logFile } = broken;
    const reason = `service ${service.name} ended ${unit.failedStarts} times in a row before it was healthy; see ${logFile}`;
    return { kind: "crash-loop", reason };
  }

  countsFrom(): number | undefined {
    return this.#released;
  }

  /** Its launch hooks are passed, or it has none. */
  release(): void {
    if (this.#state !== "Pending") return; // its end has begun
    this.#released = this.#context.clock.now();
    this.#state = "InService";
    this.#tell({ kind: "in-service" });
  }

  /** A launch hook was abandoned: it never comes into service. */
  abandon(hook: string): void {
    const reason = this.failure()?.reason ?? `its launch was abandoned by hook ${hook}`;
    this.#failure = { kind: "abandoned", hook, reason };
    if (!this.#over) this.#tell({ kind: "launch-abandoned", hook });
  }

  target(port: number): Target | undefined {
    const found = this.#services.find(({ service }) => service.port === port);
    return found && { instanceId: this.request.instanceId, host: "127.0.0.1", port: found.port };
  }

  view(): InstanceView {
    const { instanceId, groupName, template } = this.request;
    return {
      instanceId,
      groupName,
      state: this.#state,
      protectedFromScaleIn: this.#protectedFromScaleIn,
      template,
      launchedAt: this.#launchedAt,
      logGroup: this.#logGroup,
      logFile: this.#logFile,
      services: this.#services.map(({ service, port, logFile, unit }) => ({
        name: service.name,
        pid: unit.pid,
        port,
        health: unit.health,
        logFile,
        restarts: unit.restarts,
      })),
    };
  }

  /** The instance will be terminated: its metadata endpoint says so from now on. */
  announceEnd(): void {
    this.#state = "Terminating";
    this.#tell({ kind: "terminating" });
  }

  /** Everything ends in order: SIGTERM, the time to stop, SIGKILL. */
  async turnOff(): Promise<void> {
    this.#over = true;
    this.#stopWatch();
    await Promise.all([this.#booting, ...this.#services.map(({ unit }) => unit.stop())]);
    await Promise.all(this.#services.map(({ unit }) => unit.stop())); // one that was being started meanwhile
    await this.#metadata?.stop();
    this.#reports?.destroy();
    for (const { port } of this.#services) this.#context.ports.release(port);
    await rm(this.#home, { recursive: true, force: true });
    this.#tell({ kind: "terminated" });
  }

  /** Power cut: everything ends now. */
  cutPower(): void {
    this.#over = true;
    this.#stopWatch();
    this.#state = "Terminated";
    this.#failure = { kind: "lost", reason: "the instance lost its power" };
    for (const { unit } of this.#services) unit.kill();
    void this.#metadata?.stop();
    this.#tell({ kind: "lost" });
  }

  async #boot(): Promise<void> {
    try {
      const template = await this.#context.templates.read(this.request.template);
      this.#logGroup = template.manifest.logGroup;
      const profile = profileOf(this.request.template, template);
      const { gateway } = this.#context;
      this.#reports = createReports(gateway, profile.roleArn, this.request.instanceId, template.manifest);
      this.#metadata = await startMetadata(this.#factsOf(template, profile));
      await mkdir(this.#home, { recursive: true });
      await this.#watchDisk();
      await this.#startServices(template, profile, this.#metadata.endpoint);
      this.#booted = true;
      this.#answerLaunch();
    } catch (error) {
      this.#giveUp({ kind: "boot", reason: error instanceof Error ? error.message : String(error) });
    }
  }

  async #watchDisk(): Promise<void> {
    const { directory, clock, diskUse } = this.#context;
    const logFile = join(directory, "logs", this.request.instanceId, `${instanceLog}.log`);
    const stop = await watchDisk(logFile, { clock, use: () => diskUse(this.#home), onError: () => this.#stopWatch() });
    this.#logFile = logFile;
    if (this.#over) stop();
    else this.#stopWatch = stop;
  }

  /** As the boot script does it, once: as soon as every service is healthy. */
  #answerLaunch(): void {
    if (this.#over || this.#answered || !this.#booted) return;
    if (this.#services.some(({ unit }) => unit.health !== "healthy")) return;
    this.#answered = true;
    this.#reports?.answerLaunch("CONTINUE").catch((error: Error) => {
      this.#giveUp({ kind: "boot", reason: error.message });
    });
  }

  /** As the boot script does it: the instance will not run as declared, and its group is told. */
  #giveUp(failure: InstanceFailure & { readonly kind: "boot" | "crash-loop" }): void {
    if (this.#over || this.#failure !== undefined) return; // it was ended while it booted, or has given up already
    this.#answered = true;
    this.#failure = failure;
    this.#tell({ kind: "boot-failed", reason: failure.reason });
    void this.#report(async (reports) => {
      await reports.answerLaunch("ABANDON");
      await reports.callUnhealthy();
    });
  }

  /** As the watch does it, each time it looks. */
  #lookForLoop(): void {
    const failure = this.failure();
    if (this.#over || failure?.kind !== "crash-loop") return;
    if (this.#answered) void this.#report((reports) => reports.callUnhealthy());
    else this.#giveUp(failure);
  }

  async #report(tell: (reports: InstanceReports) => Promise<void>): Promise<void> {
    if (this.#reports === undefined) return; // without a readable template it has no role to report by
    try {
      await tell(this.#reports);
    } catch (error) {
      if (this.#over) return;
      const { kind = "boot", reason } = this.failure() ?? {};
      const told = error instanceof Error ? error.message : String(error);
      if (kind === "boot" || kind === "crash-loop") this.#failure = { kind, reason: `${reason}; and ${told}` };
    }
  }

  #factsOf(template: InstanceTemplate, profile: Profile) {
    const { instanceId, availabilityZone, tags } = this.request;
    const { emulator, gateway } = this.#context;
    return {
      instanceId,
      accountId: emulator.accountId,
      region: template.manifest.region,
      availabilityZone,
      instanceType: template.instanceType,
      imageId: template.imageId,
      launchedAt: this.#launchedAt,
      userData: template.userData,
      tags: template.showsTags ? tags : {},
      profile,
      credentials: () => gateway.credentialsFor(profile.roleArn),
      lifecycleState: () => (this.#state === "Terminating" ? "Terminated" : "InService"),
    };
  }

  /** Each as soon as its bundle is here, in the manifest's order. */
  async #startServices({ manifest }: InstanceTemplate, profile: Profile, metadata: string): Promise<void> {
    const { instanceId } = this.request;
    const host: ServiceHost = { instanceId, region: manifest.region, home: this.#home, metadata };
    const reader = bundleReader(this.#context.gateway, manifest.region, profile.roleArn);
    try {
      for (const service of manifest.services) {
        const folder = await this.#context.bundleFolder(service.bundle, reader.fetch);
        await reader.check(service.bundle);
        if (this.#over) return;
        this.#services.push(await startService(service, folder, host, this.#context, this.#watchOf(service)));
      }
    } finally {
      reader.destroy();
    }
  }

  #watchOf({ name }: BootService): ServiceWatch {
    return {
      onHealth: (health) => {
        if (this.#over || (health !== "healthy" && health !== "unhealthy")) return;
        this.#tell({ kind: `service-${health}`, service: name });
        this.#answerLaunch();
      },
      onExit: (exit, restarts) => {
        if (this.#over) return;
        this.#tell({ kind: "service-exited", service: name, exit, restarts });
        this.#lookForLoop();
      },
    };
  }
}

function profileOf({ id }: TemplateVersion, { profile }: InstanceTemplate): Profile {
  if (profile === undefined) throw new Error(`launch template ${id} names no instance profile`);
  return profile;
}
