/**
 * Event patterns of EventBridge: what a rule asks of an event. Values that are named in full are compared; the operators that
 * stand in objects (`prefix`, `anything-but`, …) are refused when the rule is declared.
 * Source: Amazon EventBridge User Guide, "Creating event patterns".
 */

interface EventPattern {
  readonly [field: string]: EventPattern | readonly (string | number | boolean | null)[];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check(pattern: Record<string, unknown>, path: string): void {
  for (const [field, wanted] of Object.entries(pattern)) {
    const at = path === "" ? field : `${path}.${field}`;
    if (isObject(wanted)) check(wanted, at);
    else if (!Array.isArray(wanted))
      throw new Error(`Event pattern is not valid. Reason: "${at}" must be an object or an array`);
    else if (wanted.some((each) => typeof each === "object" && each !== null)) {
      throw new Error(
        `event pattern: ${at} has an operator, and the emulator compares whole values only; name the values`,
      );
    }
  }
}

/** @throws {Error} for a text that is no pattern, and for an operator that is not played here. */
export function readPattern(text: string): EventPattern {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch (cause) {
    throw new Error(`Event pattern is not valid. Reason: ${(cause as Error).message}`, { cause });
  }
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error("Event pattern is not valid. Reason: Filter is not an object, or is empty");
  }
  check(pattern, "");
  return pattern as EventPattern;
}

/** Whether the event has, for every field of the pattern, one of the values that the pattern names. */
export function matches(pattern: EventPattern, event: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const found = event[field];
    if (!Array.isArray(wanted)) return isObject(found) && matches(wanted as EventPattern, found);
    return (Array.isArray(found) ? found : [found]).some((each) => wanted.includes(each));
  });
}
