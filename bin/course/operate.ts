/** The commands that change stacks: options in, progress and results out. */
import { resolve } from "node:path";
import type { OperationOutcome } from "../../course/stacks/command.ts";
import type { StackOperation } from "../../course/stacks/events.ts";
import { requireDirectory } from "../places.ts";
import { interrupted, untilAsked } from "../signals.ts";
import type { StackOptions } from "./stack-options.ts";

/** Found on PATH, in the user's cache, or obtained. */
export async function pulumiCommand(): Promise<string> {
  const { obtainPulumi } = await import("../../local/engine/tools/obtain.ts");
  const { command } = await obtainPulumi({ onProgress: (line) => process.stderr.write(`  ${line}\n`) });
  return command;
}

/** A word of a command as a shell takes it. */
const word = (text: string) => (/^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command for one stack, as its user would type it; without values that may be secret. */
function retryOf(operation: StackOperation, options: StackOptions): (stack: string) => string {
  const { course, state, local, config = {} } = options;
  const words = [
    ...["annofarm", "course", operation, "--only"],
    ...(course === "course.yaml" ? [] : ["--course", course]),
    ...(state === undefined ? [] : ["--state", state]),
    ...(local === undefined ? [] : local === true ? ["--local"] : ["--local", local]),
    ...Object.keys(config).flatMap((key) => ["-c", `${key}=…`]),
  ].map(word);
  return (stack) => [...words.slice(0, 4), stack, ...words.slice(4)].join(" ");
}

function countsOf({ results, left }: OperationOutcome): Record<string, number> {
  const counts: Record<string, number> = { left: left.length };
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** The results for a program to read; sizes in bytes. */
function outcomeJson({ operation, results, left, stacks, peakOfChild, needOfChild }: OperationOutcome): string {
  return `${JSON.stringify({ operation, results, left, stacks, memory: { peakOfChild, needOfChild } }, null, 2)}\n`;
}

/** Resolves when everything is done or stopped. Exit code 1 when a stack failed, 130 when the command was stopped. */
export async function runOperation(operation: StackOperation, options: StackOptions): Promise<void> {
  const [{ operateCourse }, { outcomeText }] = await Promise.all([
    import("../../course/stacks/command.ts"),
    import("../../course/stacks/status.ts"),
  ]);
  const { course, state, only, section, json, local, config = {}, again, parallel } = options;
  if (state !== undefined) requireDirectory(state);
  const stream = json ? process.stderr : process.stdout;
  const [stop, kill] = [new AbortController(), new AbortController()];
  void untilAsked(() => {
    kill.abort();
    return "annofarm: stopped at once; run the same command again to continue\n";
  }).then(() => stop.abort());
  const outcome = await operateCourse({
    ...{ operation, command: `annofarm course ${operation}`, file: course, given: config, again: again === true },
    ...(state === undefined ? {} : { state }),
    ...(only === undefined ? {} : { only }),
    ...(section === undefined ? {} : { sections: section }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(local === undefined ? {} : { local: resolve(local === true ? ".annofarm/emulate.json" : local) }),
    pulumi: pulumiCommand,
    write: (text) => void stream.write(text),
    live: stream.isTTY === true,
    width: stream.columns ?? 80,
    retry: retryOf(operation, options),
    now: () => new Date(),
    stop: stop.signal,
    kill: kill.signal,
  });
  const counts = countsOf(outcome);
  process.stdout.write(json ? outcomeJson(outcome) : `${outcomeText(operation, counts)}\n`);
  if (stop.signal.aborted) process.exitCode = interrupted;
  else if ((counts.failed ?? 0) > 0) process.exitCode = 1;
}
