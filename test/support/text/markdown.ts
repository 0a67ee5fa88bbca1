/** A Markdown document as its checks see it: what it links, what can be linked in it, and the code it shows. */
import GithubSlugger from "github-slugger";
import type { Heading, Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { parse as parseHtml } from "node-html-parser";
import { visit } from "unist-util-visit";

/** A piece of text of the document. */
export interface Piece {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface CodeBlock extends Piece {
  /** What stands behind the fence; empty: nothing. `line` is the first of the code. */
  readonly language: string;
}

export interface Document {
  readonly file: string;
  /** Targets of links and sources of pictures, as they are written, those in HTML too. */
  readonly links: readonly Piece[];
  /** What may stand behind `#` in a link to this document. */
  readonly anchors: ReadonlySet<string>;
  /** `[text][name]` whose name is defined nowhere. */
  readonly undefinedReferences: readonly Piece[];
  readonly inlineCode: readonly Piece[];
  readonly blocks: readonly CodeBlock[];
  /**
   * Files that a recipe has its reader make, and settings as `annofarm:name`: what a comment of the form
   * `made by the reader: a/file.ts, annofarm:name` lists.
   */
  readonly madeByReader: readonly string[];
}

const lineOf = (node: Nodes): number => node.position?.start.line ?? 1;

/** The words of a heading, without its markup. */
function wordsOf(heading: Heading): string {
  let words = "";
  visit(heading, (node) => {
    if ("value" in node && node.type !== "html") words += node.value;
  });
  return words;
}

function anchorsOf(tree: Root): Set<string> {
  const anchors = new Set<string>();
  const slugger = new GithubSlugger();
  visit(tree, (node) => {
    if (node.type === "heading") anchors.add(slugger.slug(wordsOf(node)));
    if (node.type !== "html") return;
    for (const element of parseHtml(node.value).querySelectorAll("[id], a[name]")) {
      anchors.add(element.getAttribute("id") ?? element.getAttribute("name") ?? "");
    }
  });
  return anchors;
}

/** `href`, `src` and `srcset` of a piece of HTML that begins at `line`. */
function linksOfHtml(html: string, line: number): Piece[] {
  return parseHtml(html)
    .querySelectorAll("[href], [src], [srcset]")
    .flatMap((element) => {
      const sources = (element.getAttribute("srcset") ?? "").split(",").map((each) => each.trim().split(/\s+/)[0]);
      const targets = [element.getAttribute("href"), element.getAttribute("src"), ...sources];
      const at = line + html.slice(0, element.range[0]).split("\n").length - 1;
      return targets.filter((target) => target !== undefined && target !== "").map((text) => ({ text, line: at }));
    }) as Piece[];
}

function linksOf(tree: Root): Piece[] {
  const links: Piece[] = [];
  visit(tree, (node) => {
    const line = lineOf(node);
    if (node.type === "link" || node.type === "image" || node.type === "definition") {
      links.push({ text: node.url, line });
    }
    if (node.type === "html") links.push(...linksOfHtml(node.value, line));
  });
  return links;
}

// The parser takes a reference without a definition for plain text.
function undefinedReferencesOf(tree: Root): Piece[] {
  const found: Piece[] = [];
  visit(tree, "text", (node) => {
    for (const { 0: text, index } of node.value.matchAll(/\[[^[\]]+\]\[[^[\]]*\]/g)) {
      found.push({ text, line: lineOf(node) + node.value.slice(0, index).split("\n").length - 1 });
    }
  });
  return found;
}

function madeByReaderOf(tree: Root): string[] {
  const made: string[] = [];
  visit(tree, "html", ({ value }) => {
    const [, list] = /^<!-- made by the reader: ([^>]*?)\s*-->$/s.exec(value) ?? [];
    if (list !== undefined) made.push(...list.split(/,\s+/));
  });
  return made;
}

export function readDocument(file: string, text: string): Document {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const inlineCode: Piece[] = [];
  const blocks: CodeBlock[] = [];
  visit(tree, (node) => {
    const line = lineOf(node);
    if (node.type === "inlineCode") inlineCode.push({ text: node.value, line });
    if (node.type === "code") blocks.push({ text: node.value, line: line + 1, language: node.lang ?? "" });
  });
  return {
    file,
    links: linksOf(tree),
    anchors: anchorsOf(tree),
    undefinedReferences: undefinedReferencesOf(tree),
    inlineCode,
    blocks,
    madeByReader: madeByReaderOf(tree),
  };
}
