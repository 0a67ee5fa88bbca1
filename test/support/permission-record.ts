/** Judges what a run has used of what is declared. */
import type { ExercisedPermission } from "../../local/aws/iam/authorizer.ts";
import type { Unexercised } from "../acceptance/unexercised-permissions.ts";

const nameOf = ({ role, statement, action, resource }: Omit<ExercisedPermission, "calls" | "policy">) =>
  `${role} ${statement}: ${action} on ${resource}`;

/** Records of several runs as one: calls of the same permission are added up. */
export function together(records: readonly (readonly ExercisedPermission[])[]): ExercisedPermission[] {
  const sums = new Map<string, ExercisedPermission>();
  for (const each of records.flat()) {
    const id = nameOf(each);
    sums.set(id, { ...each, calls: each.calls + (sums.get(id)?.calls ?? 0) });
  }
  return [...sums.values()];
}

export interface Judgement {
  /** Allowed, never used, and nobody says why. */
  readonly surplus: readonly string[];
  /** Excused, and used. */
  readonly used: readonly string[];
  /** Excused, and not even allowed. */
  readonly unknown: readonly string[];
}

export function judge(record: readonly ExercisedPermission[], excuses: readonly Unexercised[]): Judgement {
  const isExcusedBy = (each: ExercisedPermission, { roles, statement, actions, on = "" }: Unexercised) =>
    roles.includes(each.role) &&
    statement === each.statement &&
    actions.includes(each.action) &&
    each.resource.endsWith(on);
  const excused = (each: ExercisedPermission, which: readonly Unexercised[]) =>
    which.some((excuse) => isExcusedBy(each, excuse));
  const strict = excuses.filter(({ byChance }) => byChance !== true);
  return {
    surplus: record.filter((each) => each.calls === 0 && !excused(each, excuses)).map(nameOf),
    used: record.filter((each) => each.calls > 0 && excused(each, strict)).map(nameOf),
    unknown: excuses.flatMap(({ roles, actions, ...place }) =>
      roles.flatMap((role) =>
        actions
          .filter((action) => !record.some((each) => isExcusedBy(each, { ...place, roles: [role], actions: [action] })))
          .map((action) => `${role} ${place.statement}: ${action}`),
      ),
    ),
  };
}
