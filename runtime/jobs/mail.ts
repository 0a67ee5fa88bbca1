/**
 * A mail as text and as HTML of the same sentences. Names of people and files stand in neither subject nor greeting: whoever
 * chose them would choose how our mail begins.
 */
import type { Mailer } from "./ports.ts";

/** A mail without its recipient. */
export type Mail = Omit<Parameters<Mailer["send"]>[0], "to">;

interface MailContent {
  readonly subject: string;
  /** A paragraph each; the first goes on after "Hello,". */
  readonly sentences: readonly string[];
  /** What to do next, below the sentences: a line each. */
  readonly links: readonly { readonly label: string; readonly href: string }[];
  /** Small print, a paragraph each; omitted: none. */
  readonly footer?: readonly string[];
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

const greeting = "Hello,";

export function composeMail({ subject, sentences, links, footer = [] }: MailContent): Mail {
  return {
    subject,
    text: [
      ...[greeting, "", ...sentences, "", ...links.map(({ label, href }) => `${label}: ${href}`), ""],
      ...footer.flatMap((line) => [line, ""]),
    ].join("\n"),
    html: [
      `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>${escaped(subject)}</title></head>`,
      '<body style="font-family:sans-serif;line-height:1.5;max-width:36rem;overflow-wrap:anywhere">',
      `<p>${greeting}</p>`,
      ...sentences.map((sentence) => `<p>${escaped(sentence)}</p>`),
      ...links.map(({ label, href }) => `<p><a href="${escaped(href)}">${escaped(label)}</a></p>`),
      ...footer.map((line) => `<p style="color:#666;font-size:0.85em">${escaped(line)}</p>`),
      "</body></html>",
    ].join("\n"),
  };
}

const nameLengthMax = 100;

/** A file name as it may stand in a sentence: one line, not too long. */
export function shownName(name: string): string {
  const line = name.replace(/\p{Cc}+/gu, " ").trim();
  const characters = [...line];
  return characters.length <= nameLengthMax ? line : `${characters.slice(0, nameLengthMax - 1).join("")}…`;
}
