/** The query protocol's two shapes: parameters with dotted names in, XML with `member` lists out. */
import type { Answer } from "./call.ts";
import { elementOf, printXml, type XmlValue } from "./xml-document.ts";

export type { XmlValue } from "./xml-document.ts";

/** A structure of texts. */
export interface QueryMap {
  readonly [name: string]: QueryValue;
}
export type QueryValue = string | readonly QueryValue[] | QueryMap;

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

const namespaces = {
  autoscaling: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
  monitoring: "http://monitoring.amazonaws.com/doc/2010-08-01/",
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
} as const;

/** The answer to a call of a service by its signing name. */
export function queryAnswer(
  service: keyof typeof namespaces,
  action: string,
  requestId: string,
  result: XmlValue,
): Answer {
  const value = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  const body = printXml(elementOf(`${action}Response`, value, { xmlns: namespaces[service] }));
  return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(body) };
}
