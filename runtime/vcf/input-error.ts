/** The file is at fault, not the service: told to its user as it is, and not tried again. */
export class InputError extends Error {
  override name = "InputError";
  /** 1-based line of the uncompressed text, when one is at fault. */
  readonly line: number | undefined;

  constructor(reason: string, line?: number, options?: ErrorOptions) {
    super(reason, options);
    this.line = line;
  }
}

/** A value out of somebody's file as it may stand in a message: control characters replaced, cut to so many characters. */
export function quoted(value: string, charactersMax = 40): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being replaced
  const clean = value.slice(0, charactersMax + 1).replace(/[\u0000-\u001f\u007f-\u00ff]/g, "·");
  const cut = clean.length > charactersMax ? `${clean.slice(0, charactersMax - 1)}…` : clean;
  // Such messages outlive the block of the file that the value was cut from, and must not keep it.
  return `"${Array.from(cut).join("")}"`;
}
