/** Which of the declared permissions have been used: what a role is allowed and never needs is a mistake of the declaration. */
import type { Match } from "../../../plan/iam/evaluate.ts";
import type { RolePolicies } from "./policies.ts";

/** One action on one resource pattern, as a statement of a role's policy allows it. */
interface DeclaredPermission {
  /** Role name. */
  readonly role: string;
  readonly policy: string;
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
}

export interface ExercisedPermission extends DeclaredPermission {
  /** Calls that it allowed. */
  readonly calls: number;
}

export function roleName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

const idOf = ({ role, policy, statement, action, resource }: DeclaredPermission): string =>
  [role, policy, statement, action, resource].join("\n");

export function createExercise() {
  const counts = new Map<string, number>();
  return {
    note(roleArn: string, matches: readonly Match[]): void {
      for (const { statement, action, resource = "*" } of matches) {
        const id = idOf({
          role: roleName(roleArn),
          policy: statement.policy,
          statement: statement.id,
          action,
          resource,
        });
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    },
    /** Every permission that the roles have now, used or not. */
    of(roles: ReadonlyMap<string, RolePolicies>): ExercisedPermission[] {
      return [...roles].flatMap(([arn, { identity }]) =>
        identity
          .filter(({ effect }) => effect === "Allow")
          .flatMap(({ policy, id, actions, resources }) =>
            actions.patterns.flatMap(({ text: action }) =>
              (resources?.patterns ?? []).map(({ text: resource }) => {
                const declared = { role: roleName(arn), policy, statement: id, action, resource };
                return { ...declared, calls: counts.get(idOf(declared)) ?? 0 };
              }),
            ),
          ),
      );
    },
  };
}
