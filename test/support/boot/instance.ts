/** An instance as EC2 has it, as far as one machine can: a Debian with systemd as its first process, metadata, and stand-ins for Amazon's tools. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startChildren } from "../../../local/process/children.ts";
import { runsSources } from "../runs-sources.ts";
import { until } from "../until.ts";
import { controlGroup, debianRoot } from "./debian.ts";

const run = promisify(execFile);

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export const instanceId = "i-0123456789abcdef0";
const region = "us-east-1";
const userDataPath = "var/lib/cloud/instance/scripts/part-001";

/** A call of one of Amazon's tools. */
export interface Call {
  readonly tool: string;
  readonly args: readonly string[];
}

export interface BootOptions {
  /** Bucket → key → file with its content. */
  readonly objects: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly tell: (line: string) => void;
}

export type Instance = Awaited<ReturnType<typeof bootInstance>>;

/** Boots; no user data is run yet. */
export async function bootInstance({ objects, tell }: BootOptions) {
  const pristine = await debianRoot(tell);
  const folder = mkdtempSync(join(tmpdir(), "annofarm-instance-"));
  const [root, buckets] = [join(folder, "root"), join(folder, "s3")];
  await run("cp", ["-a", pristine, root]);
  mkdirSync(buckets);
  for (const [bucket, content] of Object.entries(objects)) {
    for (const [key, file] of Object.entries(content)) {
      mkdirSync(dirname(join(buckets, bucket, key)), { recursive: true });
      cpSync(file, join(buckets, bucket, key));
    }
  }
  furnish(root);

  const children = startChildren();
  let power = await turnOn();

  async function turnOn() {
    const log = join(folder, "machine.log");
    const group = join(controlGroup() as string, `annofarm-boot-${process.pid}-${Date.now()}`);
    const machine = children.start({
      name: "instance",
      command: beside("enter.sh"),
      args: [root, group, process.execPath, buckets],
      env: { PATH: process.env.PATH ?? "" },
      logFile: log,
    });
    const first = await Promise.race([
      until("the instance's first process is there", () => childOf(machine.pid as number)),
      machine.exited.then(() => Promise.reject(new Error(`the instance does not boot:\n${readIfThere(log)}`))),
    ]);
    const inside = ["-t", first, "-m", "-p", "-u", "-i", "-n", "-C", "--"];
    await until("systemd is up", async () => {
      const state = await run("nsenter", [...inside, "systemctl", "is-system-running"]).catch((error) => error);
      return /running|degraded/.test(state.stdout);
    });
    return { machine, group, inside, metadata: await startMetadata(first) };
  }

  async function turnOff(): Promise<void> {
    power.metadata.kill("SIGKILL");
    power.machine.kill();
    await power.machine.exited;
    await until("its processes are gone", () => removeGroup(power.group));
  }

  const file = (path: string) => join(root, path);
  /** Runs a command as root; rejects with its output when it fails. */
  const command = async (...line: string[]) => {
    try {
      return (await run("nsenter", [...power.inside, ...line], { timeout: 300_000 })).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${line.join(" ")}\n${stdout}${stderr}`, { cause: error });
    }
  };
  const propertiesOf = async (unit: string) => {
    const lines = (await command("systemctl", "show", unit)).split("\n");
    return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  };
  return {
    command,
    file,
    read: (path: string) => readFileSync(file(path), "utf8"),
    /** As cloud-init does at first boot; resolves to whether it succeeded. */
    async runUserData(script: string): Promise<boolean> {
      writeFileSync(file(userDataPath), script);
      chmodSync(file(userDataPath), 0o700);
      return command("systemctl", "start", "cloud-final.service").then(
        () => true,
        () => false,
      );
    },
    output: () => readIfThere(file("var/log/cloud-init-output.log")),
    /** What the boot script, or a unit of it, has asked of Amazon's tools. */
    calls: (): Call[] =>
      readIfThere(file("var/lib/stand-ins/calls"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Call),
    /** A GET request from the instance itself. */
    get: (url: string) => command("curl", "-sS", "--fail", "--max-time", "20", url),
    /** Value of a unit's property, as systemd has it. */
    property: async (unit: string, name: string) => (await propertiesOf(unit)).get(name),
    async reboot(): Promise<void> {
      await turnOff();
      power = await turnOn();
    },
    async stop(): Promise<void> {
      await turnOff();
      await children.stopAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const readIfThere = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** What the image has. */
function furnish(root: string): void {
  cpSync(beside("programs/stand-in.js"), join(root, "usr/local/bin/stand-in"));
  for (const tool of ["dnf", "alternatives", "aws"]) symlinkSync("stand-in", join(root, "usr/local/bin", tool));
  cpSync(beside("programs/cloud-final.service"), join(root, "etc/systemd/system/cloud-final.service"));
  mkdirSync(dirname(join(root, userDataPath)), { recursive: true });
  // No terminal is there to log in at.
  symlinkSync("/dev/null", join(root, "etc/systemd/system/console-getty.service"));
}

async function startMetadata(first: string): Promise<ChildProcess> {
  const program = [...runsSources, beside("programs/metadata.ts"), instanceId, region];
  const server = spawn("nsenter", ["-t", first, "-n", "--", process.execPath, ...program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await Promise.race([
    once(createInterface(server.stdout), "line"),
    once(server, "exit").then(() => Promise.reject(new Error("the metadata service has ended"))),
  ]);
  return server;
}

/** The first process in the namespaces, once systemd has taken its place. */
function childOf(pid: number): string | undefined {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  if (child === undefined || child === "") return undefined;
  return readFileSync(`/proc/${child}/comm`, "utf8") === "systemd\n" ? child : undefined;
}

/** Control groups are removed from the leaves up, once they are empty. */
function removeGroup(group: string): boolean {
  try {
    for (const each of readdirSync(group, { withFileTypes: true })) {
      if (each.isDirectory() && !removeGroup(join(group, each.name))) return false;
    }
    rmdirSync(group);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw error;
  }
}
