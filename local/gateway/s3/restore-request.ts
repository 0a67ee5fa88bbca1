import { firstText, parseXml, type XmlElement } from "../aws/xml-document.ts";

/** What a `RestoreObject` asks for, as it says it; undefined: it is no document. */
export function restoreRequest(document: string): { readonly tier: string; readonly days: string } | undefined {
  let root: XmlElement;
  try {
    root = parseXml(document);
  } catch {
    return undefined;
  }
  return { tier: firstText(root, "Tier") ?? "Standard", days: firstText(root, "Days") ?? "" };
}
