/** What a check of the documents has found, in the form that a reader can act on. */
export interface Finding {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong. */
  readonly what: string;
  /** What mends it. */
  readonly mend: string;
}

/** `docs/local.md:12: … Mend: …`, so that an editor leads to the line. */
export const findingText = ({ file, line, what, mend }: Finding): string => `${file}:${line}: ${what}. Mend: ${mend}.`;
