/**
 * A Pulumi provider made of the runner's own resource handlers: what the engine asks, answered in plain values. How it is
 * asked over the wire is `service.ts`.
 */
import { randomUUID } from "node:crypto";
import type { EmulatorResources } from "../../resources/driver.ts";
import { handlerOf } from "../../resources/driver.ts";
import type { Existing, Inputs } from "../../resources/handler.ts";
import { inDeclaredWords } from "../../resources/reality.ts";
import { handledType } from "./components.ts";
import { type Difference, defaultsKey, difference } from "./diff.ts";
import type { Journal } from "./journal.ts";
import { ruleOf } from "./rules.ts";
import { holdsUnknown } from "./values.ts";

type Values = Readonly<Record<string, unknown>>;

/** Which resource the engine asks about. */
export interface Asked {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

interface State {
  readonly id: string;
  readonly properties: Values;
}

export interface Provider {
  /** @throws {Error} naming a type that nothing here brings to life. */
  check(asked: Asked, inputs: Values, before: Values | undefined, seed: Uint8Array): Promise<Values>;
  diff(asked: Asked, before: Values, after: Values, ignored: readonly string[]): Difference;
  /** `secrets` names the inputs that may stand nowhere but in the engine's state. */
  create(asked: Asked, inputs: Values, secrets: readonly string[]): Promise<State>;
  /** What would be known before it is made: its inputs. */
  previewCreate(inputs: Values): Values;
  /** `undefined`: it is gone. The inputs are those that would declare it as it is. */
  read(asked: Asked, id: string, inputs: Values, state: Values): Promise<(State & { inputs: Values }) | undefined>;
  update(asked: Asked, id: string, before: Values, after: Values, state: Values): Promise<Values>;
  /** What would be known before it is changed: what it is, without what the change makes anew. */
  previewUpdate(asked: Asked, before: Values, after: Values, state: Values): Values;
  delete(asked: Asked, id: string, inputs: Values, state: Values): Promise<void>;
}

/** The emulator's own id, where an update has made a resource anew under an id that the engine cannot be told. */
const physicalKey = "__physicalId";

const physicalId = (id: string, state: Values) => (state[physicalKey] as string | undefined) ?? id;

function declared(inputs: Values): Inputs {
  const { [defaultsKey]: _, ...rest } = inputs;
  return rest;
}

export function createProvider(resources: EmulatorResources, journal: Journal): Provider {
  const handlerFor = (asked: Asked) => handlerOf(handledType(asked.type));
  const existing = (id: string, inputs: Values, state: Values): Existing<Inputs> => ({
    id: physicalId(id, state),
    inputs: declared(inputs),
    outputs: state,
  });
  const standing = (id: string, inputs: Values, made: { id: string; outputs: Values }): Values => ({
    ...inputs,
    ...inDeclaredWords(inputs, made.outputs),
    ...(made.id === id ? {} : { [physicalKey]: made.id }),
  });

  /** What an engine that was cut off has never heard of, brought to what is wanted now. */
  async function adopt(asked: Asked, inputs: Values): Promise<State | undefined> {
    const left = journal.leftBehind(asked.urn);
    if (left === undefined) return undefined;
    const handler = await handlerFor(asked);
    const context = resources.contextOf(asked);
    const there = { id: left.id, inputs: declared(left.inputs) };
    if ((await handler.read(there, context)) === undefined) return undefined;
    if (difference(handledType(asked.type), left.inputs, inputs).replaces.length > 0) {
      await handler.delete(there, context);
      return undefined;
    }
    const made = await handler.update(there, declared(inputs), context);
    return { id: left.id, properties: standing(left.id, inputs, made) };
  }

  return {
    async check(asked, inputs, before, seed) {
      await handlerFor(asked);
      const { name } = ruleOf(handledType(asked.type));
      if (name === undefined || inputs[name] !== undefined || inputs.namePrefix !== undefined)
        return { ...inputs, [defaultsKey]: [] };
      const filledBefore = (before?.[defaultsKey] as readonly string[] | undefined)?.includes(name);
      const suffix = Buffer.from(seed).toString("hex").slice(0, 7);
      const made = filledBefore ? before?.[name] : `${asked.name}-${suffix}`;
      return { ...inputs, [name]: made, [defaultsKey]: [name] };
    },
    diff: (asked, before, after, ignored) => difference(handledType(asked.type), before, after, ignored),
    async create(asked, inputs, secrets) {
      const adopted = await adopt(asked, inputs);
      if (adopted !== undefined) return adopted;
      const context = resources.contextOf(asked, inputs, randomUUID());
      const made = await (await handlerFor(asked)).create(declared(inputs), context);
      const open = Object.entries(inputs).filter(([key]) => !secrets.includes(key));
      journal.created({ urn: asked.urn, id: made.id, inputs: Object.fromEntries(open) });
      return { id: made.id, properties: standing(made.id, inputs, made) };
    },
    previewCreate: (inputs) => inputs,
    async read(asked, id, inputs, state) {
      const handler = await handlerFor(asked);
      const found = await handler.read(existing(id, inputs, state), resources.contextOf(asked));
      if (found === undefined) return undefined;
      const outputs = inDeclaredWords(inputs, found.outputs);
      const { unlike = [] } = ruleOf(handledType(asked.type));
      const actual = Object.entries(outputs).filter(([key]) => key in inputs && !unlike.includes(key));
      return { id, properties: { ...state, ...outputs }, inputs: { ...inputs, ...Object.fromEntries(actual) } };
    },
    async update(asked, id, before, after, state) {
      const handler = await handlerFor(asked);
      const made = await handler.update(existing(id, before, state), declared(after), resources.contextOf(asked));
      return { ...kept(before, after, state), ...standing(id, after, made) };
    },
    previewUpdate(asked, before, after, state) {
      const { renewed = [], renewedBy } = ruleOf(handledType(asked.type));
      const merged = { ...kept(before, after, state), ...after };
      const changed = difference(handledType(asked.type), before, after).inputs;
      if (renewedBy !== undefined && !changed.some((input) => renewedBy.includes(input))) return merged;
      return Object.fromEntries(Object.entries(merged).filter(([key]) => !renewed.includes(key)));
    },
    async delete(asked, id, inputs, state) {
      await (await handlerFor(asked)).delete(existing(id, inputs, state), resources.contextOf(asked));
    },
  };
}

/** Outputs that an update leaves as they are; an input that is no longer given goes. */
function kept(before: Values, after: Values, state: Values): Values {
  return Object.fromEntries(
    Object.entries(state).filter(([key, value]) => (!(key in before) || key in after) && !holdsUnknown(value)),
  );
}
