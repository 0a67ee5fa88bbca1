// The order of removal, and what becomes of what cannot be removed; on resources in memory.
import test from "ava";
import type { Leftover } from "../../../course/emptiness/evidence.ts";
import { CannotRemove } from "../../../course/emptiness/lister.ts";
import { sweep } from "../../../course/emptiness/sweep.ts";

const failure = (name: string, message = "no") => Object.assign(new Error(message), { name });

function leftover(name: string, order: number, remove?: () => Promise<void>): Leftover {
  const rest = {
    owner: "gas",
    by: "name",
    kind: "thing",
    region: "us-east-1",
    id: name,
    command: `aws rm ${name}`,
  } as const;
  return { ...rest, name, order, ...(remove === undefined ? {} : { remove }) };
}

/** Waits of a sweep, in seconds; nothing is waited for. */
function clock() {
  const waits: number[] = [];
  return { waits, wait: async (milliseconds: number) => void waits.push(milliseconds / 1000) };
}

const keptOf = (swept: Awaited<ReturnType<typeof sweep>>) =>
  Object.fromEntries(swept.map(({ leftover: { name }, kept }) => [name, kept]));

test("what uses something goes first, and what is in use is tried again until it is free", async (t) => {
  const log: string[] = [];
  let interface_ = 2;
  const { wait, waits } = clock();
  const vpc = leftover("vpc", 3, async () => {
    log.push("vpc");
    if (interface_ > 0) throw failure("DependencyViolation");
  });
  const balancer = leftover("balancer", 1, async () => {
    log.push("balancer");
  });
  const group = leftover("group", 2, async () => {
    log.push("group");
    interface_ -= 1;
    if (interface_ > 0) throw failure("InvalidGroup.InUse");
  });
  const swept = await sweep([vpc, group, balancer], { wait, patienceSeconds: 60 });
  t.deepEqual(log, ["balancer", "group", "vpc", "group", "vpc"]);
  t.deepEqual(keptOf(swept), { balancer: undefined, group: undefined, vpc: undefined });
  t.deepEqual(waits, [5]);
});

test("patience ends when nothing gets free any more, and starts anew with each removal", async (t) => {
  const { wait, waits } = clock();
  let tries = 0;
  const slow = leftover("slow", 1, async () => {
    tries += 1;
    if (tries < 6) throw failure("ResourceInUse");
  });
  const stuck = leftover("stuck", 2, async () => {
    throw failure("DeleteConflict", "has users");
  });
  const swept = await sweep([slow, stuck], { wait, patienceSeconds: 30 });
  t.is(keptOf(swept).slow, undefined);
  t.is(keptOf(swept).stuck, "still in use after 30 s. DeleteConflict: has users");
  // Six rounds until the slow one is gone, and 30 s more.
  t.is(waits.length, 12);
});

test("gone already is removed; refusals, reasons and unknown kinds are kept with their reason at once", async (t) => {
  const { wait, waits } = clock();
  const swept = await sweep(
    [
      leftover("gone", 1, async () => {
        throw failure("InvalidVolume.NotFound");
      }),
      leftover("refused", 1, async () => {
        throw failure("AccessDenied", "not authorized");
      }),
      leftover("vault", 1, async () => {
        throw new CannotRemove("Glacier lists it first");
      }),
      leftover("unknown", 1),
    ],
    { wait, patienceSeconds: 60 },
  );
  const kept = keptOf(swept);
  t.is(kept.gone, undefined);
  t.is(kept.refused, "AccessDenied: not authorized");
  t.is(kept.vault, "Glacier lists it first");
  t.regex(kept.unknown ?? "", /nothing here knows how to remove .*: aws rm unknown/);
  t.deepEqual(waits, []);
});
