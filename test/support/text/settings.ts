/** The settings of the program, as its own reader of them knows them. */
import { parse } from "yaml";
import { readSettings } from "../../../components/settings/settings.ts";

type Values = Readonly<Record<string, string>>;

/** Configuration of one stack file, without the project's name in front. */
export function stackValues(yaml: string): Values {
  const { config = {} } = (parse(yaml) ?? {}) as { readonly config?: Readonly<Record<string, unknown>> };
  const own = Object.entries(config).filter(([key]) => key.startsWith("annofarm:"));
  return Object.fromEntries(own.map(([key, value]) => [key.slice("annofarm:".length), String(value)]));
}

/** What the program reads when it is configured so, and what it objects to. */
function read(values: Values): { readonly asked: ReadonlySet<string>; readonly objection: string | undefined } {
  const asked = new Set<string>();
  const get = (key: string) => {
    asked.add(key);
    return values[key];
  };
  try {
    // Pulumi's own type has many ways to call `get`; the settings use one.
    readSettings({ name: "annofarm", get: get as never });
    return { asked, objection: undefined };
  } catch (error) {
    return { asked, objection: (error as Error).message };
  }
}

/** Every setting there is. */
export const knownSettings: ReadonlySet<string> = read({}).asked;

/** What the program says of `changes` on top of a stack's values; `undefined`: nothing. */
export function objectionTo(stack: Values, changes: Values): string | undefined {
  const own = Object.fromEntries(
    Object.entries(changes).flatMap(([key, value]) => {
      const [project, name] = key.includes(":") ? key.split(":") : ["annofarm", key];
      return project === "annofarm" ? [[name, value]] : [];
    }),
  );
  const unknown = Object.keys(own).filter((key) => !knownSettings.has(key));
  if (unknown.length > 0)
    return `there is no setting ${unknown.join(", ")}; there are ${[...knownSettings].join(", ")}`;
  return read({ ...stack, ...own }).objection;
}
