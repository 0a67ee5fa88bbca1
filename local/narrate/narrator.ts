/** Prints steps with their evidence and time; lines fit a terminal of 80 columns. */

export class StepError extends Error {
  override name = "StepError";
}

export type Tell = (line: string) => void;
export type Step = <T>(title: string, run: (evidence: Tell, progress: Tell) => Promise<T>) => Promise<T>;

export interface Narrator {
  heading(text: string): void;
  /**
   * Runs one step. `evidence` lines appear under it when it is done; `progress` shows what it is at, on a terminal only.
   *
   * @throws {StepError} naming the step, with the cause, when it fails.
   */
  step: Step;
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

export function createNarrator(options: {
  write: (text: string) => void;
  /** A terminal is told what is under way; a file only what has happened. */
  live: boolean;
  /** Steps carry numbers; default true. */
  numbered?: boolean;
  now?: () => number;
}): Narrator {
  const { write, live, numbered = true, now = Date.now } = options;
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
      const progress = (text: string) => {
        if (live) write(`${clear}${`${number}${title} … ${text}`.slice(0, width - 1)}`);
      };
      progress("");
      const evidence: string[] = [];
      const line = (mark: string) => {
        const seconds = `${((now() - begun) / 1000).toFixed(1)} s`;
        const text = `${number}${title} ${mark}`;
        return `${clear}${text.padEnd(width - seconds.length - 1)} ${seconds}\n`;
      };
      try {
        const result = await run((text) => evidence.push(text), progress);
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
