/**
 * The emulator names an archive by the MD5 of its content, so two equal results would be one archive and deleting one
 * would lose the other. A trailer makes every archive's content its own; it is taken off before anybody reads it.
 */
import { randomBytes } from "node:crypto";
import { Transform } from "node:stream";

const mark = Buffer.from("\0annofarm-archive\0");
const length = mark.length + 16;

export function archiveTrailer(): Buffer {
  return Buffer.concat([mark, randomBytes(16)]);
}

/** Length of the trailer that every archive carries which came in through the gateway. */
export const archiveTrailerLength = length;

function isTrailer(tail: Buffer): boolean {
  return tail.length === length && tail.subarray(0, mark.length).equals(mark);
}

/** Passes an archive on without its trailer; one without a trailer passes whole. */
export function withoutArchiveTrailer(): Transform {
  let tail: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const all = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
      const keep = Math.max(0, all.length - length);
      tail = all.subarray(keep);
      done(null, all.subarray(0, keep));
    },
    flush(done) {
      if (isTrailer(tail)) done();
      else done(null, tail);
    },
  });
}
