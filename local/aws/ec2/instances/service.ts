/** One service of an instance: its port, its log and the unit that keeps it running. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { confinement } from "../../../../plan/program/confinement.ts";
import type { BootService } from "../../../../runtime/contract/boot.ts";
import type { ChildOptions, Children } from "../../../process/children.ts";
import type { Gateway } from "../../../types.ts";
import type { Ports } from "./ports.ts";
import { serviceConfigFile, serviceEnvironment } from "./service-environment.ts";
import { startUnit, type Unit, type UnitOptions } from "./unit.ts";

/** Keeps services from listening beyond this machine, and sets the unit's umask; see there. */
const loopback = new URL("loopback.js", import.meta.url).href;

/**
 * The unit's `NoNewPrivileges` and `CapabilityBoundingSet`, where the system has the command. Root would otherwise write to read-only files.
 * It keeps reading: the project may lie in a folder of somebody else.
 */
const setpriv = "/usr/bin/setpriv";
const unprivileged = existsSync(setpriv)
  ? [
      setpriv,
      "--no-new-privs",
      ...(process.getuid?.() === 0 ? ["--inh-caps=-all", "--bounding-set=-all,+dac_read_search"] : []),
    ]
  : [];

/**
 * Of Node: the services of all instances share one machine and are mostly idle, so V8 keeps young objects in little space, where it would
 * take up to 48 MB a process. An instance in EC2 has a machine of its own and Node's defaults (docs/decisions/0030).
 */
const thrifty = ["--max-semi-space-size=1"];

export interface RunningService {
  readonly service: BootService;
  readonly port: number;
  readonly logFile: string;
  readonly unit: Unit;
}

/** What the services of all instances share. */
export interface ServiceContext {
  readonly gateway: Pick<Gateway, "endpoint">;
  readonly children: Children;
  /** Where the instances' folders and logs lie. */
  readonly directory: string;
  readonly nodePath: string;
  readonly ports: Ports;
}

/** The instance that a service runs on. */
export interface ServiceHost {
  readonly instanceId: string;
  readonly region: string;
  /** Folder of the instance, its "disk". */
  readonly home: string;
  /** Endpoint of its metadata. */
  readonly metadata: string;
}

/** What is to be heard of it. */
export type ServiceWatch = Pick<UnitOptions, "onHealth" | "onExit">;

/** @param folder where the service's bundle lies. */
export async function startService(
  service: BootService,
  folder: string,
  host: ServiceHost,
  context: ServiceContext,
  watch: ServiceWatch,
): Promise<RunningService> {
  const configFile = join(host.home, `${service.name}.aws`);
  if (service.roleArn !== undefined) await writeFile(configFile, serviceConfigFile(service.roleArn, host.region));
  const port = await context.ports.take();
  const logFile = join(context.directory, "logs", host.instanceId, `${service.name}.log`);
  const { region, metadata } = host;
  const { home, temporary } = await foldersOf(service, host);
  const around = { port, region, gateway: context.gateway.endpoint, metadata, home, temporary, configFile };
  const child: ChildOptions = {
    name: `${host.instanceId}/${service.name}`,
    ...commandOf(context.nodePath, join(folder, service.entry)),
    cwd: folder,
    env: serviceEnvironment(service, around),
    logFile,
    stopMilliseconds: service.stopSeconds * 1_000,
    // A confining command would end without its service.
    stopsAlone: confinement() === undefined,
  };
  const { children } = context;
  const healthUrl = `http://127.0.0.1:${port}${service.healthPath}`;
  const beforeStart = () => emptied(temporary);
  return { service, port, logFile, unit: startUnit({ children, child, healthUrl, beforeStart, ...watch }) };
}

/** The unit's `StateDirectory` stays while the instance does; its `PrivateTmp` is a new one at each start. */
async function foldersOf({ name }: BootService, host: ServiceHost): Promise<{ home: string; temporary: string }> {
  const home = join(host.home, name, "home");
  await mkdir(home, { recursive: true });
  return { home, temporary: join(host.home, name, "tmp") };
}

function emptied(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}

function commandOf(nodePath: string, entry: string): Pick<ChildOptions, "command" | "args"> {
  const code = [nodePath, ...thrifty, "--import", loopback, entry];
  const [command = "", ...args] = [...(confinement()?.command ?? unprivileged), ...code];
  return { command, args };
}
