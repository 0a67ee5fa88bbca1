const mostSeconds = 48 * 3600;

/** How long an instance can be held in a hook by heartbeats: 48 hours or 100 times the heartbeat, whichever is less. */
export const hookLimitSeconds = (heartbeatSeconds: number): number => Math.min(mostSeconds, 100 * heartbeatSeconds);
