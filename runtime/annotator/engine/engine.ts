/** An annotation engine: bytes of a VCF file in, bytes of an annotated one out, and an account of what it did. */
import type { Findings } from "../../contract/findings.ts";

interface EngineInput {
  /** File name as the user gave it. */
  readonly fileName: string;
  /** The file as uploaded, to be read once. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Most bytes of text after decompression, for an engine that decompresses. */
  readonly uncompressedBytesMax: number;
  /** Aborted: stop at once and leave nothing behind. */
  readonly signal: AbortSignal;
}

export interface EngineRun {
  /**
   * The result, to be read once; the work is done as it is read.
   *
   * @throws {InputError} (while reading) when the file is at fault.
   * @throws {EngineError} when the engine is.
   */
  readonly output: AsyncIterable<Buffer>;
  /** Records dealt with so far. */
  records(): number;
  /** What became of the records, once `output` has ended; undefined for an engine that does not say. */
  findings(): Findings | undefined;
  /** What happened so far, as lines of the job's log. */
  account(): string;
}

export interface Engine {
  /** For people, with versions. */
  readonly name: string;
  start(input: EngineInput): EngineRun;
}

/** The engine could not annotate this file, and trying again would not help. The message is shown to the user. */
export class EngineError extends Error {
  override name = "EngineError";
}
