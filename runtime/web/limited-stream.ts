/** An upload as it passes through: counted, digested, and broken off when it is too large. */
import { createHash } from "node:crypto";
import { Transform } from "node:stream";

export interface LimitedStream extends Transform {
  readonly bytes: number;
  /** Of what has passed; asked for once, at the end. */
  sha256(): string;
}

/** Passes bytes on and counts them; fails as soon as there are more than `max`. */
export function limitedStream(max: number, refusal: (bytes: number) => Error): LimitedStream {
  let bytes = 0;
  const hash = createHash("sha256");
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > max) done(refusal(bytes));
      else done(null, chunk);
    },
  });
  return Object.defineProperties(stream, {
    bytes: { get: () => bytes },
    sha256: { value: () => hash.digest("hex") },
  }) as LimitedStream;
}
