/** `--load FILE` and its kin: a load that was recorded somewhere takes the place of a scenario's. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { RecordedLoad } from "../../loadtest/measure/exports/load.ts";
import type { GivenScenario } from "./scenario-file.ts";

/** The part of a record that is taken, epoch milliseconds. */
export interface PartOptions {
  readonly loadFrom?: number;
  readonly loadTo?: number;
}

export interface LoadOptions extends PartOptions {
  readonly load?: string;
  readonly loadScale?: number;
}

const scaleMost = 1000;

function scaleOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= scaleMost) return value;
  throw new InvalidArgumentError(`Give a number above 0, at most ${scaleMost}.`);
}

/** @throws {InvalidArgumentError} for a time without its zone, which would mean another moment elsewhere. */
function instantOf(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError("Give a time with its zone, such as 2026-11-20T09:00Z or 2026-11-20T09:00+01:00.");
}

export function addPartOptions(command: Command): void {
  command
    .addOption(
      new Option("--load-from <time>", "begin of the part of a recorded load that is taken").argParser(instantOf),
    )
    .addOption(new Option("--load-to <time>", "its end").argParser(instantOf));
}

/** @param what the word in the brackets, and what is said of it. */
export function addLoadOptions(command: Command, [word, about]: readonly [string, string]): void {
  command
    .addOption(new Option(`--load <${word}>`, about))
    .addOption(new Option("--load-scale <factor>", "times the rates of a recorded load").argParser(scaleOf));
  addPartOptions(command);
}

/** @throws {Error} when options of a recorded load are given without one. */
export function requireRecorded(recorded: boolean, options: LoadOptions): void {
  const { loadScale, loadFrom, loadTo } = options;
  const given = [
    ["--load-scale", loadScale],
    ["--load-from", loadFrom],
    ["--load-to", loadTo],
  ].find(([, value]) => value !== undefined);
  if (given !== undefined && !recorded)
    throw new Error(`${given[0]} is for a recorded load: give --load a file as well`);
  requireOrder(options);
}

/** @throws {Error} when a part ends before it begins. */
export function requireOrder({ loadFrom, loadTo }: PartOptions): void {
  if (loadFrom === undefined || loadTo === undefined || loadFrom < loadTo) return;
  const [from, to] = [loadFrom, loadTo].map((time) => new Date(time).toISOString());
  throw new Error(`--load-from ${from} is not before --load-to ${to}; exchange them`);
}

/** Bytes read of large files, for people who wait. */
function reading() {
  const began = performance.now();
  let told = began;
  return (read: number, of: number): void => {
    const { isTTY } = process.stderr;
    const now = performance.now();
    if (isTTY && read >= of && told > began) process.stderr.write(`\r${" ".repeat(50)}\r`);
    if (read >= of || now - told < (isTTY ? 200 : 5000)) return;
    told = now;
    const share = Math.floor((100 * read) / Math.max(1, of));
    process.stderr.write(`${isTTY ? "\r" : ""}reading the load: ${share} %${isTTY ? " " : "\n"}`);
  };
}

/** What a file of arrivals cannot say. */
function openNote(what: string, kind: RecordedLoad["kind"]): string {
  const recorded = kind === "cloudwatch" ? "The metric counts" : "The file lists";
  return (
    `${recorded} ${what}, and not who sent them: they arrive as an open load, a Poisson process at the recorded rates. Think times, users who wait ` +
    "for answers before they ask again, and clients that repeat what failed are not known. Where the recorded farm was overloaded, users " +
    "who waited sent less than they wanted to."
  );
}

/** The scenario under a recorded load; its service and settings stay. */
export async function underRecordedLoad(
  given: GivenScenario,
  path: string,
  options: LoadOptions,
): Promise<GivenScenario> {
  const { readLoad } = await import("../../loadtest/measure/exports/load.ts");
  const { kindNames } = await import("../../loadtest/measure/exports/kind.ts");
  const { spanText } = await import("../../loadtest/measure/exports/span.ts");
  const { recordedArrivals } = await import("../../scaling/simulate/scenario/recorded.ts");
  const { farm } = given.file;
  const span = { from: options.loadFrom, to: options.loadTo };
  const { kind, files, begin, levels, remarks } = await readLoad(path, { farm, span, onProgress: reading() });
  const { loadScale: scale = 1 } = options;
  const seconds = levels.reduce((sum, level) => sum + level.seconds, 0);
  const count = levels.reduce((sum, level) => sum + level.count, 0);
  if (seconds < 60) {
    throw new RangeError(
      `${path}: its load lasts ${seconds} s, and a simulation takes a minute at least; give a longer one, or --load-to`,
    );
  }
  const what = farm === "web" ? "requests" : "jobs";
  const where = spanText(begin, begin + 1000 * seconds);
  const times = scale === 1 ? "" : `, ${scale} times`;
  const source = `${kindNames[kind]}${files === 1 ? "" : ` in ${files} files`}`;
  return {
    ...given,
    file: {
      ...given.file,
      title: `Load of ${path}, ${where}${times}`,
      duration: Math.ceil(seconds / 60) * 60,
      load: [recordedArrivals(levels, scale)],
    },
    recorded: {
      begins: begin,
      notes: [
        `${path} is ${source}: ${count.toLocaleString("en-US")} ${what}${times}.`,
        openNote(what, kind),
        ...remarks.map((each) => `Of the load: ${each}.`),
      ],
    },
  };
}
