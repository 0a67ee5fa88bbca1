import { createHash } from "node:crypto";
import { Transform } from "node:stream";

const mebibyte = 1024 * 1024;

const sha256 = (...parts: readonly Buffer[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** SHA-256 over pairs of pairs of 1 MiB parts. @see https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations.html */
function root(leaves: readonly Buffer[]): Buffer {
  let level = leaves.length === 0 ? [sha256()] : [...leaves];
  while (level.length > 1) {
    const next: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Buffer, level[i + 1]];
      next.push(right === undefined ? left : sha256(left, right));
    }
    level = next;
  }
  return level[0] as Buffer;
}

export interface TreeHash extends Transform {
  /** Bytes that passed. */
  readonly bytes: number;
  /** Hexadecimal; call it when the stream has ended. */
  treeHash(): string;
}

/** Passes everything through and hashes it. */
export function treeHasher(): TreeHash {
  const leaves: Buffer[] = [];
  let leaf = createHash("sha256");
  let inLeaf = 0;
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + mebibyte - inLeaf);
        leaf.update(part);
        at += part.length;
        inLeaf += part.length;
        if (inLeaf === mebibyte) {
          leaves.push(leaf.digest());
          leaf = createHash("sha256");
          inLeaf = 0;
        }
      }
      bytes += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      if (inLeaf > 0) leaves.push(leaf.digest());
      done();
    },
  });
  return Object.defineProperties(stream, {
    bytes: { get: () => bytes },
    treeHash: { value: () => root(leaves).toString("hex") },
  }) as TreeHash;
}
