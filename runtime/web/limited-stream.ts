/** An upload as it passes through: counted, digested, and broken off when it is too large or something else than it should be. */
import { createHash } from "node:crypto";
import { Transform } from "node:stream";

export interface LimitedStream extends Transform {
  readonly bytes: number;
  /** Of what has passed; asked for once, at the end. */
  sha256(): string;
}

export interface StreamLimits {
  readonly bytesMax: number;
  /** What the stream fails with when there are more. */
  tooLarge(bytes: number): Error;
  /** How many of the first bytes `check` is given; all of them, if there are fewer. */
  readonly firstBytes: number;
  /** Throws what the stream is to fail with. */
  check(first: Buffer): void;
}

/** Passes bytes on and counts them; never ends well what its limits refuse. */
export function limitedStream({ bytesMax, tooLarge, firstBytes, check }: StreamLimits): LimitedStream {
  let bytes = 0;
  let first: Buffer | undefined = Buffer.alloc(0);
  const looked = (last: boolean): Error | undefined => {
    if (first === undefined || (first.length < firstBytes && !last)) return undefined;
    try {
      check(first.subarray(0, firstBytes));
      return undefined;
    } catch (error) {
      return error as Error;
    } finally {
      first = undefined;
    }
  };
  const hash = createHash("sha256");
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      if (first !== undefined) first = Buffer.concat([first, chunk]);
      const refusal = bytes > bytesMax ? tooLarge(bytes) : looked(false);
      if (refusal === undefined) done(null, chunk);
      else done(refusal);
    },
    flush(done) {
      done(looked(true));
    },
  });
  return Object.defineProperties(stream, {
    bytes: { get: () => bytes },
    sha256: { value: () => hash.digest("hex") },
  }) as LimitedStream;
}
