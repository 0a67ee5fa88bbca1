/** Writes a setting into a stack's file, and leaves all else in it, comments too, as it is. Pure. */
import { isMap, isPair, isScalar, parseDocument } from "yaml";

/**
 * @param text of Pulumi.<stack>.yaml.
 * @param key with its namespace.
 * @param value that needs no quotes in YAML.
 * @throws {Error} when the file is not YAML, or its `config` no map.
 */
export function withSetting(text: string, key: string, value: string): string {
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new Error(`the stack's file is not YAML: ${mistake.message}`, { cause: mistake });
  const config = document.get("config", true);
  const line = `${key}: ${value}`;
  if (config === undefined || (isScalar(config) && config.value === null)) {
    if (config !== undefined)
      throw new Error("the stack's file has an empty config; write a setting below it, or take it away");
    return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}config:\n  ${line}\n`;
  }
  if (!isMap(config)) throw new Error("config of the stack's file is no map of settings");
  const pairs = config.items.filter(isPair);
  const present = pairs.find((pair) => isScalar(pair.key) && pair.key.value === key);
  if (isScalar(present?.value) && present.value.range) {
    const [from, to] = present.value.range;
    return text.slice(0, from) + value + text.slice(to);
  }
  const first = pairs[0]?.key;
  if (present !== undefined || !isScalar(first) || !first.range)
    throw new Error(`${key} of the stack's file is no text`);
  const begin = text.lastIndexOf("\n", first.range[0] - 1) + 1;
  return `${text.slice(0, begin)}${text.slice(begin, first.range[0])}${line}\n${text.slice(begin)}`;
}
