/**
 * A grader's process, inside the outer wall: copies the submission, starts it behind the inner one, runs the rubric, and tells each
 * item's mark over a pipe that only its parent reads.
 */
import { chmodSync, mkdirSync, realpathSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { checks } from "../checks/registry.ts";
import { createRecorder } from "../evidence/recorder.ts";
import { grade } from "../run/grade.ts";
import { type Assignment, resultDescriptor, type Told } from "../run/protocol.ts";
import { createStage, type Target } from "../stage/stage.ts";
import type { Annofarm } from "../target/annofarm.ts";
import { brokenTarget } from "../target/broken.ts";
import { startLocalTarget } from "../target/local.ts";
import { plannedTarget } from "../target/planned.ts";
import { launcherText, usualLimits } from "./bubblewrap.ts";
import { copySubmission } from "./submission.ts";
import { watchMemory } from "./watch.ts";

const tell = (message: Told): void => void writeSync(resultDescriptor, `${JSON.stringify(message)}\n`);

/** User ids that no distribution gives to anybody. */
const firstUid = 62_000;
const uids = 3_000;
const memoryBytes = 3 * 1024 ** 3;

/** Root gives each submission a user of its own; anybody else has only their own. */
const uidOf = (): number | undefined =>
  process.getuid?.() === 0 ? firstUid + Math.floor(Math.random() * uids) : undefined;

/** Writes the inner wall down. @returns the file that annofarm is given. */
function confine(assignment: Assignment, program: string, state: string, uid: number | undefined): string {
  const launcher = join(assignment.folder, "launcher");
  const inside = { submission: program, state, installation: assignment.installation, uid, limits: usualLimits };
  writeFileSync(launcher, launcherText(inside), { mode: 0o700 });
  const file = join(assignment.folder, "confinement.json");
  writeFileSync(file, JSON.stringify({ command: [launcher], files: program, ...(uid === undefined ? {} : { uid }) }), {
    mode: 0o600,
  });
  return file;
}

/** Whether any item looks at more than the declaration. */
const runsService = ({ rubric, only }: Assignment): boolean =>
  rubric.items.some(
    (item) =>
      !item.off &&
      (only.length === 0 || only.includes(item.id)) &&
      checks[item.check]?.needs.some((need) => need !== "plan"),
  );

async function main(): Promise<void> {
  const assignment = (await json(process.stdin)) as Assignment;
  const { folder, rubric } = assignment;
  chmodSync(folder, 0o700);
  const real = realpathSync(folder);
  const [program, state] = [join(real, "submission"), join(real, "state")];
  const uid = assignment.confined ? uidOf() : undefined;
  mkdirSync(join(state, "cache"), { recursive: true });
  copySubmission(assignment.submission, program, assignment.installation, uid);
  const annofarm: Annofarm = {
    command: assignment.command,
    confinement: assignment.confined ? confine(assignment, program, state, uid) : undefined,
  };
  const signal = AbortSignal.timeout(rubric.run.minutes * 60_000);
  const evidence = createRecorder();
  const unwatch = uid === undefined ? () => {} : watchMemory(uid, memoryBytes, (text) => tell({ kind: "note", text }));
  const place = { annofarm, program, state, folder: real, run: rubric.run, uid, evidence, signal };

  async function open(): Promise<Target> {
    if (assignment.fast || !runsService(assignment)) return plannedTarget(place);
    return startLocalTarget(place).catch((error: Error) => brokenTarget(place, error.message));
  }
  const target = await open();
  try {
    const stage = createStage(target, evidence, signal);
    const onItem = (item: Extract<Told, { kind: "item" }>["item"]) => tell({ kind: "item", item });
    await grade({ rubric, target, stage, evidence, only: assignment.only, onItem });
  } catch (error) {
    if (!signal.aborted) throw error;
    tell({ kind: "note", text: `the rubric's ${rubric.run.minutes} minutes are over` });
  } finally {
    unwatch();
    await target.close();
  }
  tell({ kind: "done" });
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    tell({ kind: "refused", message: error.message });
    process.exit(1);
  },
);
