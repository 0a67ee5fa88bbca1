/** Nelder and Mead's downhill simplex: the least of a function that has no derivatives, in a few dimensions. */

interface Vertex {
  readonly at: readonly number[];
  readonly value: number;
}

/**
 * @param from where to begin; each coordinate is tried `stride` further.
 * @returns the best point found after at most so many evaluations.
 */
export function minimise(
  of: (at: readonly number[]) => number,
  from: readonly number[],
  options: { readonly stride: number; readonly evaluations: number },
): readonly number[] {
  let used = 0;
  const measure = (at: readonly number[]): Vertex => {
    used++;
    return { at, value: of(at) };
  };
  const start = from.map((_, axis) => from.map((value, index) => (index === axis ? value + options.stride : value)));
  let simplex = [from, ...start].map(measure);
  const sort = () => {
    simplex = simplex.sort((a, b) => a.value - b.value);
  };
  sort();
  while (used < options.evaluations) {
    const best = simplex[0] as Vertex;
    const worst = simplex.at(-1) as Vertex;
    const others = simplex.slice(0, -1);
    const centre = from.map((_, axis) => others.reduce((sum, { at }) => sum + (at[axis] as number), 0) / others.length);
    const along = (share: number) =>
      measure(centre.map((value, axis) => value + share * ((worst.at[axis] as number) - value)));
    const mirrored = along(-1);
    let next: Vertex | undefined;
    if (mirrored.value < best.value) {
      const further = along(-2);
      next = further.value < mirrored.value ? further : mirrored;
    } else if (mirrored.value < (others.at(-1) as Vertex).value) next = mirrored;
    else {
      const nearer = along(mirrored.value < worst.value ? -0.5 : 0.5);
      if (nearer.value < Math.min(worst.value, mirrored.value)) next = nearer;
    }
    simplex =
      next === undefined
        ? [best, ...simplex.slice(1).map(({ at }) => measure(at.map((v, axis) => (v + (best.at[axis] as number)) / 2)))]
        : [...others, next];
    sort();
  }
  return (simplex[0] as Vertex).at;
}
