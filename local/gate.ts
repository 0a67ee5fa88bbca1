/** Whoever comes to a gate that is closed waits until it opens. */
export interface Gate {
  readonly isOpen: boolean;
  close(): void;
  open(): void;
  /** Resolves as soon as the gate is open. */
  passed(): Promise<void>;
}

/** A gate that is open. */
export function createGate(): Gate {
  let closed: { readonly over: Promise<void>; end(): void } | undefined;
  return {
    get isOpen() {
      return closed === undefined;
    },
    close() {
      if (closed !== undefined) return;
      let end = () => {};
      const over = new Promise<void>((resolve) => {
        end = resolve;
      });
      closed = { over, end };
    },
    open() {
      closed?.end();
      closed = undefined;
    },
    passed: async () => closed?.over,
  };
}
