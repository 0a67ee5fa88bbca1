/** How a declared type comes to life: what every handler is given and must do. */
import type { Emulator } from "../types.ts";

/** Of a resource as it is: physical id and outputs (beside its inputs) with Pulumi's names. */
export interface State {
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What is there already: its id and the inputs it was last given (empty when it is only being read). */
export interface Existing<I> {
  readonly id: string;
  readonly inputs: I;
  /** Outputs as they were when it was last made, changed or read. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface Context {
  readonly emulator: Emulator;
  /** The name that the program gives it. */
  readonly logicalName: string;
  /** For a resource whose inputs give no physical name: its logical name with seven hexadecimal digits, or its `namePrefix` with 26. */
  readonly autoName: string;
  /** Relative paths of assets are relative to it. */
  readonly projectDirectory: string;
  /** An administrator's client, made once for each class. */
  client<C>(type: new (configuration: ClientConfiguration) => C): C;
  /** As `client`, for calls that whoever runs the instances answers; `undefined`: nobody runs any. */
  readonly runner: (<C>(type: new (configuration: ClientConfiguration) => C) => C) | undefined;
}

export interface ClientConfiguration {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle: boolean;
}

export interface Handler<I = Inputs> {
  create(inputs: I, context: Context): Promise<State>;
  /** `undefined`: it is not there any more. */
  read(existing: Existing<I>, context: Context): Promise<State | undefined>;
  /** Changes it in place. Inputs that cannot be changed in place are the caller's to notice. */
  update(existing: Existing<I>, inputs: I, context: Context): Promise<State>;
  /** Succeeds when it is gone already. */
  delete(existing: Existing<I>, context: Context): Promise<void>;
}

export type Inputs = Readonly<Record<string, unknown>>;

/** Handlers by type token. Each file of `services/` exports one. */
export type Handlers = Readonly<Record<string, Handler>>;

/** Names the inputs a handler reads; whoever calls it has them from a program that its SDK has type-checked. */
export function handler<I>(definition: Handler<I>): Handler {
  return definition as Handler;
}

/** A setting that is put as a whole: creating and changing it are one call. */
export function setting<I>(definition: {
  /** Physical id, made of the inputs. */
  id(inputs: I): string;
  put(inputs: I, context: Context): Promise<void>;
  /** Outputs, or `undefined` when it is not set. */
  get(existing: Existing<I>, context: Context): Promise<Readonly<Record<string, unknown>> | undefined>;
  remove(existing: Existing<I>, context: Context): Promise<void>;
}): Handler {
  const put = async (inputs: I, context: Context): Promise<State> => {
    await definition.put(inputs, context);
    const id = definition.id(inputs);
    return { id, outputs: (await definition.get({ id, inputs }, context)) ?? {} };
  };
  return handler<I>({
    create: put,
    async read(existing, context) {
      const outputs = await definition.get(existing, context);
      return outputs && { id: existing.id, outputs };
    },
    update: (_existing, inputs, context) => put(inputs, context),
    delete: (existing, context) => definition.remove(existing, context),
  });
}

const absence = /NotFound|NoSuch|NonExistent|DoesNotExist/;

/** Whether an AWS error says that something is not there; services name it in many ways. */
function saysAbsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { Code, $metadata } = error as Error & { Code?: string; $metadata?: { httpStatusCode?: number } };
  return absence.test(`${error.name} ${Code ?? ""}`) || $metadata?.httpStatusCode === 404;
}

/** What the call answers, or `undefined` when AWS says that there is no such thing. */
export async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (saysAbsent(error)) return undefined;
    throw error;
  }
}

/** `value`, which AWS always sends although its types allow otherwise. */
export function sent<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new Error(`the emulator's answer has no ${what}`);
  return value;
}
