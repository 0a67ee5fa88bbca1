import * as z from "zod";

const commandSchema = z
  .array(z.string().min(1))
  .min(1)
  .refine((parts) =>
    ["{input}", "{output}"].every((placeholder) => parts.slice(1).some((p) => p.includes(placeholder))),
  );

export type EngineChoice =
  | { readonly kind: "builtin" }
  | { readonly kind: "external"; readonly program: string; readonly args: readonly string[] };

/**
 * Reads the variable ENGINE: `builtin`, or a JSON array of a program and its arguments, in which `{input}` and `{output}` stand
 * for the paths of the two files. No shell is involved: every element is one argument.
 *
 * @throws when it is neither.
 */
export function readEngineChoice(value: string): EngineChoice {
  if (value === "builtin") return { kind: "builtin" };
  const parsed = commandSchema.safeParse(jsonOf(value));
  const [program, ...args] = parsed.data ?? [];
  if (program === undefined) {
    throw new Error(
      `ENGINE is ${JSON.stringify(value)}; it must be builtin, or a JSON array of a program and its arguments with ` +
        'the placeholders {input} and {output}, such as ["bcftools","annotate","-o","{output}","{input}"]',
    );
  }
  return { kind: "external", program, args };
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
