/**
 * The walls around a submission, of bubblewrap (https://github.com/containers/bubblewrap). Two, one in the other:
 *
 *     outside   no network but this machine's own loopback device of a new namespace; processes of its own.
 *               In it: the grader, annofarm local of staff's installation, its emulator.
 *     inside    another user, other files, no view of the processes beside it, limits.
 *               In it: the submission's program and each of its services, each by itself.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Limits {
  /** Of each process: writable memory. */
  readonly memoryBytes: number;
  /** Of all processes of the submission: processes and threads. */
  readonly processes: number;
  /** Of one file. */
  readonly fileBytes: number;
  /** Of what one service writes to its disk, and of the bundles. */
  readonly diskBytes: number;
  /** Processor time of one process. */
  readonly cpuSeconds: number;
}

const mebibyte = 1024 * 1024;
export const usualLimits: Limits = {
  // Node 24 sets aside some hundred megabytes for each worker thread.
  memoryBytes: 2_048 * mebibyte,
  processes: 400,
  fileBytes: 256 * mebibyte,
  diskBytes: 256 * mebibyte,
  cpuSeconds: 900,
};

/** @returns in words why a submission cannot be confined here; undefined: it can. */
export function whyNot(): string | undefined {
  if (process.platform !== "linux") return `bubblewrap needs Linux, and this is ${process.platform}`;
  const tried = spawnSync("bwrap", [...outerArguments(), "--", "true"], { encoding: "utf8" });
  if (tried.error !== undefined)
    return "bwrap is not there; apt-get install bubblewrap (or dnf, or pacman -S) brings it";
  if (tried.status !== 0) return `bwrap does not work here: ${tried.stderr.trim() || `exit code ${tried.status}`}`;
  const missing = ["bash", "setpriv", "prlimit"].find((tool) => spawnSync(tool, ["--version"]).error !== undefined);
  return missing === undefined
    ? undefined
    : `${missing} is not there; install ${missing === "bash" ? "it" : "util-linux"}`;
}

/** The outer wall: everything may be read, nothing beyond this machine can be reached, and it ends with the grader. */
export function outerArguments(): string[] {
  return [
    "--dev-bind",
    "/",
    "/",
    "--proc",
    "/proc",
    "--unshare-net",
    "--unshare-pid",
    "--unshare-ipc",
    "--die-with-parent",
  ];
}

