/** First in, first out, of small numbers: a ring that grows. */
export class IdQueue {
  #ids = new Int32Array(16);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(id: number): void {
    if (this.#size === this.#ids.length) this.#grow();
    this.#ids[(this.#head + this.#size++) & (this.#ids.length - 1)] = id;
  }

  /** −1 when it is empty. */
  take(): number {
    if (this.#size === 0) return -1;
    const id = this.#ids[this.#head] as number;
    this.#head = (this.#head + 1) & (this.#ids.length - 1);
    this.#size--;
    return id;
  }

  #grow(): void {
    const ids = new Int32Array(this.#ids.length * 2);
    const { length } = this.#ids;
    for (let n = 0; n < this.#size; n++) ids[n] = this.#ids[(this.#head + n) & (length - 1)] as number;
    this.#ids = ids;
    this.#head = 0;
  }
}
