/** What users write on their jobs: a name of one line, and a note of several. */
import * as z from "zod";

/** Characters. */
export const labelLimits = { name: 100, note: 2_000 } as const;

/** Left out, as in file names: format characters (direction marks, zero-width ones), private use, halves of a pair. */
const invisible = /[\p{Cf}\p{Co}\p{Cs}]/gu;
const lineBreaks = /\r\n?|[\u2028\u2029]/g;

const text = (what: string, most: number, refused: RegExp, advice: string) =>
  z
    .string()
    .transform((given) => given.replace(lineBreaks, "\n").replace(invisible, "").normalize("NFC").trim())
    .refine((given) => !refused.test(given), { error: `A ${what} has no control characters; ${advice}.` })
    .refine((given) => [...given].length <= most, {
      error: ({ input }) =>
        `This ${what} has ${[...String(input)].length.toLocaleString("en")} characters; at most ${most.toLocaleString("en")} are kept.`,
    });

/** Empty: the job has none. */
export const nameSchema = text("name", labelLimits.name, /\p{Cc}/u, "write it in one line");
export const noteSchema = text("note", labelLimits.note, /[^\P{Cc}\n\t]/u, "line breaks and tabs are fine");
