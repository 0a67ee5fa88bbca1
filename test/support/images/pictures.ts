/**
 * The pictures of docs/images, and what each shows. A picture of a page cannot be compared byte by byte with one that another browser
 * takes, so each is kept with a digest of the sources of what it shows: when they change, the picture is out of date.
 */
import { createHash } from "node:crypto";
import { keptFiles, readKept } from "../text/kept-files.ts";

export interface Picture {
  readonly name: string;
  /** Files and folders that decide what the picture shows; none: it is drawn from the program, and a test draws it anew. */
  readonly sources: readonly string[];
}

export const pictures: readonly Picture[] = [
  { name: "architecture-dark.svg", sources: [] },
  { name: "architecture-light.svg", sources: [] },
  {
    name: "console.png",
    sources: ["local/console/ui", "local/console/console.css", "local/console/pages.tsx"],
  },
  {
    name: "job.png",
    sources: [
      ...["art", "format", "job", "layout", "time"].map((view) => `runtime/web/views/${view}.ts*`),
      "runtime/web/static",
    ],
  },
  {
    // A run as it was reported then: it is not run again, for hours, when the page of reports changes.
    name: "course-live.png",
    sources: ["bench/results/course-live.json"],
  },
];

export const recordFile = "docs/images/made.json";

/** Digest of each picture's sources when it was made, by its name. */
export const readRecord = (): Record<string, string> => JSON.parse(readKept(recordFile)) as Record<string, string>;

/**
 * SHA-256 of names and contents, the same wherever the repository is.
 *
 * @throws {Error} when a source is not there: the digest would not notice its changes.
 */
export function digestOf(sources: readonly string[], read = readKept, list = keptFiles): string {
  const hash = createHash("sha256");
  for (const source of sources) {
    const files = list(source).sort();
    if (files.length === 0)
      throw new Error(`${source} is not kept: name what the picture shows in test/support/images/pictures.ts`);
    for (const file of files) hash.update(`${file}\0${read(file).replaceAll("\r\n", "\n")}\0`);
  }
  return hash.digest("hex");
}

/** What is wrong with the kept pictures, each with what mends it. */
export function outdated(
  digests: Readonly<Record<string, string>>,
  digest: (picture: Picture) => string = ({ sources }) => digestOf(sources),
): string[] {
  return pictures
    .filter((picture) => picture.sources.length > 0 && digests[picture.name] !== digest(picture))
    .map(
      ({ name, sources }) =>
        `docs/images/${name} is older than what it shows (${sources.join(", ")}). Mend: npm run docs:images -- ${name}`,
    );
}
