/** What the process that runs a Pulumi program and the one that answers it say to each other. Plain JSON. */

export interface Start {
  readonly kind: "start";
  readonly entry: string;
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly preview: boolean;
  /** True: another run may follow in the same process. */
  readonly again: boolean;
}

/** Ends a run's output on each stream. */
export const endOfOutput = "\u0004end of the program's output";

export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
  /** True when a provider brings it into being; false for a component of the program. */
  readonly custom: boolean;
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secretInputs: readonly string[];
  /** Inputs whose change the program ignores, once the resource stands. */
  readonly ignoreChanges: readonly string[];
  /** Whether a replacement deletes the old one first; `undefined`: the program leaves it to the provider. */
  readonly deleteBeforeReplace: boolean | undefined;
  /** Physical id of what is there already and is only read (`Resource.get`, import). */
  readonly existing: string | undefined;
}

export type FromProgram =
  | { readonly kind: "register"; readonly call: number; readonly registration: Registration }
  | { readonly kind: "outputs"; readonly urn: string; readonly outputs: Readonly<Record<string, unknown>> }
  | {
      readonly kind: "invoke";
      readonly call: number;
      readonly token: string;
      readonly args: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "done";
      readonly outputs: Readonly<Record<string, unknown>>;
      /** Keys of the configuration that were asked for: `project:key`. */
      readonly asked: readonly string[];
      /** True: the process waits for another start. */
      readonly again: boolean;
    }
  | { readonly kind: "failed"; readonly message: string; readonly stack: string };

/** Answers a `register` (id and outputs) or an `invoke` (outputs only) of the same `call`. */
export interface Answer {
  readonly kind: "answer";
  readonly call: number;
  readonly id?: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}
export type ToProgram = Start | Answer;
