/** What a grader is told, and what it tells over a pipe of its parent's, which no process of a submission has. */
import type { Rubric } from "../rubric/schema.ts";
import type { GradedItem } from "./grade.ts";

/** The descriptor that the grader writes to. */
export const resultDescriptor = 3;

export interface Assignment {
  readonly rubric: Rubric;
  readonly only: readonly string[];
  /** The submission's folder. */
  readonly submission: string;
  /** Staff's installation, and its command line. */
  readonly installation: string;
  readonly command: string;
  /** A new folder, this user's only. */
  readonly folder: string;
  /** False: the submission runs as what it is, with nothing around it. */
  readonly confined: boolean;
  /** True: only what the declaration shows. */
  readonly fast: boolean;
}

export type Told =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "item"; readonly item: GradedItem }
  /** Nothing could be graded, and that is not the submission's doing. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "done" };
