/** A course for the commands about money and lifetime: its file, its ledger, and its engine where one is needed. */
import { resolve } from "node:path";
import type { Books } from "../../course/books.ts";
import { requireDirectory } from "../places.ts";
import { pulumiCommand } from "./operate.ts";
import type { StackOptions } from "./stack-options.ts";

/** @param command as its user calls it, for whoever finds the course taken. @param stop ends what the engine has under way. */
export async function openBooks(
  options: Pick<StackOptions, "course" | "state" | "local">,
  command: string,
  stop: AbortSignal = new AbortController().signal,
): Promise<Books> {
  const { course: file, state, local } = options;
  if (state !== undefined) requireDirectory(state);
  const [{ placeCourse }, { readHistories }, { readSharedHistories }, { withOperations }, { createSession }] =
    await Promise.all([
      import("../../course/stacks/place.ts"),
      import("../../course/stacks/ledger.ts"),
      import("../../course/stacks/shared-ledger.ts"),
      import("../../course/stacks/command.ts"),
      import("../../course/stacks/session.ts"),
    ]);
  const [{ localAccount }, { readDeclaration }, { sharedStack }] = await Promise.all([
    import("../../course/stacks/account.ts"),
    import("../../course/plan/declaration.ts"),
    import("../../course/plan/sharing.ts"),
  ]);
  const where = { file, ...(state === undefined ? {} : { state }) };
  const emulated = local === undefined ? undefined : resolve(local === true ? ".annofarm/emulate.json" : local);
  // AWS's clients find the account of this machine where they find every other.
  if (emulated !== undefined) Object.assign(process.env, (await localAccount(emulated)).environment);
  const { course, stacks, stateDirectory } = await placeCourse(where);
  type Operated = Parameters<Parameters<typeof withOperations>[1]>[0];
  const session = createSession<Operated>((work) =>
    withOperations(
      {
        ...where,
        ...(emulated === undefined ? {} : { local: emulated }),
        command,
        given: {},
        pulumi: pulumiCommand,
        write: (text) => void process.stderr.write(text),
        now: () => new Date(),
        kill: stop,
      },
      work,
    ),
  );
  /** One engine at a time: what is destroyed here is frozen already, and an engine takes a gigabyte. */
  let destructions: Promise<unknown> = Promise.resolve();
  const oneByOne = (destroy: () => Promise<void>): Promise<void> => {
    const next = destructions.then(destroy);
    destructions = next.catch(() => {});
    return next;
  };
  return {
    course,
    directory: stateDirectory,
    shared: [sharedStack(course.course)],
    histories: async () => new Map([...readHistories(stateDirectory), ...readSharedHistories(stateDirectory)]),
    declaration: () => readDeclaration(course, stacks, stateDirectory),
    operations: {
      held: (stack, step, sizes) => session.run(({ operations }) => operations.held(stack, step, sizes)),
      destroy: (stack) => oneByOne(() => session.run(({ operations }) => operations.destroy(stack))),
      endShared: () => oneByOne(() => session.run(({ endShared }) => endShared())),
      extend: (stack, expiresAt, why) => session.run(({ operations }) => operations.extend(stack, expiresAt, why)),
    },
    async close() {},
  };
}
