/**
 * Events to come, soonest first: a heap with four children a node over typed arrays, so that neither adding nor taking one
 * allocates. An event is a time and a code of 31 bits; what the code means is its user's business.
 *
 * Most events lead to one that comes soon after. So the place of the event that was taken stays open until the next is added,
 * which then sinks from there, mostly not far; only when another is taken first does the last event move there.
 */
export class EventHeap {
  /** Time of the event that `take` gave last, seconds. */
  time = 0;
  #times = new Float64Array(1024);
  #codes = new Int32Array(1024);
  /** Places in use, the open one included. */
  #size = 0;
  #open = false;

  get size(): number {
    return this.#open ? this.#size - 1 : this.#size;
  }

  add(time: number, code: number): void {
    if (this.#open) {
      this.#open = false;
      this.#sink(time, code);
      return;
    }
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    const codes = this.#codes;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime <= time) break;
      times[at] = parentTime;
      codes[at] = codes[parent] as number;
      at = parent;
    }
    times[at] = time;
    codes[at] = code;
  }

  /** Code of the soonest event up to a time, which is taken out; −1 when there is none. */
  take(until = Number.POSITIVE_INFINITY): number {
    if (this.#open) this.#close();
    if (this.#size === 0 || (this.#times[0] as number) > until) return -1;
    this.#open = true;
    this.time = this.#times[0] as number;
    return this.#codes[0] as number;
  }

  /** The last event moves to the open place. */
  #close(): void {
    this.#open = false;
    const last = --this.#size;
    if (last > 0) this.#sink(this.#times[last] as number, this.#codes[last] as number);
  }

  /** From the root down to where it belongs. */
  #sink(time: number, code: number): void {
    const times = this.#times;
    const codes = this.#codes;
    const size = this.#size;
    let at = 0;
    for (;;) {
      const first = at * 4 + 1;
      if (first >= size) break;
      const end = first + 4 < size ? first + 4 : size;
      let least = first;
      let leastTime = times[first] as number;
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child] as number;
        if (childTime < leastTime) {
          least = child;
          leastTime = childTime;
        }
      }
      if (leastTime >= time) break;
      times[at] = leastTime;
      codes[at] = codes[least] as number;
      at = least;
    }
    times[at] = time;
    codes[at] = code;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const codes = new Int32Array(this.#codes.length * 2);
    times.set(this.#times);
    codes.set(this.#codes);
    this.#times = times;
    this.#codes = codes;
  }
}
