/**
 * The annotators' two queues as one. The express lane is looked at first, for an instant; then the queue itself is waited at. What the
 * lane holds is in the queue as well, so that a worker that dies, or a lane that is slow, costs a job its turn and nothing else.
 */
import type { Delivery, Queue } from "../jobs/ports.ts";

/** Receipts from the lane after which the queue has one: people with many jobs wait longer, and not for ever. */
const inARowMax = 4;

export function withExpressLane(queue: Queue, lane: Queue): Queue {
  const from = ({ isHint }: Delivery) => (isHint ? lane : queue);
  let inARow = 0;
  return {
    async receive(options) {
      if (inARow < inARowMax) {
        const first = await lane.receive({ ...options, waitSeconds: 0 });
        inARow += 1;
        if (first.length > 0) return first.map((delivery) => ({ ...delivery, isHint: true as const }));
      }
      inARow = 0;
      return queue.receive(options);
    },
    delete: (delivery) => from(delivery).delete(delivery),
    hide: (delivery, seconds) => from(delivery).hide(delivery, seconds),
    send: (message, traceparent) => queue.send(message, traceparent),
  };
}
