/**
 * What of a declaration a reader does not know. A property that nobody has thought of must not count as absent: each reader lists
 * the properties that it heeds, or that do not concern it, and everything else that is set is reported by its path.
 */

/** By path: `tags`, `blockDeviceMappings[].ebs.volumeSize`. What stands under a listed path is known with it. */
export interface KnownProperties {
  /** Heeded, or without any bearing on what the reader tells. */
  readonly known: readonly string[];
  /** Without bearing as long as the value is one of these; any other one is reported. */
  readonly only?: Readonly<Record<string, readonly unknown[]>>;
}

/** Absent, as providers have it: nothing, or an empty list or object. */
function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Booleans and numbers may stand as text, as Pulumi's schema has some of them. */
const equal = (a: unknown, b: unknown) => a === b || String(a) === String(b);

/** Paths of all properties that are set and not known, lists as `[]`, each once. */
export function unreadProperties(
  inputs: Readonly<Record<string, unknown>>,
  { known, only = {} }: KnownProperties,
): string[] {
  const listed = [...known, ...Object.keys(only)];
  const found = new Set<string>();
  function look(value: unknown, path: string): void {
    if (isAbsent(value) || known.includes(path)) return;
    const allowed = only[path];
    if (allowed !== undefined) {
      if (!allowed.some((each) => equal(each, value))) found.add(path);
      return;
    }
    const leads = listed.some((each) => each.startsWith(`${path}.`) || each.startsWith(`${path}[].`));
    if (!leads || typeof value !== "object") found.add(path);
    else if (Array.isArray(value)) for (const item of value) inside(item, `${path}[].`);
    else inside(value, `${path}.`);
  }
  function inside(value: unknown, prefix: string): void {
    if (typeof value !== "object" || value === null) return;
    for (const [key, item] of Object.entries(value)) look(item, prefix + key);
  }
  inside(inputs, "");
  return [...found];
}
