// The examples that `--help` prints are commands that the program takes.
import test from "ava";
import { unknownCommands } from "../support/text/commands.ts";
import { commandWorld } from "../support/text/documents.ts";
import { findingText } from "../support/text/finding.ts";
import type { Document } from "../support/text/markdown.ts";
import { helpTexts } from "../support/text/program.ts";

const nothing = { links: [], anchors: new Set<string>(), undefinedReferences: [], inlineCode: [], madeByReader: [] };

/** The lines behind "Examples:", as a script; a file of its own is what a finding names. */
function examplesOf(command: string, help: string): Document | undefined {
  const lines = help.split("\n");
  const heading = lines.indexOf("Examples:");
  if (heading === -1) return undefined;
  const end = lines.findIndex((line, index) => index > heading && !line.startsWith("  "));
  const text = lines.slice(heading + 1, end === -1 ? undefined : end).join("\n");
  return { ...nothing, file: `annofarm ${command} --help`, blocks: [{ text, line: heading + 2, language: "sh" }] };
}

test("every example of the commands' help is a command that exists", (t) => {
  const examples = helpTexts().flatMap(({ command, text }) => examplesOf(command, text) ?? []);
  t.true(examples.length >= 12, String(examples.length));
  t.deepEqual(examples.flatMap((document) => unknownCommands(document, commandWorld)).map(findingText), []);
});

test("a wrong example is found", (t) => {
  const help = "Usage: annofarm plan\n\nExamples:\n  annofarm plan\n  annofarm plan --jsn\n\nMore.\n";
  const found = unknownCommands(examplesOf("plan", help) as Document, commandWorld).map(findingText);
  t.is(found.length, 1);
  t.regex(found[0] ?? "", /^annofarm plan --help:5: annofarm plan --jsn: unknown option '--jsn'/);
});
