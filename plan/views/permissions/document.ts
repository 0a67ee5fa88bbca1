/** A generated section inside a document that people write. */
import { declaredPolicies } from "../../iam/roles.ts";
import type { Plan } from "../../types.ts";
import { graveActions, markdownOfGrave } from "./grave.ts";
import { roleViews } from "./reach.ts";
import { markdownOfRoles } from "./words.ts";

const begin = "<!-- generated: annofarm permissions -->";
const end = "<!-- end of generated -->";

/** The document with `section` between its markers. @throws {Error} when they are not there; `name` is told. */
export function withGenerated(document: string, section: string, name: string): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`${name} has no line "${begin}" followed by "${end}": put them where the section belongs`);
  }
  return `${document.slice(0, from)}${begin}\n\n${section}\n${document.slice(to)}`;
}

/** The section: what no role may, then each role. */
export function markdownOfPermissions(plan: Plan): string {
  return `${markdownOfGrave(graveActions(declaredPolicies(plan)))}\n${markdownOfRoles(roleViews(plan))}`;
}
