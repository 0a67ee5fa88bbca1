export interface RequestMeter {
  record(): void;
  /** Requests per minute of wall-clock time since the first one, at most the last 30; the last minute is still running. */
  perMinute(): number[];
}

const minutesKept = 30;

export function createRequestMeter(now: () => number = Date.now): RequestMeter {
  const counts = new Map<number, number>();
  const minuteOf = () => Math.floor(now() / 60_000);
  return {
    record() {
      const minute = minuteOf();
      counts.set(minute, (counts.get(minute) ?? 0) + 1);
      for (const old of counts.keys()) if (old <= minute - minutesKept) counts.delete(old);
    },
    perMinute() {
      const last = minuteOf();
      const [first = last] = [...counts.keys()].filter((minute) => minute > last - minutesKept);
      return Array.from({ length: last - first + 1 }, (_, i) => counts.get(first + i) ?? 0);
    },
  };
}
