/** What is said of compressed data that cannot be read. The reader of lines knows where, and adds the line. */
import { InputError } from "./input-error.ts";

/** Compressed data that are not what their writer wrote. */
export class DamageError extends InputError {
  override name = "DamageError";
}

export const damaged = (detail: string, options?: ErrorOptions): DamageError =>
  new DamageError(`the compressed file is damaged from about this line on (${detail})`, undefined, options);

/** The checksum at the end of a member does not fit: somewhere in it. */
export const damagedBefore = (detail: string, options?: ErrorOptions): DamageError =>
  new DamageError(`the compressed file is damaged somewhere before this line (${detail})`, undefined, options);

export const cutOff = (options?: ErrorOptions): DamageError =>
  new DamageError(
    "the compressed file ends too early: it was cut off while it was written or uploaded",
    undefined,
    options,
  );

export const endBlockMissing = (): DamageError =>
  new DamageError(
    "the bgzip file is truncated: the end block is missing, so it was cut off between two blocks; upload the whole file",
  );

/** Text looked through for damage behind an error, bytes. */
const soughtBytes = 1024 ** 3;

/**
 * What is to be told of an error in the text of a gzip file: damage is often noticed only at the end of a member, when what it made
 * of the text has been read already. Reads the rest.
 *
 * @throws what the source throws.
 */
export async function damageBehind(error: InputError, rest: AsyncIterator<Buffer>): Promise<InputError> {
  try {
    let bytes = 0;
    for (let next = await rest.next(); !next.done && bytes < soughtBytes; next = await rest.next()) {
      bytes += next.value.length;
    }
    return error;
  } catch (found) {
    if (found instanceof DamageError) {
      const detail = found.cause instanceof Error ? found.cause.message : found.message;
      return new DamageError(damaged(detail).message, error.line, { cause: found });
    }
    if (found instanceof InputError) return error;
    throw found;
  }
}
