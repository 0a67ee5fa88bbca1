/** The two programs of a class, planned: that of what it shares, and that of its stacks, each told of what is shared. */
import type { ReadPlan } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import type { CourseStack } from "../types.ts";
import { type Allotments, allocate } from "./places.ts";
import {
  type SharedOutputs,
  type SharingCourse,
  sharedConfig,
  sharedProgram,
  sharedTemplate,
  sharesAnything,
  stackConfig,
  type Template,
} from "./sharing.ts";

const quiet = { onOutput: () => {} };

/** Two of them are compared; a course of one is compared with somebody who might come. */
export function compared(course: string, stacks: readonly CourseStack[]): [string, string] {
  const [one, other] = stacks.map(({ name }) => name);
  return [one ?? `${course}-saaaaaa`, other ?? `${course}-sbbbbbb`];
}

/** Places that are taken, and one for each of these stacks, whether or not a balancer has room. */
export const placesFor = (stacks: readonly string[], places: Allotments): Allotments => ({
  ...places,
  ...allocate(places, [...Object.keys(places), ...stacks], Number.POSITIVE_INFINITY),
});

/** What the class shares; `undefined`: nothing. @param places of all stacks: balancers and their rules follow from them. */
export async function planShared(
  course: SharingCourse,
  template: Template,
  places: Allotments,
  read: ReadPlan,
): Promise<Plan | undefined> {
  if (!sharesAnything(course, template)) return undefined;
  const config = sharedConfig(course, template, places);
  return read({ directory: sharedProgram, stack: sharedTemplate, config, ...quiet });
}

/** What a stack is told of. */
export interface Told {
  readonly template: Template;
  /** The stack has one, where balancers are shared. */
  readonly places: Allotments;
  readonly shared: Plan | undefined;
}

/** One stack under the configuration that it is deployed with. */
export function planStack(
  course: SharingCourse,
  stack: string,
  { template, places, shared }: Told,
  read: ReadPlan,
): Promise<Plan> {
  const told = stackConfig(course, template, (shared?.outputs ?? {}) as SharedOutputs, stack, places);
  const config = { ...course.config, ...told };
  return read({ directory: course.program, stack: course.stack, config, ...quiet });
}
