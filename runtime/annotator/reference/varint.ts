/** Whole numbers of any size from 0 on, in as few bytes as they need: seven bits in each, the lowest first (LEB128). */

export function pushVarint(bytes: number[], value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number from 0 on`);
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

export interface VarintReader {
  /** Reads one number. @throws {RangeError} at the end of the data. */
  next(): number;
  atEnd(): boolean;
}

export function createVarintReader(bytes: Uint8Array): VarintReader {
  let at = 0;
  return {
    next() {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at];
        if (byte === undefined) throw new RangeError("the data end within a number");
        at += 1;
        if (byte < 128) return value + byte * scale;
        value += (byte - 128) * scale;
      }
    },
    atEnd: () => at >= bytes.length,
  };
}
