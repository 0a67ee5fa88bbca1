/** The query protocol's two shapes: parameters with dotted names in, XML with `member` lists out. */
import type { Answer } from "./call.ts";
import { xmlText } from "./errors.ts";

/** A structure of texts. */
export interface QueryMap {
  readonly [name: string]: QueryValue;
}
export type QueryValue = string | readonly QueryValue[] | QueryMap;

/** Text, list or structure; `undefined` entries are left out. */
export type XmlValue =
  | string
  | number
  | boolean
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue | undefined };

function nested(entries: readonly (readonly [path: readonly string[], value: string])[]): QueryValue {
  const [only] = entries;
  if (entries.length === 1 && only?.[0].length === 0) return only[1];
  const names = [...new Set(entries.map(([[name = ""]]) => name))];
  const below = (name: string) =>
    nested(entries.filter(([[first]]) => first === name).map(([[, ...path], value]) => [path, value] as const));
  if (names.length === 1 && names[0] === "member") {
    const members = entries.map(([[, index = "", ...path], value]) => ({ index, path, value }));
    const indexes = [...new Set(members.map(({ index }) => index))].sort((a, b) => Number(a) - Number(b));
    return indexes.map((index) =>
      nested(members.filter((each) => each.index === index).map(({ path, value }) => [path, value] as const)),
    );
  }
  return Object.fromEntries(names.map((name) => [name, below(name)]));
}

/** `{ "A.B": "1", "A.C.member.1": "x" }` → `{ A: { B: "1", C: ["x"] } }`. */
export function queryInput(input: Readonly<Record<string, unknown>>): QueryMap {
  const entries = Object.entries(input).map(([name, value]) => [name.split("."), String(value)] as const);
  return entries.length === 0 ? {} : (nested(entries) as QueryMap);
}

/** Elements by name; lists as `member` elements. */
export function xml(value: XmlValue): string {
  if (Array.isArray(value)) return value.map((each) => `<member>${xml(each)}</member>`).join("");
  if (typeof value !== "object") return xmlText(String(value));
  return Object.entries(value)
    .map(([name, each]) => (each === undefined ? "" : `<${name}>${xml(each)}</${name}>`))
    .join("");
}

const namespaces = {
  autoscaling: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
  monitoring: "http://monitoring.amazonaws.com/doc/2010-08-01/",
} as const;

/** The answer to a call of a service by its signing name. */
export function queryAnswer(
  service: keyof typeof namespaces,
  action: string,
  requestId: string,
  result: XmlValue,
): Answer {
  const body =
    `<${action}Response xmlns="${namespaces[service]}">` +
    `<${action}Result>${xml(result)}</${action}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(body) };
}
