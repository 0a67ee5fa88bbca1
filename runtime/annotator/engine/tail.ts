/** Keeps the last `bytesMax` bytes of what a program prints. */
export function createTail(bytesMax: number) {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let allBytes = 0;
  return {
    add(chunk: Buffer): void {
      kept.push(chunk);
      keptBytes += chunk.length;
      allBytes += chunk.length;
      if (keptBytes < 2 * bytesMax) return;
      kept = [Buffer.concat(kept).subarray(-bytesMax)];
      keptBytes = bytesMax;
    },
    /** Control characters other than line breaks and tabs are replaced. */
    text(): string {
      const tail = Buffer.concat(kept).subarray(-bytesMax);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being replaced
      const printable = tail.toString("utf8").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "·");
      const dropped = allBytes - tail.length;
      return dropped > 0 ? `[${dropped} bytes before this are left out]\n${printable}` : printable;
    },
  };
}
