/** Grades one submission in a process of its own, behind walls where the machine has them. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { quietSdk } from "../../../plan/process/quiet-sdk.ts";
import type { Rubric, RubricItem } from "../rubric/schema.ts";
import { outerArguments, whyNot } from "../sandbox/bubblewrap.ts";
import type { GradedItem } from "./grade.ts";
import type { Assignment, Told } from "./protocol.ts";

/** TypeScript in the repository, JavaScript once the package is built: like this module. */
const here = fileURLToPath(import.meta.url);
const inRepository = extname(here) === ".ts";
const worker = join(dirname(here), "..", "sandbox", `worker${extname(here)}`);
/** The folder of package.json: above `course/check/run`, or above that in `dist`. */
export const installation = join(dirname(here), ...(inRepository ? ["..", "..", ".."] : ["..", "..", "..", ".."]));
const loader = inRepository ? ["--import", join(installation, "plan/program/source/register.js")] : [];

/** Whether submissions can be confined here; undefined: they can. */
export const unconfinable = whyNot;

export interface SuperviseOptions {
  readonly rubric: Rubric;
  readonly submission: string;
  readonly only: readonly string[];
  readonly confined: boolean;
  readonly fast: boolean;
  readonly tell: (line: string) => void;
  readonly onItem?: (item: GradedItem) => void;
  readonly signal: AbortSignal;
}

/** Of an item that was never reached. */
function unreached(item: RubricItem, why: string): GradedItem {
  const max = item.off ? 0 : item.points;
  const shown = { id: item.id, name: item.title, points: 0, max, hidden: item.hidden };
  return item.off
    ? { ...shown, outcome: "skipped", message: "switched off", evidence: [] }
    : { ...shown, outcome: "failed", message: why, evidence: [] };
}

/** Beyond the rubric's own time: to start and to stop. */
const graceSeconds = 120;

/**
 * @returns a mark for every item.
 * @throws {Error} when nothing could be graded for a reason that is not the submission's.
 */
export async function supervise(options: SuperviseOptions): Promise<GradedItem[]> {
  const { rubric, only, tell, onItem, signal } = options;
  const folder = mkdtempSync(join(tmpdir(), "annofarm-check-"));
  const assignment: Assignment = {
    rubric,
    only,
    submission: options.submission,
    installation,
    command: join(installation, "bin/annofarm.js"),
    folder,
    confined: options.confined,
    fast: options.fast,
  };
  const node = [process.execPath, ...loader, worker];
  const [command = "", ...args] = options.confined ? ["bwrap", ...outerArguments(), "--", ...node] : node;
  const { PATH = "", HOME = "/", LANG = "C.UTF-8" } = process.env;
  const child = spawn(command, args, {
    env: { PATH, HOME, LANG, TMPDIR: tmpdir(), ...quietSdk },
    stdio: ["pipe", "ignore", "inherit", "pipe"],
    detached: true,
  });
  const graded = new Map<string, GradedItem>();
  let [refused, done]: [string | undefined, boolean] = [undefined, false];

  function hear(line: string): void {
    const told = JSON.parse(line) as Told;
    if (told.kind === "note") tell(told.text);
    else if (told.kind === "item") {
      graded.set(told.item.id, told.item);
      onItem?.(told.item);
    } else if (told.kind === "refused") refused = told.message;
    else done = true;
  }

  /** With everything that it has started: behind the wall by the wall, else by its group. */
  const end = () => {
    if (child.pid !== undefined)
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {} // it has ended
  };
  const late = setTimeout(end, (rubric.run.minutes * 60 + graceSeconds) * 1_000);
  signal.addEventListener("abort", end, { once: true });
  try {
    child.stdin?.on("error", () => {}); // it has ended: how is told below
    child.stdin?.end(JSON.stringify(assignment));
    const lines = createInterface({ input: child.stdio[3] as Readable });
    lines.on("line", hear);
    const heard = new Promise((resolve) => lines.once("close", resolve));
    const how = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, name) => resolve(name ?? `exit code ${code}`));
    });
    await heard;
    signal.throwIfAborted();
    if (refused !== undefined) throw new Error(refused);
    const why = done ? "the time was over before it was reached" : `grading ended (${how}) before it was reached`;
    const wanted = rubric.items.filter(({ id }) => graded.has(id) || only.length === 0 || only.includes(id));
    return wanted.map((item) => graded.get(item.id) ?? unreached(item, why));
  } finally {
    clearTimeout(late);
    signal.removeEventListener("abort", end);
    end();
    rmSync(folder, { recursive: true, force: true });
  }
}
