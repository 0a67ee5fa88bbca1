// A service that tells what it finds, and misbehaves when it is asked to.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** What the action answers, "yes" if nothing; or the code of its error. */
function attempt(action) {
  try {
    return action() ?? "yes";
  } catch ({ code }) {
    return code;
  }
}

function writable(folder) {
  const file = join(folder, `probe-${process.pid}`);
  return attempt(() => {
    writeFileSync(file, "");
    unlinkSync(file);
  });
}

function lineOf(file, name) {
  const found = readFileSync(file, "utf8")
    .split("\n")
    .find((line) => line.startsWith(name));
  return found?.slice(name.length).trim();
}

/** What lay there when it started. */
const before = [homedir(), tmpdir()].map((folder) => attempt(() => readdirSync(folder)));
const umask = process.umask();

function sees() {
  const status = "/proc/self/status";
  const tool = spawnSync("./tool", { encoding: "utf8" });
  return {
    environment: process.env,
    directory: process.cwd(),
    directoryWritable: writable("."),
    codeWritable: attempt(() => writeFileSync("main.mjs", "", { flag: "a" })),
    besideCode: readdirSync("."),
    home: homedir(),
    homeWritable: writable(homedir()),
    temporary: tmpdir(),
    temporaryWritable: writable(tmpdir()),
    before,
    tool: tool.error?.code ?? tool.stdout.trim(),
    dataExecutable: spawnSync("./data.txt").error?.code,
    uid: process.getuid(),
    umask,
    stdin: readFileSync(0).length,
    argv: process.argv.slice(2),
    capabilities: lineOf(status, "CapEff:"),
    noNewPrivileges: lineOf(status, "NoNewPrivs:"),
    openFiles: lineOf("/proc/self/limits", "Max open files"),
  };
}

const actions = {
  "/healthz": () => "well",
  "/sees": () => JSON.stringify(sees()),
  "/leave": () => {
    for (const folder of [homedir(), tmpdir()]) writeFileSync(join(folder, "left"), "");
    return "left";
  },
  "/pid": () => String(process.pid),
  "/log": () => {
    for (let line = 0; line < 60; line++) process.stdout.write(`${"x".repeat(1024 * 1024 - 1)}\n`);
    return "logged";
  },
  "/say": () => {
    console.log("said");
    return "said";
  },
  // The event loop stands still: the port accepts, nobody answers, SIGTERM is not heard.
  "/hang": () => {
    for (;;);
  },
};

process.on("SIGTERM", () => process.exit(0));
createServer((request, response) => {
  const action = actions[request.url];
  response.writeHead(action === undefined ? 404 : 200).end(action?.());
}).listen(Number(process.env.PORT));
