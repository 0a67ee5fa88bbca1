/** A transition as the parts of DynamoDB's UpdateItem. Every name and value goes through a placeholder. */
import type { Condition, Transition } from "../jobs/transition.ts";

export interface UpdateParts {
  readonly ConditionExpression: string;
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** Hands out placeholders, the same one for the same name. */
function placeholders() {
  const names = new Map<string, string>();
  const values = new Map<string, unknown>();
  return {
    name(attribute: string): string {
      const known = names.get(attribute) ?? `#n${names.size}`;
      names.set(attribute, known);
      return known;
    },
    value(value: unknown): string {
      const placeholder = `:v${values.size}`;
      values.set(placeholder, value);
      return placeholder;
    },
    parts: () => ({
      ExpressionAttributeNames: Object.fromEntries([...names].map(([attribute, name]) => [name, attribute])),
      ...(values.size === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(values) }),
    }),
  };
}

/** @param key name of the table's key attribute: the item must exist in any case. */
export function updateOf(transition: Transition, key: string): UpdateParts {
  const { name, value, parts } = placeholders();
  const test = (condition: Condition): string => {
    const attribute = name(condition.attribute);
    switch (condition.is) {
      case "absent":
        return `attribute_not_exists(${attribute})`;
      case "present":
        return `attribute_exists(${attribute})`;
      case "equal":
        return `${attribute} = ${value(condition.to)}`;
      case "different":
        return `${attribute} <> ${value(condition.to)}`;
      case "before":
        return `${attribute} < ${value(condition.to)}`;
      case "after":
        return `${attribute} > ${value(condition.to)}`;
    }
  };
  const alternatives = transition.when.map((all) => `(${all.map(test).join(" AND ")})`);
  if (alternatives.length === 0) throw new Error(`transition ${transition.name} is allowed nowhere`);

  const sets = Object.entries(transition.set).filter(([, set]) => set !== undefined);
  const adds = Object.entries(transition.add ?? {});
  const clauses = [
    ["SET", sets.map(([attribute, set]) => `${name(attribute)} = ${value(set)}`)],
    ["REMOVE", (transition.remove ?? []).map(name)],
    ["ADD", adds.map(([attribute, by]) => `${name(attribute)} ${value(by)}`)],
  ] as const;
  return {
    ConditionExpression: `attribute_exists(${name(key)}) AND (${alternatives.join(" OR ")})`,
    UpdateExpression: clauses
      .filter(([, changes]) => changes.length > 0)
      .map(([keyword, changes]) => `${keyword} ${changes.join(", ")}`)
      .join(" "),
    ...parts(),
  };
}
