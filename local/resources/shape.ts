/** From Pulumi's shapes to those of AWS's APIs. */
import { sentName } from "../../runtime/contract/sent-names.ts";

export type Tags = Readonly<Record<string, string>>;

/** `{ Name: "web" }` → `[{ Key: "Name", Value: "web" }]`. */
export function tagList(tags: Tags | undefined): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags given with a call that creates: EC2 wants at least one, or the parameter left out. */
export function tagSpecifications<R extends string>(ResourceType: R, tags: Tags | undefined) {
  const Tags = tagList(tags);
  return Tags.length === 0 ? undefined : [{ ResourceType, Tags }];
}

/** `[{ Key: "Name", Value: "web" }]` → `{ Name: "web" }`. */
export function tagMap(
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Tags {
  return Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** What makes the tags `after` of the tags `before`: those to put (new or of another value) and the keys to take away. */
function tagChanges(before: Tags = {}, after: Tags = {}): { readonly put: Tags; readonly remove: string[] } {
  const put = Object.entries(after).filter(([key, value]) => before[key] !== value);
  return { put: Object.fromEntries(put), remove: Object.keys(before).filter((key) => !(key in after)) };
}

/** Brings tags up to date by a service's two calls, each made only when there is something to do. */
export async function putTagChanges(
  before: Tags | undefined,
  after: Tags | undefined,
  calls: { put(tags: Tags): Promise<unknown>; remove(keys: string[]): Promise<unknown> },
): Promise<void> {
  const { put, remove } = tagChanges(before, after);
  if (Object.keys(put).length > 0) await calls.put(put);
  if (remove.length > 0) await calls.remove(remove);
}

/** Leaves out what is undefined: AWS's clients would send some of it as empty. */
export function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Keys whose maps belong to the user: their keys are data. */
const ofTheUser = new Set(["tags", "dimensions", "metadata"]);

/** `{ imageId, ebs: { volumeSize } }` → `{ ImageId, Ebs: { VolumeSize } }`: Pulumi's names are AWS's, mostly but for the first letter. */
export function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      sentName(key),
      ofTheUser.has(key) && !Array.isArray(item) ? item : pascal(item),
    ]),
  );
}

/** `{ ImageId, Ebs: { VolumeSize } }` → `{ imageId, ebs: { volumeSize } }`: the way back. */
export function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.charAt(0).toLowerCase() + key.slice(1), camel(item)]),
  );
}

/** Some of Pulumi's booleans are the words "true" and "false", so that "not said" differs from false. */
export function truth(value: unknown): boolean | undefined {
  return value === undefined || value === "" ? undefined : value === true || value === "true";
}

/** Bounds that are numbers in text. */
export function numeric(value: unknown): number | undefined {
  return value === undefined || value === "" ? undefined : Number(value);
}
