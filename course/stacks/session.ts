/**
 * The course for those who need it now and then: it is taken with the first piece of work and given back with the last, so that other
 * commands get it in between.
 */
export interface Session<Course> {
  /**
   * Does the work with the course, beside other work that is under way.
   *
   * @throws what opening the course throws, such as that another command has it; and what the work throws.
   */
  run<T>(work: (course: Course) => Promise<T>): Promise<T>;
}

interface Taken<Course> {
  readonly course: Promise<Course>;
  active: number;
  /** Gives it back; resolves when it is. */
  end(): Promise<void>;
}

/** @param open keeps the course until its argument resolves. */
export function createSession<Course>(
  open: (work: (course: Course) => Promise<void>) => Promise<void>,
): Session<Course> {
  let current: Taken<Course> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function take(): Taken<Course> {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let opened: (course: Course) => void = () => {};
    const before = last;
    let closed: Promise<void> = Promise.resolve();
    const course = new Promise<Course>((resolve, reject) => {
      opened = resolve;
      closed = before.then(() =>
        open(async (found) => {
          opened(found);
          await released;
        }),
      );
      closed.catch(reject);
    });
    last = closed.catch(() => {});
    return {
      course,
      active: 0,
      end: async () => {
        release();
        await closed.catch(() => {});
      },
    };
  }

  return {
    async run(work) {
      current ??= take();
      const taken = current;
      taken.active += 1;
      try {
        return await work(await taken.course);
      } finally {
        taken.active -= 1;
        if (taken.active === 0) {
          if (current === taken) current = undefined;
          await taken.end();
        }
      }
    },
  };
}
