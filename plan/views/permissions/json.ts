import type { RoleView } from "./reach.ts";

/** The views as JSON text in a stable order, for other tools. */
export function jsonOfRoles(roles: readonly RoleView[]): string {
  const document = roles.map(({ holds, outOfReach, ...role }) => ({
    ...role,
    can: holds.map(({ store, verb, parts }) => ({
      harm: verb.harm,
      action: verb.action,
      kind: store.kind.kind,
      name: store.name,
      arn: store.arn,
      parts,
    })),
    cannotTouch: outOfReach.map(({ kind, name, arn }) => ({ kind: kind.kind, name, arn })),
  }));
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
