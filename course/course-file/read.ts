/** course.yaml → Course; everything that is wrong with the file in one error. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type * as z from "zod";
import { meantInstead } from "../../runtime/contract/nearest.ts";
import { inOrder, type Mistake, MistakesError } from "../mistakes.ts";
import { disagreements } from "./agreement.ts";
import type { Course } from "./course.ts";
import { courseSchema, knownKeys } from "./schema.ts";

type Path = readonly PropertyKey[];

/** As its writer knows it: `budgets.brake[0].at`. */
const pathText = (path: Path): string =>
  path.reduce<string>((before, key) => {
    if (typeof key === "number") return `${before}[${key}]`;
    return before === "" ? String(key) : `${before}.${String(key)}`;
  }, "");

const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], document);

const longestShown = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

/** The value, the bound and the fix. */
function reasonOf(value: unknown, rule: string): string {
  if (value === undefined) return `is missing; give ${rule}`;
  if (value === null) return `is empty; give ${rule}`;
  return `${shown(value)} is not valid; give ${rule}`;
}

function unknownKey(path: Path): string {
  const known = knownKeys[pathText(path.slice(0, -1)).replace(/\[\d+\]/g, "[]")] ?? [];
  return `is not a setting of a course${meantInstead(String(path.at(-1)), known)} Remove it or correct its name`;
}

function mistakesIn(document: unknown, issues: readonly z.core.$ZodIssue[], lineOf: (path: Path) => number): Mistake[] {
  const at = (path: Path, reason: string): Mistake => ({ line: lineOf(path), path: pathText(path), reason });
  const fields = issues.flatMap((issue): Mistake[] => {
    if (issue.code !== "unrecognized_keys") {
      return [at(issue.path, reasonOf(valueAt(document, issue.path), issue.message))];
    }
    return issue.keys.map((key) => at([...issue.path, key], unknownKey([...issue.path, key])));
  });
  return [...fields, ...disagreements(document).map((found) => at(found.at, found.reason))];
}

/** The parsed document and the line of each path: of the nearest thing above it where a setting is missing. */
function parseYaml(file: string, text: string): { document: unknown; lineOf: (path: Path) => number } {
  const lineCounter = new LineCounter();
  const yaml = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  if (yaml.errors.length > 0) {
    const found = yaml.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), reason: `is not YAML: ${message}` }));
    throw new MistakesError(file, found);
  }
  const lineOf = (path: Path): number => {
    for (let length = path.length; length > 0; length--) {
      const node = yaml.getIn(path.slice(0, length), true) as { range?: readonly [number, ...number[]] } | undefined;
      if (node?.range != null) return lineAt(node.range[0]);
    }
    return 1;
  };
  return { document: yaml.toJS({ maxAliasCount: 100 }) ?? {}, lineOf };
}

/** Sets nothing that is absent. */
function courseOf(settings: z.output<typeof courseSchema>, directory: string): Course {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return {
    ...(given as unknown as Course),
    roster: resolve(directory, settings.roster),
    program: resolve(directory, settings.program),
  };
}

/**
 * @param text of course.yaml.
 * @param file its name, as errors give it; paths inside are relative to its folder.
 * @throws {MistakesError} with every mistake.
 */
export function parseCourse(text: string, file: string): Course {
  const { document, lineOf } = parseYaml(file, text);
  const parsed = courseSchema.safeParse(document);
  const mistakes = mistakesIn(document, parsed.error?.issues ?? [], lineOf);
  if (mistakes.length > 0 || !parsed.success) throw new MistakesError(file, inOrder(mistakes));
  return courseOf(parsed.data, dirname(resolve(file)));
}

/** @throws {MistakesError} with every mistake of the file; Node's error when it cannot be read. */
export async function readCourse(file: string): Promise<Course> {
  return parseCourse(await readFile(file, "utf8"), file);
}
