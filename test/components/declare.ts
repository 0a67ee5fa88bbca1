/** Declares components under Pulumi's mocks and hands back what they registered. */
import { runtime } from "@pulumi/pulumi";
import { synthesizeFunctions, synthesizeResources } from "../../plan/synthesize.ts";

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

export interface Declaration<Components> {
  readonly components: Components;
  readonly resources: readonly Declared[];
  /** Inputs of the one resource of this type and name. @throws {Error} listing what there is, when there is no such one. */
  inputs(type: string, name: string): Record<string, unknown>;
  /** Logical names of all resources of this type, sorted. */
  names(type: string): string[];
  /** Statements of a policy document in an input, by Sid. */
  statements(type: string, name: string, property?: string): Record<string, Record<string, unknown>>;
}

const account = { region: "us-east-1", accountId: "123456789012" };
const resources = synthesizeResources(account);
const functions = synthesizeFunctions(account);

/** Pulumi notes by an error where each promise was made. Nobody reads those places, and they would take half of a test's time. */
async function withoutPlacesOfPromises<T>(run: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Runs `build` and waits until all it registered is there. One at a time: Pulumi's runtime is one per process. */
export async function declare<Components>(build: () => Components): Promise<Declaration<Components>> {
  const found: Declared[] = [];
  await runtime.setMocks(
    {
      async newResource({ type, name, inputs, custom }) {
        found.push({ type, name, inputs });
        const urn = `urn:pulumi:test::annofarm::${type}::${name}`;
        const { id, outputs } = await resources({ urn, type, name, parent: undefined, custom: custom ?? true, inputs });
        return { id, state: outputs };
      },
      call: ({ token, inputs }) => functions(token, inputs),
    },
    "annofarm",
    "test",
  );
  // Names as short as they get: test/components/names.test.ts has what a stack adds.
  runtime.setAllConfig({ "annofarm:names": "owner" });
  const components = await withoutPlacesOfPromises(async () => {
    try {
      return build();
    } finally {
      // A component that refuses its arguments has registered itself already: what is under way must not meet the next test's mocks.
      await runtime.disconnect();
    }
  });

  function inputs(type: string, name: string): Record<string, unknown> {
    const matching = found.filter((resource) => resource.type === type && resource.name === name);
    const [one, another] = matching;
    if (one === undefined || another !== undefined) {
      const known = found.map((resource) => `${resource.type} ${resource.name}`).sort();
      throw new Error(`${matching.length} resources are ${type} ${name}; there are\n${known.join("\n")}`);
    }
    return one.inputs;
  }
  return {
    components,
    resources: found,
    inputs,
    names: (type) =>
      found
        .filter((resource) => resource.type === type)
        .map(({ name }) => name)
        .sort(),
    statements(type, name, property = "policy") {
      const document = JSON.parse(String(inputs(type, name)[property])) as { Statement: Record<string, unknown>[] };
      return Object.fromEntries(document.Statement.map((statement) => [String(statement.Sid), statement]));
    },
  };
}
