// Whoever takes a component reads its types: each public one says what it is, and each optional argument what omission means.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import ts from "typescript";

const folder = fileURLToPath(new URL("../../components/", import.meta.url));
const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(folder + file, "utf8"), ts.ScriptTarget.ES2023, true);

/** Names that components/index.ts exports. */
const exported = new Set(
  parse("index.ts").statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [],
  ),
);

const docOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .map((doc) => doc.getText())
    .join("\n");

/** Raw resources and transforms have the names of what they are of, and the types of the provider's own documentation. */
const speaksForItself = (name: string) => /(Nodes|Transform)$/.test(name);
const isInput = (name: string) => /(Args|Scaling|Size)$/.test(name);
const isHidden = (member: ts.ClassElement) =>
  ts.isPrivateIdentifier(member.name ?? member) ||
  (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;

function findings(file: string): string[] {
  return parse(file).statements.flatMap((statement) => {
    if (
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isClassDeclaration(statement) &&
      !ts.isFunctionDeclaration(statement)
    ) {
      return [];
    }
    const name = statement.name?.text ?? "";
    if (!exported.has(name)) return [];
    const own = docOf(statement) === "" && !speaksForItself(name) ? [`${name} says nothing`] : [];
    if (ts.isFunctionDeclaration(statement) || speaksForItself(name)) return own;
    const members = ts.isClassDeclaration(statement)
      ? statement.members.filter((member) => ts.isPropertyDeclaration(member) && !isHidden(member))
      : statement.members.filter(ts.isPropertySignature);
    return [
      ...own,
      ...members.flatMap((member) => {
        const path = `${name}.${member.name?.getText()}`;
        const doc = docOf(member);
        if (doc === "") return [`${path} says nothing`];
        const optional = ts.isPropertySignature(member) && member.questionToken !== undefined;
        // Where only one type is possible there is nothing to omit: `app?: undefined`.
        const fixed = ts.isPropertySignature(member) && member.type?.kind === ts.SyntaxKind.UndefinedKeyword;
        return optional && !fixed && isInput(name) && !/@default/.test(doc)
          ? [`${path} does not say what omission means`]
          : [];
      }),
    ];
  });
}

test("everything public says what it is, and every optional argument what omission means", (t) => {
  t.true(exported.has("WebFarmArgs"));
  t.deepEqual(
    readdirSync(folder)
      .filter((file) => file.endsWith(".ts"))
      .flatMap(findings),
    [],
  );
});