export interface Inside {
  /** The submission's copy, which nothing else is in. */
  readonly submission: string;
  /** State directory of annofarm local. */
  readonly state: string;
  /** Staff's installation. */
  readonly installation: string;
  /** User id that nobody else has; undefined: this process is not root and cannot give one. */
  readonly uid: number | undefined;
  readonly limits: Limits;
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/** What of the installation a program or service loads. The rubrics and tests are not among it. */
const loaded = ["plan", "runtime", "components", "local/aws/ec2/instances/loopback.js"];

/** In the repository, in the package (below `dist`), and what the repository compiles to (below a folder for each compiler). */
function loadedFrom(installation: string): string[] {
  const compiled = join(".annofarm", "compiled");
  const compilers = existsSync(join(installation, compiled)) ? readdirSync(join(installation, compiled)) : [];
  const below = ["dist", ...compilers.map((name) => join(compiled, name))];
  return [
    "package.json",
    "node_modules",
    ...loaded,
    ...below.flatMap((folder) => loaded.map((path) => join(folder, path))),
  ];
}

/** Files of the machine without which Node does not start, or resolves no name. */
const ofMachine = [
  "/etc/ssl/openssl.cnf",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/alternatives",
  "/etc/hosts",
  "/etc/nsswitch.conf",
  "/etc/localtime",
];

/** Folders above these places, outermost first: those that bubblewrap makes by itself only its own user may enter. */
function foldersAbove(places: readonly string[]): string[] {
  const above = new Set<string>();
  for (const place of places) {
    for (let folder = dirname(place); folder !== dirname(folder); folder = dirname(folder)) above.add(folder);
  }
  const made = [...above].filter((folder) => !["/tmp", "/usr", "/proc", "/dev"].includes(folder)).sort();
  return made.flatMap((folder) => ["--perms", "0755", "--dir", folder]);
}

function mounts({ submission, state, installation, limits }: Inside): string[] {
  const there = (paths: readonly string[]) => paths.filter((path) => existsSync(path));
  const node = dirname(dirname(process.execPath));
  const system = there(["/usr", "/bin", "/sbin", "/lib", "/lib64"]);
  const files = there([
    ...ofMachine,
    // A Node of one's own may be anywhere, below a home or below /tmp.
    ...(node.startsWith("/usr") ? [] : [node]),
    ...loadedFrom(installation).map((path) => join(installation, path)),
    submission,
  ]);
  const cache = join(state, "cache");
  const bundles = join(submission, ".annofarm", "bundles");
  const disk = ["--size", String(limits.diskBytes), "--perms", "1777", "--tmpfs"];
  const readOnly = (path: string) => ["--ro-bind", path, path];
  return [
    ...system.flatMap((path) => readOnly(path)),
    ...["--proc", "/proc", "--dev", "/dev", ...disk, "/tmp", ...disk, "/dev/shm"],
    ...foldersAbove([...files, cache, join(state, "instances", "any")]),
    ...files.flatMap((path) => readOnly(path)),
    ...["--bind", bundles, bundles],
    ...readOnly(cache),
  ];
}

/**
 * A script of bash before the command line of each process of the submission.
 *
 * bubblewrap waits for what it starts, and would end first when the runner asks a service to end: it ignores that signal, which the
 * service gets by itself, and which `env` gives its meaning back.
 */
export function launcherText(inside: Inside): string {
  const { uid, limits } = inside;
  const walls = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent"];
  const unprivileged = uid === undefined ? ["--unshare-user", "--cap-drop", "ALL"] : [];
  const drop =
    uid === undefined
      ? ["setpriv", "--no-new-privs"]
      : [
          "setpriv",
          `--reuid=${uid}`,
          `--regid=${uid}`,
          "--clear-groups",
          "--no-new-privs",
          "--bounding-set=-all",
          "--inh-caps=-all",
        ];
  const limited = [
    "prlimit",
    `--data=${limits.memoryBytes}`,
    `--nproc=${limits.processes}`,
    `--fsize=${limits.fileBytes}`,
    `--cpu=${limits.cpuSeconds}`,
    "--nofile=4096",
    "--core=0",
  ];
  const words = (list: readonly string[]) => list.map(quoted).join(" ");
  return [
    "#!/usr/bin/env bash",
    // One command, read whole before it runs: it closes the descriptor from which it is read, too.
    "{",
    "trap '' TERM INT HUP",
    // What staff's shell, or whatever started it, has left open is not the submission's. The runner's channel to the program is.
    `for each in /proc/self/fd/*; do n=\${each##*/}; [ "$n" -gt 2 ] && [ "$n" != "\${NODE_CHANNEL_FD-}" ] && eval "exec $n>&-" 2>/dev/null; done`,
    `set -- env --default-signal ${words(drop)} ${words(limited)} "$@"`,
    // A service's own disk, gone with it; its AWS configuration is written by the runner.
    "own=()",
    `[ "$HOME" = /tmp ] || own=(--size ${limits.diskBytes} --perms 1777 --tmpfs "$HOME" --perms 1777 --dir "$TMPDIR")`,
    `[ -z "\${AWS_CONFIG_FILE-}" ] || own+=(--ro-bind "$AWS_CONFIG_FILE" "$AWS_CONFIG_FILE")`,
    `exec bwrap ${words([...walls, ...unprivileged, ...mounts(inside)])} "\${own[@]}" -- "$@"`,
    "}",
    "",
  ].join("\n");
}
