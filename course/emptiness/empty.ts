/** Proof, sweep and proof again: what `annofarm course empty` does. */
import type { Aws } from "./aws.ts";
import type { Sought } from "./belonging.ts";
import type { Leftover } from "./evidence.ts";
import { listers } from "./listers/index.ts";
import { type Proof, prove } from "./prove.ts";
import { type Swept, sweep } from "./sweep.ts";

export interface Look {
  readonly aws: Aws;
  readonly sought: Sought;
  /** @default all that the account may use */
  readonly regions?: readonly string[];
  /** Where the stacks were deployed, if it is known. */
  readonly home?: string;
  readonly onProgress?: (text: string) => void;
}

export interface SweepLook extends Look {
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Told of each removal. */
  readonly onRemoved?: (text: string) => void;
}

/** How long something may be in use, or be listed after its removal, in seconds: gateways and balancers take minutes. */
const patienceSeconds = 600;
const lookSeconds = 10;

/** Looks everywhere. */
export function proveEmpty({ aws, sought, regions, home, onProgress }: Look): Promise<Proof> {
  return prove({
    aws,
    listers,
    sought,
    ...(regions === undefined ? {} : { regions }),
    ...(home === undefined ? {} : { home }),
    onProgress: (done, total, what) => onProgress?.(`${done} of ${total} lists, ${what}`),
  });
}

/** Waits until the services list no more what they have promised to remove. */
async function untilGone({ aws, sought, wait, onProgress }: SweepLook, removed: readonly Leftover[]): Promise<void> {
  const kinds = new Set(removed.map(({ kind }) => kind));
  const concerned = listers.filter(({ kind }) => kinds.has(kind));
  const enabled = await aws.enabledRegions();
  const regions = [...new Set(removed.map(({ region }) => region))].filter((region) => enabled.includes(region));
  const ids = new Set(removed.map(({ id }) => id));
  for (let seconds = 0; seconds < patienceSeconds; seconds += lookSeconds) {
    const { leftovers } = await prove({ aws, listers: concerned, sought, regions });
    const still = leftovers.filter(({ id }) => ids.has(id));
    if (still.length === 0) return;
    onProgress?.(`${still.length} of ${removed.length} are listed still, such as ${still[0]?.kind} ${still[0]?.name}`);
    await wait(lookSeconds * 1000);
  }
}

/** Removes what a proof has found, and proves anew. */
export async function sweepAway(
  look: SweepLook,
  leftovers: readonly Leftover[],
): Promise<{ swept: Swept[]; proof: Proof }> {
  const { wait, onProgress, onRemoved } = look;
  let done = 0;
  const swept = await sweep(leftovers, {
    wait,
    patienceSeconds,
    onProgress(leftover, text) {
      const { kind, region, name } = leftover;
      if (text === "removed") onRemoved?.(`${++done} of ${leftovers.length} removed: ${kind} ${name} in ${region}`);
      else onProgress?.(`${done} of ${leftovers.length} removed; ${kind} ${name}: ${text}`);
    },
  });
  const removed = swept.filter(({ kept }) => kept === undefined).map(({ leftover }) => leftover);
  if (removed.length > 0) await untilGone(look, removed);
  return { swept, proof: await proveEmpty(look) };
}
