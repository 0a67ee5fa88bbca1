/** Ends what may not stand any longer: decisions of `lease.ts`, done through the ledger and the engine. One stack's failure stops no other's. */

import type { Books, Histories } from "../books.ts";
import { recordsNow } from "../books.ts";
import { causeOf } from "../cause.ts";
import type { Holds } from "../money/holds.ts";
import { stands } from "../stands.ts";
import { endSharedAfterLast } from "./after-last.ts";
import type { JobsSent } from "./jobs-sent.ts";
import { type Activity, type ExpiryStep, expiryOf } from "./lease.ts";

export interface ExpireTools {
  readonly books: Pick<Books, "course" | "shared" | "operations" | "histories">;
  readonly holds: Holds;
  /** Absent: nobody asks for activity. */
  readonly jobs?: Pick<JobsSent, "lastSent">;
  /** Instances that run, by stack; rejects when that cannot be read. */
  running(): Promise<ReadonlyMap<string, number>>;
  now(): Date;
  tell(line: string): void;
}

export interface Expired {
  readonly steps: readonly (ExpiryStep & { readonly failure?: string })[];
  /** Instances that run of stacks that are gone: they outlive their lease, and cost. */
  readonly outlived: readonly { readonly stack: string; readonly instances: number }[];
  /** What the stacks shared had to go after the last of them; `failure`: and could not. */
  readonly shared?: { readonly failure?: string };
  /** Why activity could not be read. */
  readonly unread?: string;
}

const day = 86_400_000;

async function activities({ books, jobs }: ExpireTools, stacks: readonly string[], now: number) {
  const { lifetime } = books.course;
  if (lifetime?.activity !== true || jobs === undefined || stacks.length === 0) {
    return { of: (): Activity => "none", unread: undefined };
  }
  try {
    const last = await jobs.lastSent(stacks, now - lifetime.extendBy * day, now);
    return { of: (stack: string): Activity => last.get(stack) ?? "none", unread: undefined };
  } catch (error) {
    return { of: (): Activity => "unknown", unread: causeOf(error) };
  }
}

async function outlivedOf(tools: ExpireTools, histories: Histories): Promise<Expired["outlived"]> {
  const running = await tools.running();
  return [...running].flatMap(([stack, instances]) => {
    const state = histories.get(stack)?.at(-1)?.state;
    return instances > 0 && (state === undefined || state === "gone") ? [{ stack, instances }] : [];
  });
}

/** What cron calls. Looks at every lease, does what is due, and then looks whether anything runs that should not. */
export async function expire(tools: ExpireTools): Promise<Expired> {
  const { books, holds, tell } = tools;
  const now = tools.now().getTime();
  const records = recordsNow(await books.histories(), books.shared);
  const { lifetime } = books.course;
  const stacks = records.filter(stands).map(({ stack }) => stack);
  const { of: activity, unread } = await activities(tools, stacks, now);
  const byName = new Map(records.map((record) => [record.stack, record]));
  const steps: (ExpiryStep & { failure?: string })[] = [];
  for (const step of expiryOf({ records, lifetime, activity }, now)) {
    const { stack, why, until = now } = step;
    try {
      if (step.step === "extend") await books.operations.extend(stack, new Date(until).toISOString(), why);
      const before = byName.get(stack)?.sizesBefore ?? {};
      if (step.step === "freeze") await holds.hold(stack, "freeze", before, why);
      if (step.step === "destroy") {
        // What runs ends at once; the rest takes the engine some minutes.
        await holds.freezeToDestroy(stack, before, why).catch((error: unknown) => {
          tell(`${stack}: cannot be frozen before it is destroyed: ${causeOf(error)}`);
        });
        await books.operations.destroy(stack, why);
      }
      steps.push(step);
      tell(`${stack}: ${step.step}, ${why}`);
    } catch (error) {
      steps.push({ ...step, failure: causeOf(error) });
      tell(`${stack}: ${step.step} failed: ${causeOf(error)}; it is tried again at the next call`);
    }
  }
  await holds.note();
  const shared = await endSharedAfterLast(tools);
  const outlived = await outlivedOf(tools, await books.histories());
  return { steps, outlived, ...(shared === undefined ? {} : { shared }), ...(unread === undefined ? {} : { unread }) };
}
