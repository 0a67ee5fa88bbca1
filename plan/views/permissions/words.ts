/** A role's reach in sentences, for a terminal and for Markdown. */
import type { Hold, Other, RoleView } from "./reach.ts";
import type { Harm } from "./stores.ts";

const harms: Readonly<Record<Harm, string>> = {
  reads: "read",
  changes: "change",
  deletes: "delete",
  uses: "use",
};

const list = (names: readonly string[]) => names.join(", ");

/** `reads objects: bucket gas-inputs (gas/*); bucket gas-code (bundles/*)`: one line for each verb. */
function verbLines(holds: readonly Hold[], code: (text: string) => string): string[] {
  const byVerb = new Map<string, string[]>();
  for (const { verb, store, parts } of holds) {
    const scope = parts.length === 0 ? "" : ` (${list(parts.map(code))})`;
    const words = `${verb.words}: ${store.kind.kind}`;
    byVerb.set(words, [...(byVerb.get(words) ?? []), `${code(store.name)}${scope}`]);
  }
  return [...byVerb].map(([words, names]) => `${words} ${list(names)}`);
}

function otherLine({ actions, resources, conditions }: Other, code: (text: string) => string): string {
  const where = resources.every((resource) => resource === "*") ? "" : ` on ${list(resources.map(code))}`;
  return `${list(actions.map(code))}${where}${conditions.length === 0 ? "" : `, only if ${conditions.map(code).join(" and ")}`}`;
}

interface Paragraph {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What stands under a role's name. `code` marks names. */
function paragraphsOf(role: RoleView, code: (text: string) => string = (text) => text): Paragraph[] {
  const harmful = (Object.entries(harms) as [Harm, string][]).map(([harm, word]) => ({
    title: `can ${word}`,
    lines: verbLines(
      role.holds.filter(({ verb }) => verb.harm === harm),
      code,
    ),
  }));
  const reachless = new Map<string, string[]>();
  for (const { kind, name } of role.outOfReach) {
    reachless.set(kind.plural, [...(reachless.get(kind.plural) ?? []), code(name)]);
  }
  return [
    ...harmful,
    { title: "beside that", lines: role.others.map((other) => otherLine(other, code)) },
    { title: "AWS's own policies", lines: role.awsPolicies.map(code) },
    { title: "cannot touch", lines: [...reachless].map(([plural, names]) => `${plural} ${list(names)}`) },
  ].filter(({ lines }) => lines.length > 0);
}

/** Plain text, lines of at most `width` columns. */
export function textOfRoles(roles: readonly RoleView[], width = 80): string {
  return roles
    .map((role) => {
      const head = wrap(`${role.name}, taken on by ${list(role.assumedBy)}`, "", width);
      const body = paragraphsOf(role).flatMap(({ title, lines }) => [
        `  ${title}`,
        ...lines.flatMap((line) => wrap(line, "    ", width)),
      ]);
      return [...head, ...body, ""].join("\n");
    })
    .join("\n");
}

/** Breaks at spaces; a word that is longer than a line stands alone. */
function wrap(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    const start = line.trim() === "";
    if (!start && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}  ${word}`;
    } else line = start ? `${line}${word}` : `${line} ${word}`;
  }
  return [...lines, line];
}

const code = (text: string) => `\`${text}\``;

/** A section for each role. */
export function markdownOfRoles(roles: readonly RoleView[]): string {
  return roles
    .map((role) => {
      const head = [`### ${role.name}`, "", `${role.description}. Taken on by ${list(role.assumedBy.map(code))}.`, ""];
      const rows = paragraphsOf(role, code).map(
        ({ title, lines }) => `| ${title} | ${lines.map((line) => line.replaceAll("|", "\\|")).join("<br/>")} |`,
      );
      return [...head, "| A thief of its credentials | |", "|---|---|", ...rows, ""].join("\n");
    })
    .join("\n");
}
