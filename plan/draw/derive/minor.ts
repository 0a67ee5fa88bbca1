/** Which flows are detours: a second way to say what somebody nearer to the users says already. */
import type { Flow, PictureNode } from "../picture.ts";

/** Steps from where everything begins, along the flows; what nothing leads to is a beginning. */
export function distances(nodes: readonly PictureNode[], flows: readonly Flow[]): ReadonlyMap<string, number> {
  const entered = new Set(flows.map(({ to }) => to));
  const people = nodes.filter(({ kind, id }) => kind === "people" && flows.some(({ from }) => from === id));
  const begin = people.length > 0 ? people : nodes.filter(({ id }) => !entered.has(id));
  const distance = new Map(begin.map(({ id }) => [id, 0]));
  const queue = [...distance.keys()];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const { from, to, both } of flows) {
      const next = from === id ? to : both && to === id ? from : undefined;
      if (next === undefined || distance.has(next)) continue;
      distance.set(next, (distance.get(id) ?? 0) + 1);
      queue.push(next);
    }
  }
  return distance;
}

const far = Number.POSITIVE_INFINITY;

/**
 * Marks the detours into topics and queues: when a topic or a bucket fills a queue, what services send to it directly; else
 * what is sent from further away than by the nearest sender. And all that a bucket of the program's own code gives out.
 */
export function withMinor(
  nodes: readonly PictureNode[],
  flows: readonly Flow[],
  codeBuckets: ReadonlySet<string>,
): Flow[] {
  const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
  const distance = distances(nodes, flows);
  const isActor = (id: string) => ["instances", "service", "function", "other"].includes(kinds.get(id) ?? "other");
  const isDetour = (flow: Flow): boolean => {
    if (codeBuckets.has(flow.from) || codeBuckets.has(flow.to)) return true;
    const kind = kinds.get(flow.to);
    if ((kind !== "topic" && kind !== "queue") || !isActor(flow.from)) return false;
    const rivals = flows.filter(({ to, from }) => to === flow.to && from !== flow.from);
    if (rivals.some(({ from }) => !isActor(from))) return true;
    return rivals.some(({ from }) => (distance.get(from) ?? far) < (distance.get(flow.from) ?? far));
  };
  return flows.map((flow) => ({ ...flow, minor: isDetour(flow) }));
}
