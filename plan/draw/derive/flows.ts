/** All flows of a plan: those that resources declare, and those that roles permit. */
import type { Flow } from "../picture.ts";
import { type Movement, movementsTo, sendsMail } from "./actions.ts";
import type { Actor } from "./actors.ts";
import type { Permission } from "./permissions.ts";
import { wordsOf } from "./read.ts";
import type { References } from "./references.ts";
import { declaredFlows, people } from "./relations.ts";

/** Mail that leaves without an identity of the program's own. */
const mailService = "mail";
const identities = /^aws:ses(v2)?\/\w*[iI]dentity:/;

interface Access {
  readonly to: string;
  readonly movements: Movement[];
  /** From the first statement whose Sid says in words what is written. */
  purpose?: string;
}

function accessesOf(permissions: readonly Permission[], references: References): Access[] {
  const accesses = new Map<string, Access>();
  for (const { sid, actions, resources } of permissions) {
    for (const resource of new Set(resources.flatMap((arn) => references.covered(arn)))) {
      const movements = movementsTo(resource.type, actions);
      if (movements.length === 0) continue;
      const access = accesses.get(resource.urn) ?? { to: resource.urn, movements: [] };
      access.movements.push(...movements);
      const words = sid === undefined ? "" : wordsOf(sid);
      const writes = movements.some(({ direction, kind }) => direction === "out" && kind === "data");
      if (writes && words.includes(" ")) access.purpose ??= words;
      accesses.set(resource.urn, access);
    }
  }
  return [...accesses.values()];
}

/** `restore` or `archive` where that is what it is about; else what happens to the data. */
function labelOf({ purpose, movements }: Access): string {
  if (purpose !== undefined) return purpose;
  const verbs = new Set(movements.map(({ verb }) => verb));
  for (const special of ["archive", "restore"]) if (verbs.has(special)) return special;
  const reads = verbs.delete("read");
  const writes = verbs.size > 1 ? "write" : [...verbs][0];
  return [reads ? "read" : undefined, writes].filter((verb) => verb !== undefined).join(", ");
}

function dataFlow(actor: string, access: Access): Flow[] {
  const data = access.movements.filter(({ kind }) => kind === "data");
  if (data.length === 0) return [];
  const reads = data.some(({ direction }) => direction === "in");
  const writes = data.some(({ direction }) => direction === "out");
  const [from, to] = writes ? [actor, access.to] : [access.to, actor];
  return [
    { from, to, kind: "data", label: labelOf({ ...access, movements: data }), both: reads && writes, minor: false },
  ];
}

function messageFlows(actor: string, { to, movements }: Access): Flow[] {
  const others = movements.filter(({ kind }) => kind !== "data");
  const unique = new Map(others.map((movement) => [`${movement.kind} ${movement.direction}`, movement]));
  return [...unique.values()].map(({ kind, direction, verb }) => ({
    from: direction === "out" ? actor : to,
    to: direction === "out" ? to : actor,
    kind,
    // That a topic is published to goes without saying.
    label: direction === "in" || verb === "publish" ? "" : verb,
    both: false,
    minor: false,
  }));
}

function mailFlows(actor: string, permissions: readonly Permission[], references: References): Flow[] {
  const sending = permissions.filter(({ actions }) => actions.some(sendsMail));
  if (sending.length === 0) return [];
  const declared = references.plan.resources.find(({ type }) => identities.test(type))?.urn ?? mailService;
  return [
    { from: actor, to: declared, kind: "mail", label: "send", both: false, minor: false },
    { from: declared, to: people, kind: "mail", label: "mail", both: false, minor: false },
  ];
}

/** Flows between URNs and actors' ids, each once, in the plan's order. */
export function flowsOf(
  references: References,
  actors: readonly Actor[],
  permissions: ReadonlyMap<string, readonly Permission[]>,
): Flow[] {
  const permitted = actors.flatMap(({ id, roles }) => {
    const own = roles.flatMap((role) => permissions.get(role) ?? []);
    const accesses = accessesOf(own, references).filter(({ to }) => to !== id && !identitiesHold(references, to));
    return [
      ...accesses.flatMap((access) => [...messageFlows(id, access), ...dataFlow(id, access)]),
      ...mailFlows(id, own, references),
    ];
  });
  const unique = new Map<string, Flow>();
  for (const each of [...declaredFlows(references), ...permitted]) {
    const key = `${each.from} ${each.to} ${each.kind}`;
    if (!unique.has(key)) unique.set(key, each);
  }
  return [...unique.values()];
}

const identitiesHold = (references: References, urn: string) =>
  references.plan.resources.some((resource) => resource.urn === urn && identities.test(resource.type));
