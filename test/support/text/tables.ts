/** Tables of a document, as rows of cells. */
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { visit } from "unist-util-visit";

function wordsOf(node: Nodes): string {
  let words = "";
  visit(node, (each) => {
    if ("value" in each) words += each.value;
  });
  return words;
}

/** Rows of the first table below a heading, without the row of titles. @throws {Error} when there is no such table. */
export function rowsUnder(text: string, heading: string): string[][] {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const from = tree.children.findIndex((node) => node.type === "heading" && wordsOf(node) === heading);
  const table = tree.children.slice(from + 1).find((node) => node.type === "table");
  if (from === -1 || table?.type !== "table") throw new Error(`there is no table under the heading "${heading}"`);
  return table.children.slice(1).map((row) => row.children.map(wordsOf));
}
