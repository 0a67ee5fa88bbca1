/** Links within the repository that lead nowhere. Links to other places are not followed: a test needs no network. */
import { posix } from "node:path";
import type { Finding } from "./finding.ts";
import type { Document, Piece } from "./markdown.ts";

/** What a link can lead to. */
export interface LinkTargets {
  /** Kept files and folders, relative to the repository. */
  readonly places: ReadonlySet<string>;
  /** Anchors of a kept Markdown document; `undefined`: it is none. */
  readonly anchorsOf: (file: string) => ReadonlySet<string> | undefined;
}

const elsewhere = /^[a-z][a-z0-9+.-]*:|^\/\//i;

function objection(file: string, target: string, { places, anchorsOf }: LinkTargets) {
  if (elsewhere.test(target)) return undefined;
  const [path = "", anchor] = target.split("#") as [string, string?];
  if (path.startsWith("/")) {
    return {
      what: `the link "${target}" begins at the root of a server`,
      mend: `write it relative to ${posix.dirname(file)}/`,
    };
  }
  const place = path === "" ? file : posix.join(posix.dirname(file), decodeURIComponent(path)).replace(/\/$/, "");
  if (!places.has(place) && place !== ".") {
    const name = posix.basename(place);
    const alike = [...places].filter((each) => posix.basename(each) === name);
    const mend = alike.length === 0 ? "name a kept file, or remove the link" : `${alike.join(" or ")} is there`;
    return { what: `the link "${target}" leads to ${place}, which is not kept`, mend };
  }
  if (anchor === undefined || anchor === "") return undefined;
  const anchors = anchorsOf(place);
  if (anchors === undefined || anchors.has(decodeURIComponent(anchor))) return undefined;
  const all = [...anchors].map((each) => `#${each}`).join(", ");
  return { what: `the link "${target}" leads to no heading of ${place}`, mend: `give one of ${all}` };
}

export function deadLinks(document: Document, targets: LinkTargets): Finding[] {
  const { file, links, undefinedReferences } = document;
  const dead = links.flatMap(({ text, line }: Piece) => {
    const found = objection(file, text, targets);
    return found === undefined ? [] : [{ file, line, ...found }];
  });
  const undefinedOnes = undefinedReferences.map(({ text, line }) => ({
    file,
    line,
    what: `the reference ${text} is defined nowhere`,
    mend: "define it as [name]: target, or write it as code when it is no link",
  }));
  return [...dead, ...undefinedOnes];
}
