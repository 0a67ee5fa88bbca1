/** Glacier's SHA-256 tree hash: hashes of the 1 MiB leaves, joined in pairs until one is left. */
import { createHash } from "node:crypto";

export const leafBytes = 1024 * 1024;
const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Leaf hashes of bytes that start on a leaf's border. Empty bytes have one leaf. */
export function leafHashes(bytes: Uint8Array): Buffer[] {
  const leaves: Buffer[] = [];
  for (let start = 0; start === 0 || start < bytes.length; start += leafBytes) {
    leaves.push(sha256(bytes.subarray(start, start + leafBytes)));
  }
  return leaves;
}

/** Tree hash, hex. @throws for an empty list. */
export function treeHash(leaves: readonly Buffer[]): string {
  let level = [...leaves];
  while (level.length > 1) {
    const next: Buffer[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = [level[index] as Buffer, level[index + 1]];
      next.push(right === undefined ? left : sha256(left, right));
    }
    level = next;
  }
  const [root] = level;
  if (root === undefined) throw new Error("a tree hash needs at least one leaf");
  return root.toString("hex");
}
