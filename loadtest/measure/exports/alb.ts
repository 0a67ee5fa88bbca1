/**
 * Access logs of an Application Load Balancer, as it puts them into its bucket: fields parted by spaces, some of them quoted.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
 */
import { at, broken, shown } from "./errors.ts";
import type { LineReader } from "./reader.ts";
import type { SecondCounts } from "./span.ts";

/** Of the first field; AWS says to ignore others. */
export const albTypes: ReadonlySet<string> = new Set(["http", "https", "h2", "grpcs", "ws", "wss"]);

/** Positions of the fields that are looked at. */
const field = { time: 1, elb: 2, target: 4, elbStatus: 8, group: 16, created: 21, actions: 22 } as const;
/** Entries of 2018 have so many; AWS adds fields at the end. */
const fieldsLeast = 25;

/**
 * Fields of one entry, without their quotes. Within quotes a backslash makes the character after it plain.
 *
 * @returns in words, what is wrong with it.
 */
function fieldsOf(entry: string): string[] | string {
  const fields: string[] = [];
  let index = 0;
  while (index < entry.length) {
    if (entry[index] === '"') {
      let value = "";
      for (index++; entry[index] !== '"'; index++) {
        if (index >= entry.length) return "a quoted field without its end";
        if (entry[index] === "\\" && index + 1 < entry.length) index++;
        value += entry[index];
      }
      index++;
      if (index < entry.length && entry[index] !== " ") return "a quoted field that no space follows";
      fields.push(value);
    } else {
      const space = entry.indexOf(" ", index);
      const end = space === -1 ? entry.length : space;
      fields.push(entry.slice(index, end));
      index = end;
    }
    index++;
  }
  return fields;
}

/** Forwarded to no target, because the balancer answers by itself or found the request bad: not the farm's work. */
function isBalancersOwn(fields: readonly string[]): boolean {
  if (fields[field.target] !== "-") return false;
  if (/redirect|fixed-response/.test(fields[field.actions] ?? "")) return true;
  return (fields[field.elbStatus] ?? "").startsWith("4");
}

const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;
const namesMost = 20;

export function createAlbReader(counts: SecondCounts): LineReader {
  let [own, foreign] = [0, 0];
  const balancers = new Set<string>();
  const groups = new Set<string>();
  const keep = (names: Set<string>, name: string) => {
    if (name !== "-" && name !== "" && names.size < namesMost) names.add(name);
  };

  return {
    line(file, text, number) {
      const fields = fieldsOf(text);
      if (typeof fields === "string") {
        throw new RangeError(
          `${at(file, number)} has ${fields}: ${shown(text)}; an entry of an access log was expected`,
        );
      }
      if (fields.length < fieldsLeast) {
        const expected = `an access log's entry: it has ${fields.length} fields, and an entry has ${fieldsLeast} or more`;
        throw broken(at(file, number), text, expected);
      }
      if (!albTypes.has(fields[0] as string)) {
        foreign++;
        return;
      }
      const created = fields[field.created] as string;
      const time = instantForm.test(created) ? Date.parse(created) : Number.NaN;
      if (Number.isNaN(time)) {
        throw broken(at(file, number), created, "a request_creation_time such as 2026-11-20T09:00:00.364000Z");
      }
      if (isBalancersOwn(fields)) {
        own++;
        return;
      }
      keep(balancers, fields[field.elb] as string);
      keep(groups, fields[field.group] as string);
      counts.add(time);
    },
    remarks: () => [
      ...(own > 0
        ? [`${own} requests that the balancer answered by itself (redirects, bad requests) are left out`]
        : []),
      ...(foreign > 0 ? [`${foreign} entries of types other than ${[...albTypes].join(", ")} are left out`] : []),
      ...(balancers.size > 1
        ? [`requests to ${balancers.size} balancers are added up: ${[...balancers].join(", ")}`]
        : []),
      ...(groups.size > 1 ? [`requests to ${groups.size} target groups are added up: ${[...groups].join(", ")}`] : []),
    ],
  };
}
