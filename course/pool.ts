/** Does something for each item, at most so many at a time. Rejects with the first error once all have ended. */
export async function forEachOf<Item>(
  items: Iterable<Item>,
  atATime: number,
  what: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const errors: unknown[] = [];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await what(item).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  if (errors.length > 0) throw errors[0];
}
