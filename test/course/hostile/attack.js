// A submission's process that tries everything that it must not be able to do, and prints what came of each attempt. It gets the places to
// attack as its argument: a real one would have to guess them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { connect } from "node:net";

const { rubric, tests, installation, marks, state, submission, port, outside } = JSON.parse(process.argv[2]);
const forged = `${JSON.stringify({ kind: "item", item: { id: "forged", name: "forged", points: 100, max: 100, hidden: false, outcome: "passed", message: "", evidence: [] } })}\n`;

/** Resolves when something answers; rejects when nothing does. */
async function reach(port, host) {
  const socket = connect(port, host);
  socket.setTimeout(2_000, () => socket.destroy(new Error("no answer")));
  await once(socket, "connect");
  socket.destroy();
}

function takeMemory() {
  const taken = [];
  for (let mebibytes = 0; mebibytes < 3_000; mebibytes += 50) taken.push(Buffer.alloc(50 * 1024 * 1024, 1));
  return taken.length;
}

/** A process of its own, since it does not survive. */
async function inChild(code) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
  const [status, signal] = await once(child, "exit");
  if (status !== 0) throw new Error(`ended by ${signal ?? `exit code ${status}`}`);
}

async function bomb() {
  const started = [];
  for (let at = 0; at < 600; at++) {
    const child = spawn("sleep", ["5"], { stdio: "ignore" });
    child.once("error", () => {});
    if (child.pid === undefined) break;
    started.push(child);
  }
  for (const child of started) child.kill("SIGKILL");
  if (started.length < 600) throw new Error(`${started.length} processes`);
}

const attempts = {
  "read the rubric": () => readFileSync(rubric, "utf8"),
  "list the tests": () => readdirSync(tests),
  "list the checks": () => readdirSync(`${installation}/course`),
  "read the rubric through a link": () => {
    symlinkSync(rubric, "/tmp/link");
    return readFileSync("/tmp/link", "utf8");
  },
  "read the rubric through the parent's root": () => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        return readFileSync(`/proc/${pid}/root${rubric}`, "utf8");
      } catch {}
    }
    throw new Error("no process has it");
  },
  "write marks": () => writeFileSync(marks, "{}"),
  "find a descriptor that leads to somebody else": () => {
    const links = readdirSync("/proc/self/fd")
      .filter((fd) => Number(fd) > 2)
      .flatMap((fd) => {
        try {
          return [readlinkSync(`/proc/self/fd/${fd}`)];
        } catch {
          return []; // the one that lists them
        }
      });
    const leading = links.filter((link) => /^(?:pipe|socket):/.test(link));
    // Node holds both ends of its own pipes.
    const foreign = leading.filter((link) => leading.filter((each) => each === link).length === 1);
    if (foreign.length === 0) throw new Error("there is none");
  },
  "read the runner's credentials": () => readFileSync(`${state}/aws.config`, "utf8"),
  "read the machine's passwords": () => readFileSync("/etc/shadow", "utf8"),
  "read root's home": () => readdirSync("/root"),
  "change the submission": () => writeFileSync(`${submission}/index.ts`, "// changed"),
  "change the installation": () => writeFileSync(`${installation}/node_modules/changed.js`, ""),
  "become root": () => process.setuid(0),
  "see other processes": () => {
    const others = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) > 10);
    if (others.length === 0) throw new Error("there are none");
  },
  "end the grader": () => process.kill(outside, "SIGKILL"),
  "reach the world": () => reach(80, "1.1.1.1"),
  "reach the machine's own services": () => reach(port, "127.0.0.1"),
  "write a large file": () => {
    const file = openSync("/tmp/large", "w");
    try {
      for (let mebibytes = 0; mebibytes < 600; mebibytes++) writeSync(file, Buffer.alloc(1024 * 1024));
    } finally {
      closeSync(file);
    }
    if (statSync("/tmp/large").size < 600 * 1024 * 1024) throw new Error("cut off");
  },
  "take all memory": () => inChild(`(${takeMemory})()`),
  "start processes without end": bomb,
};

// A file that grows too large ends its writer by a signal, unless it says that it would rather have an error.
process.on("SIGXFSZ", () => {});
process.stdout.write(forged);
const outcome = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
    outcome[name] = "done";
  } catch (error) {
    outcome[name] = `refused: ${error.code ?? error.message}`;
  }
}
process.stdout.write(`${JSON.stringify(outcome)}\n`);
