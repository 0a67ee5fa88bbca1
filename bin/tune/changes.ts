/** What a setting changes in a stack's file, and the commands that do it. */
import { stringify } from "yaml";

export interface Change {
  /** With its namespace. */
  readonly key: string;
  /** `undefined`: the file says nothing of it. */
  readonly before: string | undefined;
  readonly after: string;
}

/** Keys that the program is to be configured by, against those that the stack's file has. */
export function changesOf(file: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): Change[] {
  return Object.entries(wanted)
    .filter(([key, value]) => file[key] !== value)
    .map(([key, after]) => ({ key, before: file[key], after }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

const yamlLine = (key: string, value: string): string =>
  // A number stands as it is: Pulumi hands every value on as text.
  stringify({ [key]: /^\d+$/.test(value) ? Number(value) : value }, { lineWidth: 0 }).trimEnd();

/** Lines of a diff of the stack's file. */
export const diffLines = (changes: readonly Change[]): string[] =>
  changes.flatMap(({ key, before, after }) => [
    ...(before === undefined ? [] : [`-  ${yamlLine(key, before)}`]),
    `+  ${yamlLine(key, after)}`,
  ]);

const quoted = (value: string): string => (/^[\w.:/-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`);

export const commandLines = (changes: readonly Change[], stack: string): string[] =>
  changes.map(({ key, after }) => `pulumi config set ${key} ${quoted(after)} --stack ${stack}`);
