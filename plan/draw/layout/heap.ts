/** Of equal costs, whichever came first: the turn is the lower part of the key. Costs are whole numbers below 2^31. */
const turns = 2 ** 22;

/** A queue that gives the cheapest first. */
export class Heap {
  readonly #keys: number[] = [];
  readonly #values: number[] = [];
  #turn = 0;

  push(value: number, cost: number): void {
    const key = cost * turns + this.#turn++;
    let at = this.#keys.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((this.#keys[above] as number) <= key) break;
      this.#set(at, above);
      at = above;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  pop(): number | undefined {
    const first = this.#values[0];
    const key = this.#keys.pop();
    const value = this.#values.pop();
    const count = this.#keys.length;
    if (key === undefined || value === undefined || count === 0) return first;
    let at = 0;
    for (let child = 1; child < count; child = 2 * at + 1) {
      const right = child + 1;
      const least = right < count && (this.#keys[right] as number) < (this.#keys[child] as number) ? right : child;
      if ((this.#keys[least] as number) >= key) break;
      this.#set(at, least);
      at = least;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
    return first;
  }

  #set(at: number, from: number): void {
    this.#keys[at] = this.#keys[from] as number;
    this.#values[at] = this.#values[from] as number;
  }
}
