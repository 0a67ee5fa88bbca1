/**
 * Remembers what `read` found. It is asked again once `milliseconds` have passed, and never more than a tenth of the time:
 * a console must not be what the emulator is busy with. Askers that come together share one answer.
 */
export function keptFresh<T>(
  milliseconds: number,
  read: () => Promise<T>,
  now = () => performance.now(),
): () => Promise<T> {
  let value: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (value !== undefined && now() < until) return value;
    const started = now();
    until = Number.POSITIVE_INFINITY; // while it is being read
    const reading = read();
    const settled = () => {
      until = Math.max(started + milliseconds, now() + 9 * (now() - started));
    };
    reading.then(settled, settled);
    value = reading;
    return reading;
  };
}
