/** Progress of a command over many stacks: on a terminal a picture that is drawn anew, in a file one line for each change. */
import type { StackOperation } from "./events.ts";
import type { StackResult } from "./result.ts";
import { durationText, timeLeft } from "./time-left.ts";

export interface ProgressOptions {
  readonly operation: StackOperation;
  readonly total: number;
  readonly write: (text: string) => void;
  /** A terminal. */
  readonly live: boolean;
  /** Characters. */
  readonly width: number;
  readonly now: () => Date;
  /** Command with which one stack is tried again. */
  readonly retry: (stack: string) => string;
  /** Seconds that a stack took in an earlier command. */
  readonly before?: number;
}

export interface Progress {
  begun(stack: string): void;
  resources(stack: string, count: number): void;
  ended(result: StackResult): void;
  /** Said once: nothing more begins. */
  stopping(text: string): void;
  close(): void;
}

const doing: Readonly<Record<StackOperation, string>> = {
  up: "coming up",
  down: "going down",
  freeze: "freezing",
  unfreeze: "unfreezing",
  minimum: "to the minimum",
};
export const done: Readonly<Record<StackOperation, string>> = {
  up: "up",
  down: "gone",
  freeze: "frozen",
  unfreeze: "unfrozen",
  minimum: "at the minimum",
};

const barWidth = 20;

export function barOf(part: number, width = barWidth): string {
  const full = Math.max(0, Math.min(width, Math.floor(part * width)));
  return `${"█".repeat(full)}${"░".repeat(width - full)}`;
}

/** The cause in a line: an engine's message names the operation and the stack once more, and may have many lines. */
export function causeLine(why: string): string {
  const text = why.replace(/^pulumi \w+ of stack \S+ failed: /, "").replace(/urn:pulumi:\S+::(\S+): /g, "$1: ");
  return (
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")[0] ?? "no reason was given"
  );
}

const countOf = (changes: StackResult["changes"] = {}): number => Object.values(changes).reduce((sum, n) => sum + n, 0);

/** Lines about a stack whose operation has ended. */
export function resultLines(
  { stack, operation, outcome, seconds, why = "", changes }: StackResult,
  retry: string,
): string[] {
  switch (outcome) {
    case "done": {
      const resources = changes === undefined ? "" : `${countOf(changes)} resources, `;
      return [`${stack}  ${done[operation]} (${resources}${durationText(seconds)})`];
    }
    case "nothing to do":
      return [`${stack}  ${why}`];
    case "stopped":
      return [`${stack}  cut off; run the same command again to continue`];
    case "failed":
      return [`${stack}  failed: ${causeLine(why)}`, `    retry with: ${retry}`];
  }
}

interface UnderWay {
  readonly since: number;
  resources: number;
}

/** Erases what was drawn last, and everything below the cursor. */
const erase = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A\u001b[0J`);

export function createProgress(options: ProgressOptions): Progress {
  const { operation, total, write, live, width, now, retry, before } = options;
  const underWay = new Map<string, UnderWay>();
  const took: number[] = [];
  let [ended, failures, drawn] = [0, 0, 0];

  function summary(): string {
    const elapsed = [...underWay.values()].map(({ since }) => (now().getTime() - since) / 1000);
    const waiting = total - ended - underWay.size;
    const left = timeLeft({ took, running: elapsed, waiting, ...(before === undefined ? {} : { before }) });
    const parts = [
      `${ended} of ${total}`,
      ...(failures === 0 ? [] : [`${failures} failed`]),
      ...(left === undefined || ended === total ? [] : [`${durationText(left)} left`]),
    ];
    return parts.join(", ");
  }

  function picture(): string[] {
    const rows = [...underWay].map(([stack, { since, resources }]) => {
      const elapsed = durationText((now().getTime() - since) / 1000);
      return `  ${stack}  ${doing[operation]}  ${resources} resources  ${elapsed}`;
    });
    return [`  ${barOf(ended / Math.max(1, total))}  ${summary()}`, ...rows].map((line) => line.slice(0, width - 1));
  }

  function draw(lines: readonly string[] = []): void {
    const rows = picture();
    write(`${erase(drawn)}${[...lines, ...rows].map((line) => `${line}\n`).join("")}`);
    drawn = rows.length;
  }

  function say(lines: readonly string[]): void {
    if (live) draw(lines);
    else write(lines.map((line) => `${line}\n`).join(""));
  }

  const timer = live ? setInterval(draw, 500) : undefined;
  return {
    begun(stack) {
      underWay.set(stack, { since: now().getTime(), resources: 0 });
      say(live ? [] : [`  ${stack}  ${doing[operation]}`]);
    },
    resources(stack, count) {
      const entry = underWay.get(stack);
      if (entry !== undefined) entry.resources = count;
    },
    ended(result) {
      underWay.delete(result.stack);
      ended++;
      if (result.outcome === "failed") failures++;
      if (result.outcome === "done") took.push(result.seconds);
      const [first = "", ...others] = resultLines(result, retry(result.stack));
      say([`  ${first}${live ? "" : `  [${summary()}]`}`, ...others]);
    },
    stopping: (text) => say([`  ${text}`]),
    close() {
      clearInterval(timer);
      if (live) write(erase(drawn));
      drawn = 0;
    },
  };
}
