/**
 * A Debian root in which the boot script runs, made once by mmdebstrap and kept in the user's cache. Debian 12 has the systemd of Amazon Linux
 * 2023: version 252.
 */
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const suite = "bookworm";
const packages = ["systemd", "systemd-sysv", "dbus", "curl", "ca-certificates", "jq", "logrotate", "procps"];
/** Not read by any program. */
const excluded = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"];
/** Otherwise mmdebstrap makes the same root in 25 s each time. A new list, or a new month with its updates, is a new root. */
const recipe = [suite, ...packages, ...excluded, process.arch, new Date().toISOString().slice(0, 7)];

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "annofarm");
const prefix = "boot-";

/** Where the hierarchy of control groups version 2 is mounted, and the group in it that this process is in. */
export function controlGroup(): string | undefined {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const mount = mounts.map((line) => line.split(" ")).find(([, , type]) => type === "cgroup2");
  const own = readFileSync("/proc/self/cgroup", "utf8")
    .split("\n")
    .find((line) => line.startsWith("0::"));
  return mount?.[1] === undefined || own === undefined ? undefined : join(mount[1], own.slice("0::".length));
}

const canRun = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why no instance can be booted on this machine; undefined: one can. */
export function cannotBoot(): string | undefined {
  const why = missing();
  return why && `${why}; tests that boot an instance were skipped`;
}

function missing(): string | undefined {
  if (process.platform !== "linux") return "systemd runs on Linux only";
  if (process.getuid?.() !== 0) return "an instance can be booted by root only";
  if (!canRun("mmdebstrap", "--version")) return "no mmdebstrap found: install it (Debian: apt-get install mmdebstrap)";
  const group = controlGroup();
  if (group === undefined) return "no control groups of version 2 are mounted";
  const namespaces = ["--mount", "--propagation=private", "--pid", "--fork", "--uts", "--ipc", "--net", "--cgroup"];
  const mounts = "mount -t proc proc /mnt && mount -t sysfs -o ro sysfs /mnt && mount -t cgroup2 cgroup2 /mnt";
  if (!canWrite(group) || !canRun("unshare", ...namespaces, "sh", "-c", mounts))
    return "this machine (a container?) may not make namespaces, mounts and control groups";
  if (!canRun("ip", "-Version")) return "no ip found: install iproute2";
  return undefined;
}

/** The mirror that this machine's own packages come from, if it is a Debian. */
async function mirrors(): Promise<string[]> {
  try {
    const { stdout } = await run("apt-get", [
      "indextargets",
      "--format",
      "$(REPO_URI) $(LABEL)",
      "Created-By: Packages",
    ]);
    const found = stdout.split("\n").find((line) => line.endsWith(" Debian"));
    return found === undefined ? [] : [found.split(" ")[0] as string];
  } catch {
    return [];
  }
}

/** Path of the root; not to be changed. @param tell is told what takes its time. */
export async function debianRoot(tell: (line: string) => void): Promise<string> {
  const digest = createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
  const root = join(cache, prefix + digest);
  if (existsSync(root)) return root;
  tell(`a Debian root is made in ${root}: half a minute, once a month`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, `making-${prefix}`));
  try {
    const paths = excluded.map((path) => `--dpkgopt=path-exclude=${path}`);
    const made = join(work, "root");
    const options = ["--variant=minbase", `--include=${packages.join(",")}`, ...paths];
    await run("mmdebstrap", [...options, suite, made, ...(await mirrors())], { timeout: 300_000 }).catch((cause) => {
      throw new Error("mmdebstrap has made no Debian root: is the mirror of Debian's packages reachable?", { cause });
    });
    for (const old of await readdir(cache)) {
      if (old.startsWith(prefix) && old !== prefix + digest)
        await rm(join(cache, old), { recursive: true, force: true });
    }
    await rename(made, root).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // another test was faster
    });
    return root;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
