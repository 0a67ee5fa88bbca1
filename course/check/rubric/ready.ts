/** The rubrics that come with annofarm. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { meantInstead } from "../../../runtime/contract/nearest.ts";

const folder = fileURLToPath(new URL("../rubrics", import.meta.url));

export const readyRubrics = [
  "whole-service",
  "size-limit",
  "archive",
  "restore",
  "web-load",
  "annotator-load",
] as const;

/**
 * @param given a file, or the name of a ready rubric.
 * @throws {Error} when it is neither.
 */
export function rubricFile(given: string): string {
  const ready = readyRubrics.find((name) => name === given);
  if (ready !== undefined) return join(folder, `${ready}.yaml`);
  if (existsSync(given)) return given;
  throw new Error(
    `there is no file ${given}, and no ready rubric of that name${meantInstead(given, readyRubrics)} Ready: ${readyRubrics.join(", ")}`,
  );
}
