/**
 * A reading that is used for a while. Whoever asks while one is under way gets that one; a failed one is forgotten.
 *
 * @param milliseconds how long
 * @returns the reading; `since` asks for one that began after this instant of `performance.now()`
 */
export function remembered<Value>(
  milliseconds: number,
  read: (key: string) => Promise<Value>,
): (key: string, since?: number) => Promise<Value> {
  const readings = new Map<string, { readonly began: number; readonly value: Promise<Value> }>();
  return (key, since = Number.NEGATIVE_INFINITY) => {
    const now = performance.now();
    const last = readings.get(key);
    if (last !== undefined && last.began >= since && now - last.began < milliseconds) return last.value;
    const reading = { began: now, value: read(key) };
    readings.set(key, reading);
    reading.value.catch(() => {
      if (readings.get(key) === reading) readings.delete(key);
    });
    return reading.value;
  };
}
