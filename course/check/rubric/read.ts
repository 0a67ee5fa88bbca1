/** rubric.yaml → Rubric; everything that is wrong with the file in one error. */
import { readFile } from "node:fs/promises";
import { LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import { meantInstead } from "../../../runtime/contract/nearest.ts";
import { inOrder, type Mistake, MistakesError } from "../../mistakes.ts";
import { checks } from "../checks/registry.ts";
import { itemSchema, type Rubric, type RubricItem, rubricSchema } from "./schema.ts";

type Path = readonly PropertyKey[];

const pathText = (path: Path): string => z.core.toDotPath([...path]);

const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], document);

function reasonOf(value: unknown, rule: string): string {
  if (value === undefined) return `is missing; give ${rule}`;
  const text = JSON.stringify(value) ?? String(value);
  return `${text.length > 60 ? `${text.slice(0, 60)}…` : text} is not valid; give ${rule}`;
}

const knownKeys: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(rubricSchema.shape),
  run: ["speed", "stack", "config", "capacity", "minutes"],
  items: Object.keys(itemSchema.shape),
};

function issuesOf(document: unknown, issues: readonly z.core.$ZodIssue[], at: Path, known: readonly string[]) {
  return issues.flatMap((issue): { path: Path; reason: string }[] => {
    const path = [...at, ...issue.path];
    if (issue.code !== "unrecognized_keys") {
      return [{ path, reason: reasonOf(valueAt(document, path), issue.message) }];
    }
    const words = issue.path.length === 0 ? known : (knownKeys[String(issue.path[0])] ?? known);
    return issue.keys.map((key) => ({
      path: [...path, key],
      reason: `is not known here${meantInstead(key, words)} Known: ${words.join(", ") || "none"}`,
    }));
  });
}

/** Names of a check's parameters. */
const parameterNames = (schema: z.ZodType): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : [];

function checkMistakes(document: unknown, item: RubricItem, at: Path): { path: Path; reason: string }[] {
  const found = checks[item.check];
  if (found === undefined) {
    const names = Object.keys(checks);
    return [
      {
        path: [...at, "check"],
        reason: `"${item.check}" is not a check${meantInstead(item.check, names)} Known: ${names.join(", ")}`,
      },
    ];
  }
  const parsed = found.parameters.safeParse(item.with);
  if (parsed.success) return [];
  return issuesOf(document, parsed.error.issues, [...at, "with"], parameterNames(found.parameters));
}

/** Ids that are given twice, and prerequisites that do not come before. */
function orderMistakes(items: readonly RubricItem[]): { path: Path; reason: string }[] {
  return items.flatMap((item, index) => {
    const before = items.slice(0, index).map(({ id }) => id);
    const twice = before.includes(item.id)
      ? [
          {
            path: ["items", index, "id"],
            reason: `${item.id} is also the id of an earlier item; give each item its own id`,
          },
        ]
      : [];
    const unknown = item.needs.flatMap((need, place) =>
      before.includes(need)
        ? []
        : [
            {
              path: ["items", index, "needs", place],
              reason: `"${need}" is not an earlier item${meantInstead(need, before)} Put prerequisites before the items that need them`,
            },
          ],
    );
    return [...twice, ...unknown];
  });
}

function parseYaml(file: string, text: string) {
  const lineCounter = new LineCounter();
  const yaml = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  if (yaml.errors.length > 0) {
    throw new MistakesError(
      file,
      yaml.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), reason: `is not YAML: ${message}` })),
    );
  }
  function lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const node = yaml.getIn(path.slice(0, length), true) as { range?: readonly [number, ...number[]] } | undefined;
      if (node?.range != null) return lineAt(node.range[0]);
    }
    return 1;
  }
  return { document: (yaml.toJS({ maxAliasCount: 100 }) ?? {}) as unknown, lineOf };
}

/**
 * @param file its name, as errors give it.
 * @throws {MistakesError} with every mistake: value, bound and fix, for a check the known ones and the nearest.
 */
export function parseRubric(text: string, file: string): Rubric {
  const { document, lineOf } = parseYaml(file, text);
  const parsed = rubricSchema.safeParse(document);
  const shape = issuesOf(document, parsed.error?.issues ?? [], [], knownKeys[""] ?? []);
  const given = (document as { items?: unknown }).items;
  // Items that are in order themselves are looked at even when others are not: all mistakes come together.
  const items = (Array.isArray(given) ? given : []).map((item) => itemSchema.safeParse(item).data);
  const ofChecks = items.flatMap((item, index) =>
    item === undefined ? [] : checkMistakes(document, item, ["items", index]),
  );
  const ofOrder = parsed.success ? orderMistakes(parsed.data.items) : [];
  const mistakes = [...shape, ...ofChecks, ...ofOrder].map(
    ({ path, reason }): Mistake => ({ line: lineOf(path), path: pathText(path), reason }),
  );
  if (mistakes.length > 0 || !parsed.success) throw new MistakesError(file, inOrder(mistakes));
  return parsed.data;
}

/** @throws {MistakesError} with every mistake of the file; Node's error when it cannot be read. */
export async function readRubric(file: string): Promise<Rubric> {
  return parseRubric(await readFile(file, "utf8"), file);
}
