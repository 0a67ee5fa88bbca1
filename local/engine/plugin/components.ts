/** awsx's components: the engine asks the provider to construct them, as a component with one child that is all of it. */

/** The child that brings a whole component to life → the type whose handler does it. */
const wholes: Readonly<Record<string, string>> = { "awsx:emulated:Vpc": "awsx:ec2:Vpc" };

/** The type under which handlers and rules know a resource. */
export function handledType(type: string): string {
  return wholes[type] ?? type;
}

/**
 * The type of the child that brings a component to life.
 *
 * @throws {Error} naming a component that nothing here constructs.
 */
export function wholeOf(component: string): string {
  const [whole] = Object.entries(wholes).find(([, handled]) => handled === component) ?? [];
  if (whole !== undefined) return whole;
  throw new Error(
    `nothing here constructs the component ${component}; there are ${Object.values(wholes).sort().join(", ")}`,
  );
}

/** Whether it is such a child. */
export function isWhole(type: string): boolean {
  return type in wholes;
}
