/** Chance as an argument: small seeded generators. The same seed gives the same numbers on every machine. */

/** Next state of a counter that walks through all 32-bit numbers. */
const advance = (state: number): number => (state + 0x9e3779b9) | 0;

function mix(state: number): number {
  let bits = state ^ (state >>> 16);
  bits = Math.imul(bits, 0x21f0aaad);
  bits ^= bits >>> 15;
  bits = Math.imul(bits, 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}

/** One draw as a pure function: a number in [0, 1) and the state that follows. */
export function draw(state: number): { readonly value: number; readonly state: number } {
  const next = advance(state);
  return { value: mix(next) / 2 ** 32, state: next };
}

/** A state that depends on a seed and on a purpose, so that streams of one seed are unrelated. */
export const stateFor = (seed: number, purpose: number): number => mix(Math.imul(seed, 0x9e3779b1) ^ mix(purpose)) | 0;

const batch = 256;

/** The same numbers, drawn many at a time: a short loop is fast where a call for each would box its answer. */
export function batched(drawn: () => number): () => number {
  const values = new Float64Array(batch);
  let at = batch;
  return () => {
    if (at === batch) {
      for (let n = 0; n < batch; n++) values[n] = drawn();
      at = 0;
    }
    return values[at++] as number;
  };
}

/** A generator of numbers in [0, 1): sfc32, fast and without visible patterns in the sizes that simulations need. */
export function generator(seed: number, purpose = 0): () => number {
  let [a, b, c, counter] = [mix(seed | 0), mix(purpose | 0), mix(seed ^ 0x5bd1e995), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}
