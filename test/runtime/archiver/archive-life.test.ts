// Life of a result under everything that can come together: due time, upgrade, downgrade, deletion, duplicates, lost and failed
// retrievals, errors before and after an effect, delays longer than a lease, and death at any call of any port.
import test from "ava";
import fc from "fast-check";
import { type ArchiveStoreKind, archiveStoreKinds } from "../../../runtime/contract/storage.ts";
import { type ArchiveWorld, createArchiveWorld } from "../../support/archive-world.ts";
import { type Fault, plannedFaults } from "../../support/memory.ts";

const steps = {
  wait: (seconds: number) => async (world: ArchiveWorld) => world.clock.advance(seconds * 1000),
  upgrade: async (world: ArchiveWorld) => world.upgrade(),
  downgrade: async (world: ArchiveWorld) => world.downgrade(),
  "delete the first": async (world: ArchiveWorld) => world.remove(0),
  "repeat the archive message": async (world: ArchiveWorld) => world.announce(),
  "deliver twice": async (world: ArchiveWorld) => {
    world.archiveQueue.duplicateNext();
    world.restoreQueue.duplicateNext();
    world.eventQueue.duplicateNext();
  },
  "lose the next event": async (world: ArchiveWorld) => world.archive.loseNextEvent(),
  "fail the next retrieval": async (world: ArchiveWorld) => world.archive.failNext(),
  "expire restored copies": async (world: ArchiveWorld) => {
    for (const id of world.archive.archives.keys()) world.archive.expire(id);
  },
  "no expedited capacity": async (world: ArchiveWorld) => void world.archive.unavailable.add("Expedited"),
  "kill both": async (world: ArchiveWorld) => world.killAll(),
} as const;

type StepName = keyof typeof steps | `wait ${number}`;
const { wait, ...others } = steps;
const otherNames = Object.keys(others) as (keyof typeof others)[];

const step: fc.Arbitrary<StepName> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(0, 1, 30, 100, 179, 600, 1799, 1800, 16_000).map((s) => `wait ${s}` as const),
  },
  { weight: 2, arbitrary: fc.constantFrom("upgrade", "downgrade") },
  { weight: 2, arbitrary: fc.constantFrom(...otherNames) },
);

/** Calls at which something may happen; the ones with an effect that lasts more often. */
const lasting = [
  "jobs.apply",
  "jobs.remove",
  "objects.delete",
  "objects.deleteAll",
  "objects.write",
  "archive.store",
  "archive.delete",
  "users.get",
];
const calls = [
  ...["jobs.get", "jobs.listByUser", "jobs.listRestoring", "objects.head", "archive.requestRestore", "archive.status"],
  ...[
    "archive.inventory",
    "jobs.listResults",
    "archive.open",
    "restoreQueue.delete",
    "restoreQueue.hide",
    "eventQueue.delete",
    "restoreTopic.publish",
  ],
  ...["receive", "delete", "hide", "send"].map((method) => `archiveQueue.${method}`),
];

const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant({ kind: "refuse" } as const),
  fc.constant({ kind: "lose-response" } as const),
  fc.constant({ kind: "repeat" } as const),
  fc.constantFrom("before", "after").map((effect) => ({ kind: "crash", effect }) as const),
  {
    weight: 3,
    arbitrary: fc.constantFrom(1, 50, 200, 2500).map((s) => ({ kind: "delay", milliseconds: s * 1000 }) as const),
  },
);

const trouble = fc.record({
  call: fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...lasting) }, fc.constantFrom(...calls)),
  nth: fc.nat(5),
  fault,
  meanwhile: fc.constantFrom(undefined, "upgrade" as const, "downgrade" as const, "expire restored copies" as const),
});

async function take(world: ArchiveWorld, name: StepName): Promise<void> {
  if (name.startsWith("wait ")) return wait(Number(name.slice(5)))(world);
  await others[name as keyof typeof others](world);
}

/** A few seconds' worth; `FC_RUNS=5000` searches longer. */
const numRuns = Number(process.env.FC_RUNS ?? 120);

/** Days in which nothing happens any more. */
const settleSeconds = 2 * 86_400;

function property(kind: ArchiveStoreKind) {
  return fc.asyncProperty(
    fc.array(step, { maxLength: 14 }),
    fc.array(trouble, { maxLength: 6 }),
    fc.integer({ min: 1, max: 3 }),
    async (names, troubles, jobs) => {
      const plan = troubles.map(({ meanwhile, ...rest }) => ({
        ...rest,
        meanwhile: meanwhile && (() => void steps[meanwhile](world)),
      }));
      const world: ArchiveWorld = createArchiveWorld({ kind, jobs, faults: plannedFaults(plan) });
      await world.announce();
      for (const name of names) await take(world, name);
      world.calm();
      await world.clock.advance(settleSeconds * 1000);

      const problems = world.lost();
      const isDeleted = world.isDeleted(0);
      // What a dead archiver has left in a vault, of a job that is deleted before an inventory shows it, is told by no item any more.
      const left = world.leftOf(0).filter((name) => kind === "s3" || !name.startsWith("archive-"));
      if (isDeleted && left.length > 0) problems.push(`job 0 is deleted, but there is ${left.join(", ")}`);
      const premium = world.users.users.get("user-1")?.role === "premium_user";
      const wanted = premium ? "AVAILABLE" : "ARCHIVED";
      for (const [index, state] of world.states().entries()) {
        if (index === 0 && isDeleted) continue;
        if (state !== wanted) problems.push(`job ${index} of a ${premium ? "premium" : "free"} user ended ${state}`);
        if (world.hasObject(index) !== premium) problems.push(`job ${index}: copy in standard storage: ${!premium}`);
      }
      for (const queue of [world.archiveQueue, world.restoreQueue, world.eventQueue]) {
        if (queue.deadLetters.length > 0) problems.push(`dead letters: ${queue.deadLetters.join(" ")}`);
        if (queue.contents().length > 0) problems.push(`never settled: ${JSON.stringify(queue.contents())}`);
      }
      const named = premium ? 0 : isDeleted ? jobs - 1 : jobs;
      if (world.archive.archives.size !== named && !(isDeleted && kind === "vault")) {
        problems.push(`${world.archive.archives.size} archives for ${named} archived results`);
      }
      if (problems.length > 0) throw new Error(problems.join("\n"));
    },
  );
}

for (const kind of archiveStoreKinds) {
  test(`${kind}: no result is ever lost, and every one ends where its user's plan wants it`, async (t) => {
    await t.notThrowsAsync(() => fc.assert(property(kind), { numRuns, includeErrorInReport: true }));
  });
}
