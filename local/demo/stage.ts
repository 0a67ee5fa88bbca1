/** What the steps of the journey are played on, and what they have in common. */
import type { Person } from "../identity/people.ts";
import type { Narrator } from "../run/narrator.ts";
import type { LocalService } from "../run/start.ts";
import type { Backstage } from "./backstage.ts";
import type { Scientist } from "./scientist.ts";
import { until } from "./until.ts";

export interface Stage {
  readonly service: LocalService;
  readonly backstage: Backstage;
  readonly narrator: Narrator;
}

export const count = (n: number) => n.toLocaleString("en-US");
export const recordsIn = (vcf: string) => vcf.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;

export function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

export function person(service: LocalService, plan: string): Person {
  const found = service.identity.people().find((each) => each.plan === plan);
  if (found === undefined) throw new Error(`nobody with plan ${plan} is there to sign in`);
  return found;
}

/** Resolves once the job has ended; that it has failed is an error. */
export async function untilCompleted(scientist: Scientist, jobId: string): Promise<void> {
  const status = await until(`job ${jobId} to be completed|failed`, async (seen) => {
    const { status } = await scientist.look(jobId);
    seen(status);
    return /completed|failed/i.test(status) ? status : undefined;
  });
  check(/completed/i.test(status), `the job ended as ${status}`);
}
