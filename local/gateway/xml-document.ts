/**
 * XML documents of requests and answers, as trees: all that the gateway reads or writes of XML goes through here. The reader is strict:
 * what the emulator's might understand otherwise (a document type with entities of its own, text beside elements, a second root) is no
 * document here.
 */
import sax from "sax";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its character data, with references resolved; blank in an element that has children. */
  readonly text: string;
}

interface Growing extends XmlElement {
  readonly children: Growing[];
  text: string;
}

/** @throws {SyntaxError} saying what is wrong. */
export function parseXml(document: string): XmlElement {
  const roots: Growing[] = [];
  const open: Growing[] = [];
  const parser = sax.parser(true, {});
  const refuse = (reason: string) => {
    throw new SyntaxError(reason);
  };
  const note = (text: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.onerror = ({ message }) => refuse(message.split("\n")[0] ?? message);
  parser.ondoctype = () => refuse("a document type is not allowed");
  parser.onopentag = ({ name, attributes }) => {
    const element: Growing = { name, attributes: attributes as Record<string, string>, children: [], text: "" };
    (open.at(-1)?.children ?? roots).push(element);
    open.push(element);
  };
  parser.onclosetag = () => {
    const element = open.pop();
    if (element !== undefined && element.children.length > 0 && element.text.trim() !== "") {
      refuse(`${element.name} has text beside elements`);
    }
  };
  parser.ontext = note;
  parser.oncdata = note;
  parser.write(document).close();
  const [root] = roots;
  if (root === undefined || roots.length > 1) return refuse("a document has one root") as never;
  return root;
}

/** The same; undefined: it is no document. */
export function xmlIn(document: string): XmlElement | undefined {
  try {
    return parseXml(document);
  } catch {
    return undefined;
  }
}

/** Text, list or structure; `undefined` entries are left out. */
export type XmlValue =
  | string
  | number
  | boolean
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue | undefined };

/** The element of a value: a structure's entries are its children, those of a list are called `member`. */
export function elementOf(name: string, value: XmlValue, attributes: XmlElement["attributes"] = {}): XmlElement {
  if (typeof value !== "object") return { name, attributes, children: [], text: String(value) };
  const entries = Array.isArray(value) ? value.map((each) => ["member", each] as const) : Object.entries(value);
  const children = entries.flatMap(([key, each]) => (each === undefined ? [] : elementOf(key, each)));
  return { name, attributes, children, text: "" };
}

/** What is markup, and what a reader may change or drop: a carriage return becomes a line feed, blanks in attributes become spaces. */
const notPlain = /[<>&"'\p{Cc}\u2028]/gu;

const escaped = (text: string): string => text.replace(notPlain, (character) => `&#${character.charCodeAt(0)};`);

/** The document of an element, without a declaration. */
export function printXml({ name, attributes, children, text }: XmlElement): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const content = children.length === 0 ? escaped(text) : children.map(printXml).join("");
  return `<${name}${given.join("")}>${content}</${name}>`;
}

/** The same with the declaration that AWS puts before an error. */
export const printDeclared = (root: XmlElement): string => `<?xml version="1.0" encoding="UTF-8"?>\n${printXml(root)}`;

export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

/** All elements of that name in it, in the order of the document. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsOf(child, name)]);
}

/** Text of the first element of that name in it, without blanks around it. */
export const firstText = (element: XmlElement, name: string): string | undefined =>
  elementsOf(element, name)[0]?.text.trim();
