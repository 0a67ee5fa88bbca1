/** How far a job, an upload or a download is: a line on standard error that a terminal writes over; elsewhere milestones only. */
import type { WriteStream } from "node:tty";

export interface Progress {
  /** A line of its own. */
  say(text: string): void;
  /** What is going on; `share`: how much of it is done, 0 to 1. Shown on terminals only, a few times a second. */
  show(text: string, share?: number): void;
  /** The moving line goes. */
  clear(): void;
}

type Output = Pick<WriteStream, "write"> & { readonly isTTY?: boolean; readonly columns?: number };

const showMilliseconds = 200;
const barWidth = 20;

export function createProgress(output: Output, now: () => number = () => performance.now()): Progress {
  let shown = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (shown > Number.NEGATIVE_INFINITY) output.write("\r\u001b[2K");
    shown = Number.NEGATIVE_INFINITY;
  };
  return {
    clear,
    say(text) {
      clear();
      output.write(`${text}\n`);
    },
    show(text, share) {
      if (output.isTTY !== true || now() - shown < showMilliseconds) return;
      shown = now();
      const line = share === undefined ? text : `${bar(share)} ${text}`;
      output.write(`\r\u001b[2K${line.slice(0, (output.columns || 80) - 1)}`);
    },
  };
}

function bar(share: number): string {
  const part = Math.min(1, Math.max(0, share));
  const full = Math.floor(part * barWidth);
  return `[${"#".repeat(full)}${"-".repeat(barWidth - full)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}

/** `1,234 B`, `12.3 kB`, `4.0 GB`. */
function bytesInWords(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** Progress of bytes, with the time left once it can be told. */
export function byteProgress(
  progress: Progress,
  verb: string,
  total: number,
  now: () => number = () => performance.now(),
) {
  const began = now();
  let from: number | undefined;
  return (done: number): void => {
    from ??= done;
    const seconds = (now() - began) / 1000;
    const left = done > from && seconds > 2 ? Math.ceil((seconds / (done - from)) * (total - done)) : undefined;
    const words = `${verb} ${bytesInWords(done)} of ${bytesInWords(total)}`;
    progress.show(left === undefined ? words : `${words}, ${left} s left`, total === 0 ? 1 : done / total);
  };
}
