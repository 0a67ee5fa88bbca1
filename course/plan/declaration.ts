/** What a course declares as it is deployed, for whoever prices it or looks for something in it. */
import { withPlans } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import type { CourseStack } from "../types.ts";
import { readPlaces } from "./places.ts";
import { compared, placesFor, planShared, planStack } from "./programs.ts";
import { checkSharing, readTemplate, type SharingCourse, sharedStack } from "./sharing.ts";

/** What the class shares. */
interface SharedDeclaration {
  readonly plan: Plan;
  /** Name of its stack. */
  readonly owner: string;
  /** How many stacks' load it carries. */
  readonly stacks: number;
}

/** What each stack of a course declares, read for one of them, and what they share. */
export interface Declaration {
  readonly plan: Plan;
  /** Begins the names of that stack's groups. */
  readonly owner: string;
  /** Absent: the course shares nothing. */
  readonly shared?: SharedDeclaration;
}

/**
 * Runs the course's programs under the configuration that `annofarm course up` gives them. Places behind balancers are those that were
 * given away; nothing is written.
 *
 * @throws {Error} when the course's choices do not go together, or a program fails.
 */
export async function readDeclaration(
  course: SharingCourse,
  stacks: readonly CourseStack[],
  stateDirectory: string,
): Promise<Declaration> {
  checkSharing(course);
  const [owner] = compared(course.course, stacks);
  return withPlans(async (read) => {
    const [template, places] = [await readTemplate(course), readPlaces(stateDirectory)];
    const shared = await planShared(course, template, places, read);
    const plan = await planStack(course, owner, { template, places: placesFor([owner], places), shared }, read);
    const common = shared && { plan: shared, owner: sharedStack(course.course), stacks: stacks.length };
    return { owner, plan, ...(common === undefined ? {} : { shared: common }) };
  });
}
