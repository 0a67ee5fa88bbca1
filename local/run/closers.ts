/** What has been started and must end, last started first. */
export interface Closers {
  add(name: string, close: () => Promise<void> | void): void;
  /** Runs every closer, also when one of them fails. @throws {AggregateError} of those that did. Safe to call twice. */
  close(): Promise<void>;
}

export function createClosers(): Closers {
  const stack: { name: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    const failures: Error[] = [];
    // What is being ended may be waited for by timers and sockets that keep no process alive: this does until all is done.
    const awake = setInterval(() => {}, 60_000);
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      try {
        await next.close();
      } catch (cause) {
        failures.push(new Error(`cannot stop ${next.name}`, { cause }));
      }
    }
    clearInterval(awake);
    if (failures.length > 0) {
      const reasons = failures.map(
        ({ message, cause }) => `${message} (${cause instanceof Error ? cause.message : cause})`,
      );
      throw new AggregateError(failures, `not everything could be stopped: ${reasons.join(", ")}`);
    }
  }

  return {
    add: (name, close) => stack.push({ name, close }),
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}
