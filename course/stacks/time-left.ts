/** How long the rest takes, by what has been done. Pure. Seconds. */

export interface Work {
  /** How long each took that has ended. */
  readonly took: readonly number[];
  /** For how long each has run that runs. */
  readonly running: readonly number[];
  readonly waiting: number;
  /** How long one took in an earlier command; asked only while none has ended in this one. */
  readonly before?: number;
}

/** `undefined`: nothing is known yet. */
export function timeLeft({ took, running, waiting, before }: Work): number | undefined {
  const each = took.length > 0 ? took.reduce((sum, value) => sum + value, 0) / took.length : before;
  if (each === undefined) return undefined;
  // One that takes longer than usual may end at any moment.
  const rest = running.reduce((sum, elapsed) => sum + Math.max(0, each - elapsed), 0);
  return (rest + waiting * each) / Math.max(1, running.length);
}

/** `40 s`, `12 min`, `2 h 05 min` */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
