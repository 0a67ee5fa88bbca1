/**
 * The permission check of `annofarm local`: every call of a role against the policies that stand in the emulator, the role's
 * own and the resource's, as IAM decides it.
 */
import type { Context } from "../../../plan/iam/context.ts";
import { PolicyError } from "../../../plan/iam/document.ts";
import { type AccessDecision, evaluate } from "../../../plan/iam/evaluate.ts";
import type { Emulator } from "../../types.ts";
import { isKnownKey, throughService } from "./condition-keys.ts";
import { createExercise, type ExercisedPermission, roleName } from "./exercise.ts";
import type { Permission } from "./permission.ts";
import type { AuthorizationRequest, Authorize } from "./permissions.ts";
import { createPolicies, leftToAccount } from "./policies.ts";
import { createStoreKeys } from "./store-keys.ts";

export type { ExercisedPermission } from "./exercise.ts";
export { roleName };

/** A call that was refused. */
export interface Denial extends Permission {
  /** ARN of the role that asked. */
  readonly caller: string;
  /** `because …` or `with …`. */
  readonly why: string;
}

export interface AuthorizerOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId">;
  readonly onDenied?: (denial: Denial) => void;
}

export interface Authorizer {
  readonly authorize: Authorize;
  /** Every permission that the emulator's roles have, with the number of calls that each has allowed. */
  exercised(): Promise<ExercisedPermission[]>;
  stop(): void;
}

function reason(decision: Extract<AccessDecision, { allowed: false }>, action: string): string {
  if (decision.why === "not allowed") return `because no policy allows the ${action} action`;
  if (decision.why === "beyond the boundary") return `because no permissions boundary allows the ${action} action`;
  const [match] = decision.by;
  return `with an explicit deny in statement ${match?.statement.id} of policy ${match?.statement.policy}`;
}

export function createAuthorizer({ emulator, onDenied = () => {} }: AuthorizerOptions): Authorizer {
  const policies = createPolicies(emulator);
  const storeKeys = createStoreKeys(emulator);
  const exercise = createExercise();

  async function decide(role: string, { action, resource }: Permission, context: Context, since?: number) {
    const [roles, ofResource] = await Promise.all([policies.roles(since), policies.ofResource(resource, since)]);
    const { identity = [], boundary, tags = [] } = roles.get(role) ?? {};
    return evaluate(
      { caller: { role }, action, resource, context: new Map([...context, ...tags]), knows: isKnownKey },
      {
        identity,
        ...(boundary === undefined ? {} : { boundary }),
        // A role's trust policy is judged where the role is taken on. One that names the caller itself is permission enough.
        ...(action === "sts:AssumeRole" ? { resource: roles.get(resource)?.trust ?? [] } : {}),
        ...(ofResource === undefined ? {} : { resource: ofResource }),
        // A role's own policies count only where the key's leaves it to the account.
        ...(action.startsWith("kms:")
          ? { resource: ofResource ?? leftToAccount(emulator), resourceDecides: true }
          : {}),
      },
    );
  }

  /** Why not; `undefined`: it may. */
  async function refusal(role: string, permission: Permission, context: Context): Promise<string | undefined> {
    const asked = performance.now();
    try {
      let decision = await decide(role, permission, context);
      // Nobody is refused by what stood there a moment ago.
      if (!decision.allowed) decision = await decide(role, permission, context, asked);
      if (!decision.allowed) return reason(decision, permission.action);
      exercise.note(role, decision.by);
      return undefined;
    } catch (error) {
      if (error instanceof PolicyError) return `because ${error.message}`;
      throw error;
    }
  }

  /** What the stores' services ask KMS in the caller's name. */
  async function ofKeys(needs: AuthorizationRequest["keys"], context: Context) {
    const asked = needs.map(async ({ store, actions }) => {
      const [, , service = ""] = store.split(":");
      const key = await storeKeys.of(store);
      if (key === undefined) return [];
      const seen = throughService(context, service, emulator);
      return actions.map((action) => ({ permission: { action, resource: key }, context: seen }));
    });
    return (await Promise.all(asked)).flat();
  }

  return {
    async authorize({ caller, permissions, keys, context }) {
      const asked = permissions.map((permission) => ({ permission, context }));
      for (const { permission, context: seen } of [...asked, ...(await ofKeys(keys, context))]) {
        const why = await refusal(caller, permission, seen);
        if (why === undefined) continue;
        onDenied({ caller, ...permission, why });
        return { allowed: false, denied: permission, why };
      }
      return { allowed: true };
    },
    exercised: async () => exercise.of(await policies.roles(performance.now())),
    stop() {
      policies.destroy();
      storeKeys.destroy();
    },
  };
}
