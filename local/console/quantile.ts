/** A quantile of values that were counted: the least value that so many of them do not exceed. `undefined`: there are none. */
export function quantile(
  values: readonly { readonly value: number; readonly count: number }[],
  share: number,
): number | undefined {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const rank = share * sorted.reduce((sum, { count }) => sum + count, 0);
  let passed = 0;
  return sorted.find(({ count }) => {
    passed += count;
    return passed >= rank;
  })?.value;
}
