/** The plugin that the engine starts for a program in another language: it tells the schema and constructs what is asked for. */
import {
  type ComponentResource,
  type ComponentResourceOptions,
  InputPropertiesError,
  type Inputs,
} from "@pulumi/pulumi";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import { ArgumentsError } from "../base/validate.ts";
import * as components from "./index.ts";

/** What is read here of the schema. */
interface Schema {
  readonly version: string;
  readonly resources: Readonly<Record<string, { readonly properties: Readonly<Record<string, unknown>> }>>;
}

type Constructor = new (name: string, args: Inputs, opts: ComponentResourceOptions) => ComponentResource;

const constructors = new Map<string, Constructor>(
  Object.entries(components).map(([name, made]) => [`annofarm:index:${name}`, made as unknown as Constructor]),
);

/** @param schema the package's schema, as JSON. */
export function createProvider(schema: string): Provider {
  const { version, resources } = JSON.parse(schema) as Schema;
  return {
    version,
    schema,
    async construct(name, type, inputs, options) {
      const Component = constructors.get(type);
      if (Component === undefined)
        throw new Error(`${type} is unknown; there are ${[...constructors.keys()].join(", ")}`);
      const instance = build(() => new Component(name, inputs, options));
      const properties = Object.keys(resources[type]?.properties ?? {});
      const state = Object.fromEntries(properties.map((key) => [key, Reflect.get(instance, key) as unknown]));
      return { urn: instance.urn, state };
    },
  };
}

/** The engine shows mistakes beside the arguments that they are in. */
function build<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    const errors = error.mistakes.map(({ path, reason }) => ({ propertyPath: path, reason }));
    throw new InputPropertiesError({ message: error.message.split("\n")[0] ?? "", errors });
  }
}

/** Serves until the engine ends it. @param args what the engine has started the plugin with: its address. */
export const serve = (schema: string, args: string[]): Promise<void> => main(createProvider(schema), args);
