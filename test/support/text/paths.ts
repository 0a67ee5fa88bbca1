/** Files and folders of the repository that a document names and that are not there. */
import { posix } from "node:path";
import type { Finding } from "./finding.ts";
import type { Document, Piece } from "./markdown.ts";

export interface KeptPlaces {
  /** Kept files and folders, relative to the repository. */
  readonly places: ReadonlySet<string>;
  /** What git ignores, and so may be named without being kept: lines of .gitignore without patterns. */
  readonly made: readonly string[];
  /** What a program may import by the package's name, such as `annofarm/plan`. */
  readonly exports: ReadonlySet<string>;
}

const source = /\.(?:ts|tsx|py|md|ya?ml)$/;
const shape = /^[\w@][\w.@-]*(?:\/[\w.@-]+)*\/?$/;

/** Whether a piece of code says that it is a path of this repository. */
function isPath(text: string, { places }: KeptPlaces): boolean {
  if (!shape.test(text) || text.includes("@") || /^\d/.test(text)) return false;
  const [first = ""] = text.split("/");
  if (text.endsWith("/")) return true;
  return source.test(text) || (text.includes("/") && places.has(first));
}

/** Folders that the document speaks of by their whole path, so that it may name what is in them by its end. */
function contextOf(pieces: readonly Piece[], { places }: KeptPlaces): Set<string> {
  const folders = new Set<string>();
  for (const { text } of pieces) {
    const bare = text.replace(/\/$/, "");
    if (!places.has(bare)) continue;
    folders.add(bare);
    folders.add(posix.dirname(bare));
  }
  return folders;
}

function exists(file: string, path: string, context: ReadonlySet<string>, kept: KeptPlaces): boolean {
  const bare = path.replace(/\/$/, "");
  const { places, made, exports } = kept;
  if (made.some((each) => bare === each || bare.startsWith(`${each}/`))) return true;
  if (exports.has(bare) || places.has(bare) || places.has(posix.join(posix.dirname(file), bare))) return true;
  // `host/host.ts`, where the document speaks of the folder around it; a lone folder is one of that folder's own.
  return [...places].some(
    (place) =>
      place.endsWith(`/${bare}`) &&
      (path === `${bare}/`
        ? context.has(posix.dirname(place))
        : [...context].some((each) => place.startsWith(`${each}/`))),
  );
}

/** Words of diagrams and consoles that begin with a folder at the top of the repository. */
function wordsOf({ blocks }: Document, { places }: KeptPlaces): Piece[] {
  return blocks
    .filter(({ language }) => language === "" || language === "console")
    .flatMap(({ text, line }) =>
      text.split("\n").flatMap((content, index) =>
        [...content.matchAll(/(?<![\w./<>:-])[\w-]+(?:\/[\w.-]+)+\/?/g)]
          .map(([word]) => word.replace(/\.$/, ""))
          .filter((word) => places.has(word.split("/")[0] as string))
          .map((word) => ({ text: word, line: line + index })),
      ),
    );
}

export function missingPaths(document: Document, kept: KeptPlaces): Finding[] {
  const { file } = document;
  const pieces = [...document.inlineCode, ...wordsOf(document, kept)];
  const context = contextOf(pieces, kept);
  return pieces
    .filter(({ text }) => isPath(text, kept) && !document.madeByReader.includes(text))
    .filter(({ text }) => !exists(file, text, context, kept))
    .map(({ text, line }) => ({
      file,
      line,
      what: `${text} is named, but not kept`,
      mend: "name what is there now by its whole path, or say it without a path",
    }));
}
