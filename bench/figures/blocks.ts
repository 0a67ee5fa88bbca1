/** The parts of documents that are made from published records, between `<!-- figures: name -->` and `<!-- end of figures -->`. */
import { conformanceText } from "./conformance.ts";
import { classSummary, courseAnnotatorText, courseSummary, courseWebText, predictionText } from "./live.ts";
import { policiesText } from "./policies.ts";
import {
  annotateText,
  awsCallsText,
  balancerText,
  courseBenchText,
  courseCostText,
  engineText,
  fairnessText,
  gradingText,
  homePageText,
  memorySummary,
  memoryText,
  openResultText,
  permissionsText,
  simulatorText,
  startText,
  warmUpText,
} from "./quick.ts";
import { type BenchmarkName, type Figures, type Published, readPublished } from "./records.ts";
import { origin } from "./words.ts";

type Read = <Name extends BenchmarkName>(name: Name) => Published<Name>;

const whole =
  <Name extends BenchmarkName>(name: Name, text: (figures: Figures[Name]) => string) =>
  (read: Read): string => {
    const published = read(name);
    return `${text(published.figures)}\n\n${origin(published as Published)}`;
  };

/** Text of each block, by the name in its marker. */
const blocks: Readonly<Record<string, (read: Read) => string>> = {
  start: whole("start", startText),
  "home-page": whole("home-page", homePageText),
  annotate: whole("annotate", annotateText),
  "open-result": whole("open-result", openResultText),
  "aws-calls": whole("aws-calls", awsCallsText),
  balancer: whole("balancer", balancerText),
  fairness: whole("fairness", fairnessText),
  permissions: whole("permissions", permissionsText),
  engine: whole("engine", engineText),
  memory: whole("memory", memoryText),
  "memory summary": (read) => memorySummary(read("memory").figures),
  simulator: whole("simulator", simulatorText),
  prediction: whole("prediction", predictionText),
  course: whole("course", courseBenchText),
  "course-cost": whole("course-cost", courseCostText),
  grading: whole("grading", gradingText),
  conformance: whole("conformance", conformanceText),
  "warm-up": whole("warm-up", warmUpText),
  policies: whole("policies", (figures) => policiesText(figures, "web")),
  "policies annotator": whole("policies", (figures) => policiesText(figures, "annotator")),
  "course-live": whole("course-live", courseWebText),
  "course-live annotator": whole("course-live", courseAnnotatorText),
  "course-live summary": (read) => courseSummary(read("course-live").figures),
  "prediction summary": (read) => classSummary(read("prediction").figures),
};

const begin = /^<!-- figures: (.+) -->$/;
const end = "<!-- end of figures -->";

/**
 * The document with each of its blocks made anew.
 *
 * @param name - of the document, for errors.
 * @throws {Error} when a marker names no block, or a block has no end.
 */
export function withFigures(document: string, name: string, read: Read = readPublished): string {
  const lines = document.split("\n");
  const made: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    made.push(line);
    const [, block] = begin.exec(line) ?? [];
    if (block === undefined) continue;
    const text = blocks[block];
    if (text === undefined) {
      throw new Error(
        `${name}:${index + 1}: there are no figures "${block}"; there are ${Object.keys(blocks).join(", ")}`,
      );
    }
    const last = lines.indexOf(end, index);
    if (last === -1) throw new Error(`${name}:${index + 1}: the figures have no end; put the line ${end} behind them`);
    made.push(text(read), end);
    index = last;
  }
  return made.join("\n");
}
