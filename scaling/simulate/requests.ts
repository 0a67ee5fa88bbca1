/** Requests under way, as columns of numbers: a request is a row that is given back and used again. */

/** Where a request is. `givenUp`: its client is gone, while somebody still works on it or will come across it. */
export const stages = { free: 0, queued: 1, inService: 2, shared: 3, givenUp: 4 } as const;

export interface Requests {
  /** Columns by request; ask again after `take`, which may make them longer. */
  start: Float64Array;
  expires: Float64Array;
  user: Int32Array;
  server: Int32Array;
  stage: Uint8Array;
  /** When its user asked for the first time, and how often since. */
  first: Float64Array;
  attempt: Uint8Array;
  take(): number;
  give(id: number): void;
}

export function createRequests(): Requests {
  const free: number[] = [];
  let used = 0;
  const requests: Requests = {
    start: new Float64Array(1024),
    expires: new Float64Array(1024),
    user: new Int32Array(1024),
    server: new Int32Array(1024),
    stage: new Uint8Array(1024),
    first: new Float64Array(1024),
    attempt: new Uint8Array(1024),
    take() {
      const given = free.pop();
      if (given !== undefined) return given;
      if (used === requests.stage.length) grow();
      return used++;
    },
    give(id) {
      requests.stage[id] = 0; // free
      requests.expires[id] = 0;
      free.push(id);
    },
  };

  function grow(): void {
    const length = used * 2;
    const { start, expires, user, server, stage, first, attempt } = requests;
    requests.start = new Float64Array(length);
    requests.start.set(start);
    requests.expires = new Float64Array(length);
    requests.expires.set(expires);
    requests.user = new Int32Array(length);
    requests.user.set(user);
    requests.server = new Int32Array(length);
    requests.server.set(server);
    requests.stage = new Uint8Array(length);
    requests.stage.set(stage);
    requests.first = new Float64Array(length);
    requests.first.set(first);
    requests.attempt = new Uint8Array(length);
    requests.attempt.set(attempt);
  }
  return requests;
}
