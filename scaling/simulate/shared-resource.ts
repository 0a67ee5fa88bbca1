/** What all instances share, such as a database: it serves one request at a time, in the order in which they came. */
import { IdQueue } from "./id-queue.ts";
import { type Kernel, kinds } from "./kernel.ts";
import { type Requests, stages } from "./requests.ts";

const { shared: atShared } = stages;
const { shared: sharedKind } = kinds;

export class SharedResource {
  readonly #kernel: Kernel;
  readonly #requests: Requests;
  readonly #serviceTime: () => number;
  readonly #queue = new IdQueue();
  #busy = false;

  constructor(kernel: Kernel, requests: Requests, serviceTime: () => number) {
    this.#kernel = kernel;
    this.#requests = requests;
    this.#serviceTime = serviceTime;
  }

  /** How many wait, those whose clients have given up included. */
  waiting(): number {
    return this.#queue.size;
  }

  enter(id: number, now: number): void {
    this.#requests.stage[id] = atShared;
    if (this.#busy) this.#queue.add(id);
    else this.#serve(id, now);
  }

  /** It is through with a request, and takes the next that somebody still waits for. */
  next(now: number): void {
    this.#busy = false;
    for (let id = this.#queue.take(); id >= 0; id = this.#queue.take()) {
      if (this.#requests.stage[id] === atShared) {
        this.#serve(id, now);
        return;
      }
      this.#requests.give(id);
    }
  }

  #serve(id: number, now: number): void {
    this.#busy = true;
    this.#kernel.add(now + this.#serviceTime(), sharedKind, id);
  }
}
