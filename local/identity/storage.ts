import type { Adapter, AdapterPayload } from "oidc-provider";

interface Entry {
  payload: AdapterPayload;
  expires: number;
}

/**
 * Where the provider keeps sessions, codes and tokens: in memory, for one run. Expired entries go when they are met, and all
 * of them once in a thousand writes.
 */
export function memoryStorage(now: () => number = Date.now): (model: string) => Adapter {
  const entries = new Map<string, Entry>();
  let writes = 0;

  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expires > now()) return entry.payload;
    entries.delete(key);
    return undefined;
  };
  const search = (model: string, field: "uid" | "userCode", value: string) => {
    for (const [key, { payload }] of entries) {
      if (key.startsWith(`${model}:`) && payload[field] === value) return live(key);
    }
    return undefined;
  };

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      if (++writes % 1_000 === 0) for (const key of entries.keys()) live(key);
      entries.set(`${model}:${id}`, {
        payload,
        expires: expiresIn ? now() + expiresIn * 1_000 : Number.POSITIVE_INFINITY,
      });
    },
    find: async (id) => live(`${model}:${id}`),
    findByUid: async (uid) => search(model, "uid", uid),
    findByUserCode: async (userCode) => search(model, "userCode", userCode),
    async consume(id) {
      const payload = live(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(now() / 1_000);
    },
    async destroy(id) {
      entries.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) {
        if (payload.grantId === grantId && !key.startsWith("Grant:")) entries.delete(key);
      }
    },
  });
}
