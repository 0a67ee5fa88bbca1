import { chromosomeName } from "./chromosome.ts";
import { lengthOf, ours } from "./known.ts";

/** The assembly that reference data are for, as far as files are compared with it. */
export interface OwnAssembly {
  /** `GRCh38`; of an assembly that is not known here, what the data's maker calls it. */
  readonly assembly: string;
  /** The sequence's name in the reference data, from whatever name a file gives it; a sequence that is not there keeps its name. */
  nameOf(name: string): string;
  /** Bases of a sequence, by name as `nameOf` gives it; `undefined`: not known. */
  lengthOf(sequence: string): number | undefined;
}

/** Of the built-in reference data. */
export const ourAssembly: OwnAssembly = { assembly: ours, nameOf: chromosomeName, lengthOf };
