/** The life of a resource in a test: create → read → update → read → delete → gone, through the handler table. */
import type { ExecutionContext } from "ava";
import { createResources, handlerOf } from "../../../local/resources/driver.ts";
import type { Context, Inputs, State } from "../../../local/resources/handler.ts";
import type { Emulator } from "../../../local/types.ts";

interface Declared {
  readonly type: string;
  readonly inputs: Inputs;
  /** Inputs replaced by the update. */
  readonly changed: Inputs;
}

export interface Lives {
  readonly context: Context;
  /** Makes something the resource under test needs. */
  create(type: string, inputs: Inputs): Promise<State>;
  /** `whileThere` looks at the resource as created, `whenChanged` as updated. */
  live(
    t: ExecutionContext,
    declared: Declared,
    look?: {
      whileThere?: (state: State) => unknown;
      whenChanged?: (state: State) => unknown;
    },
  ): Promise<State>;
}

export function livesIn(emulator: Emulator): Lives {
  const resources = createResources({ emulator, projectDirectory: import.meta.dirname });
  const context = resources.contextOf({ urn: "urn:test", name: "test" });

  return {
    context,
    create: async (type, inputs) => (await handlerOf(type)).create(inputs, context),
    async live(t, { type, inputs, changed }, look = {}) {
      const handler = await handlerOf(type);
      const created = await handler.create(inputs, context);
      const read = await handler.read({ id: created.id, inputs }, context);
      t.is(read?.id, created.id);
      for (const [key, value] of Object.entries(read?.outputs ?? {})) {
        if (key in created.outputs) t.deepEqual(value, created.outputs[key], `${type} ${key}`);
      }
      await look.whileThere?.(created);
      const after = { ...inputs, ...changed };
      const updated = await handler.update({ id: created.id, inputs }, after, context);
      t.truthy(await handler.read({ id: updated.id, inputs: after }, context), `${type} after update`);
      await look.whenChanged?.(updated);
      await handler.delete({ id: updated.id, inputs: after }, context);
      t.is(await handler.read({ id: updated.id, inputs: after }, context), undefined, `${type} after delete`);
      await t.notThrowsAsync(handler.delete({ id: updated.id, inputs: after }, context), `${type} deleted twice`);
      return updated;
    },
  };
}
