/** Prints steps with their evidence and time; lines fit a terminal of 80 columns. */

export class StepError extends Error {
  override name = "StepError";
}

export type Tell = (line: string) => void;
export type RunStep = <T>(title: string, run: (evidence: Tell, progress: Tell) => Promise<T>) => Promise<T>;

export interface Narrator {
  heading(text: string): void;
  /**
   * Runs one step. `evidence` lines appear under it when it is done; `progress` shows what it is at: on a terminal at once and with the
   * seconds so far, in a file for as long as it lasts, every few seconds.
   *
   * @throws {StepError} naming the step, with the cause, when it fails.
   */
  step: RunStep;
  /** Steps done so far. */
  readonly count: number;
}

const width = 80;

/** Breaks a line at spaces so that each part, indented, fits the terminal; a long word stays whole. */
export function wrapped(line: string, indent: number): string {
  const rows: string[] = [];
  let row = "";
  for (const word of line.split(" ")) {
    if (row !== "" && indent + row.length + 1 + word.length > width) {
      rows.push(row);
      row = word;
    } else {
      row = row === "" ? word : `${row} ${word}`;
    }
  }
  rows.push(row);
  return rows.map((each) => " ".repeat(indent) + each).join("\n");
}

/** What has happened while the service runs. */
export const noteLine = (text: string): string => `    ${wrapped(text, 4).trimStart()}\n`;

/** A trouble that a step does not end with. */
export const troubleLine = (text: string): string => `  ! ${wrapped(text, 4).trimStart()}\n`;

/** A terminal is repainted, a file gets a line each time. */
const everySeconds = { live: 1, file: 10 } as const;
/** Shorter steps do not count their seconds. */
const shortSeconds = 3;

/** Calls `show` again and again. @returns stops that. */
type Repeat = (show: () => void, seconds: number) => () => void;

const byTimer: Repeat = (show, seconds) => {
  const timer = setInterval(show, seconds * 1_000);
  return () => clearInterval(timer);
};

/** What a step is at and for how long, in one line of a terminal. */
function under(begun: string, text: string, seconds: number): string {
  const since = seconds < shortSeconds ? "" : ` (${Math.round(seconds)} s)`;
  return `${`${begun} … ${text}`.trimEnd().slice(0, width - 1 - since.length)}${since}`;
}

export function createNarrator(options: {
  write: (text: string) => void;
  /** A terminal is told what is under way; a file only what has happened. */
  live: boolean;
  /** Steps carry numbers; default true. */
  numbered?: boolean;
  now?: () => number;
  /** Default: a timer. */
  repeat?: Repeat;
}): Narrator {
  const { write, live, numbered = true, now = Date.now, repeat = byTimer } = options;
  let count = 0;

  return {
    get count() {
      return count;
    },
    heading: (text) => write(`\n${text}\n${"─".repeat(Math.min(width, text.length))}\n`),
    async step(title, run) {
      const number = numbered ? `${String(count + 1).padStart(2)}  ` : "  ";
      const begun = now();
      const clear = live ? "\r\u001b[2K" : "";
      let at = "";
      const show = () => write(`${clear}${under(`${number}${title}`, at, (now() - begun) / 1000)}${live ? "" : "\n"}`);
      const progress = (text: string) => {
        at = text;
        if (live) show();
      };
      progress("");
      const silence = repeat(show, live ? everySeconds.live : everySeconds.file);
      const evidence: string[] = [];
      const line = (mark: string) => {
        const seconds = `${((now() - begun) / 1000).toFixed(1)} s`;
        const text = `${number}${title} ${mark}`;
        return `${clear}${text.padEnd(width - seconds.length - 1)} ${seconds}\n`;
      };
      try {
        const result = await run((text) => evidence.push(text), progress).finally(silence);
        count++;
        write(line("✔"));
        for (const each of evidence) write(`${wrapped(each, 6)}\n`);
        return result;
      } catch (cause) {
        write(line("✘"));
        for (const each of evidence) write(`${wrapped(each, 6)}\n`);
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new StepError(`step ${numbered ? `${number.trim()}, ` : ""}"${title}", failed: ${why}`, { cause });
      }
    },
  };
}
