import { InvalidCursorError } from "../jobs/errors.ts";

type Key = Readonly<Record<string, string | number>>;

/** DynamoDB's last evaluated key, as an opaque text that is safe in a URL. */
export function cursorOf(list: string, key: Record<string, unknown> | undefined): { cursor?: string } {
  if (key === undefined) return {};
  return { cursor: Buffer.from(JSON.stringify([list, key])).toString("base64url") };
}

/**
 * The key inside a cursor. A cursor can come from anybody: it must be of this list, hold exactly the attributes of the
 * list's key with their types, as DynamoDB takes them, and repeat the values in `fixed` (whose jobs, which topic), so that it cannot be moved to
 * another user's list.
 *
 * @throws {InvalidCursorError}
 */
export function keyOf(
  list: string,
  cursor: string,
  types: Readonly<Record<string, "string" | "number">>,
  fixed: Key,
): Key {
  const invalid = () => new InvalidCursorError("the cursor was not made by this list; start from its first page");
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw invalid();
  }
  if (!Array.isArray(parsed) || parsed.length !== 2 || parsed[0] !== list) throw invalid();
  const key: unknown = parsed[1];
  if (typeof key !== "object" || key === null) throw invalid();
  const entries = Object.entries(key);
  if (entries.length !== Object.keys(types).length) throw invalid();
  for (const [name, value] of entries) {
    if (!Object.hasOwn(types, name) || !isKeyValue(value, types[name])) throw invalid();
    if (Object.hasOwn(fixed, name) && value !== fixed[name]) throw invalid();
  }
  return key as Key;
}

/** Ids and whole seconds, within what an index's key may hold: 1 to 1,024 bytes. */
function isKeyValue(value: unknown, type: "string" | "number" | undefined): boolean {
  if (type === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  return type === "string" && typeof value === "string" && value !== "" && Buffer.byteLength(value) <= 1_024;
}
