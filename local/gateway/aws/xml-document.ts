/**
 * XML documents of requests and answers, as trees. The reader is strict: what the emulator's might understand otherwise (a document type
 * with entities of its own, text beside elements, a second root) is no document here.
 */
import sax from "sax";
import { xmlText } from "./errors.ts";

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

/** The document of an element, without a declaration. */
export function printXml({ name, attributes, children, text }: XmlElement): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlText(value)}"`);
  const content = children.length === 0 ? xmlText(text) : children.map(printXml).join("");
  return `<${name}${given.join("")}>${content}</${name}>`;
}

export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

/** All elements of that name in it, in the order of the document. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsOf(child, name)]);
}

/** Text of the first element of that name in it, without blanks around it. */
export const firstText = (element: XmlElement, name: string): string | undefined =>
  elementsOf(element, name)[0]?.text.trim();
