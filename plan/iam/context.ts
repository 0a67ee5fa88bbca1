/** Condition keys of a request, by lower-case name: letter case does not count in them. A list where a key may have several. */
export type Context = ReadonlyMap<string, string | readonly string[]>;

export function contextOf(values: Readonly<Record<string, string | readonly string[] | undefined>>): Context {
  const context = new Map<string, string | readonly string[]>();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) context.set(key.toLowerCase(), value);
  return context;
}
