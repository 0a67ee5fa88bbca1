/** What the process that runs Pulumi's engine and the one that asks for it say to each other. Plain JSON. */

export type Operation = "preview" | "up" | "refresh" | "destroy" | "export";

export interface Start {
  readonly operation: Operation;
  /** Pulumi's command line: the engine. */
  readonly pulumi: string;
  /** Folder of the generated Pulumi.yaml and Pulumi.<stack>.yaml. */
  readonly workspace: string;
  readonly home: string;
  readonly stack: string;
  readonly project: string;
  /** The program's module. */
  readonly entry: string;
  /** The program's configuration. It stands in no file: Pulumi's history would keep what is secret in it. */
  readonly config: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** All but `refresh` and `export`: what stands is looked at first. */
  readonly refresh: boolean;
  /** Operations at a time. */
  readonly parallel?: number;
  /**
   * Creations that an engine which was killed has left open in the state. `adopted`: the provider has written them down and takes
   * them over. `cleared`: the engine looks at what stands and forgets them before it begins.
   */
  readonly pending: "adopted" | "cleared";
  /** A lock of this stack belongs to nobody and is taken away first. */
  readonly unlock?: boolean;
}

/** What was done, or in a preview would be done, to one resource. */
export interface EngineStep {
  /** `create`, `update`, `delete`, `same`, `create-replacement`, `delete-replaced`, `read`, `refresh`, … */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** Top-level inputs that made the engine do it. */
  readonly diffs: readonly string[];
}

export type FromHost =
  | { readonly kind: "step"; readonly step: EngineStep; readonly done: boolean }
  | { readonly kind: "diagnostic"; readonly severity: string; readonly message: string; readonly urn?: string }
  | { readonly kind: "summary"; readonly changes: Readonly<Record<string, number>> }
  | {
      readonly kind: "done";
      readonly deployment?: unknown;
      /** Keys of the configuration that the program asked for, `project:key`; none when the operation does not run it. */
      readonly asked: readonly string[];
    }
  | { readonly kind: "failed"; readonly message: string };
