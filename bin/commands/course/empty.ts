import { Command, InvalidArgumentError } from "commander";
import type { Sought } from "../../../course/emptiness/belonging.ts";
import type { Proof } from "../../../course/emptiness/prove.ts";
import type { Swept } from "../../../course/emptiness/sweep.ts";

export interface EmptyOptions {
  readonly owner?: readonly string[];
  readonly only?: readonly string[];
  readonly cwd: string;
  readonly project?: string;
  readonly regions?: readonly string[];
  readonly sweep?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** A line on standard error that is written over. */
function liveLine() {
  const live = process.stderr.isTTY === true;
  return {
    show: (text: string) => void (live && process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)),
    clear: () => void (live && process.stderr.write("\r\u001b[2K")),
  };
}
