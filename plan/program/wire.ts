/** Pulumi's wire form of property values ↔ plain JSON. */
import {
  specialArchiveSig,
  specialAssetSig,
  specialResourceSig,
  specialSecretSig,
  specialSigKey,
} from "./signatures.ts";

export interface PlainProperties {
  readonly values: Record<string, unknown>;
  /** Paths of values that are secret: `password`, `rules[0].token`. */
  readonly secrets: readonly string[];
}

/** The engine tells the hash of what a file holds; a program does not. */
function hashOf({ hash }: Record<string, unknown>) {
  return typeof hash === "string" && hash !== "" ? { hash } : {};
}

/** Secrets are unwrapped, assets become `{ asset: "file", path }`, references to resources their ids (components: URNs). */
export function toPlain(properties: Readonly<Record<string, unknown>>): PlainProperties {
  const secrets: string[] = [];

  function plain(value: unknown, path: string): unknown {
    if (Array.isArray(value)) return value.map((item, index) => plain(item, `${path}[${index}]`));
    if (typeof value !== "object" || value === null) return value;
    const map = value as Record<string, unknown>;
    switch (map[specialSigKey]) {
      case undefined:
        return Object.fromEntries(
          Object.entries(map).map(([key, item]) => [key, plain(item, path === "" ? key : `${path}.${key}`)]),
        );
      case specialSecretSig:
        secrets.push(path);
        return plain(map.value, path);
      case specialResourceSig:
        return map.id || map.urn;
      case specialAssetSig:
        return asset(map);
      case specialArchiveSig:
        return archive(map, path);
      default:
        throw new Error(
          `property ${path} has a form that a plan cannot hold (signature ${String(map[specialSigKey])})`,
        );
    }
  }

  function asset(map: Record<string, unknown>): unknown {
    if (map.path !== undefined) return { asset: "file", path: map.path, ...hashOf(map) };
    if (map.uri !== undefined) return { asset: "remote", uri: map.uri };
    return { asset: "text", text: map.text, ...hashOf(map) };
  }

  function archive(map: Record<string, unknown>, path: string): unknown {
    if (map.path !== undefined) return { asset: "archive", path: map.path, ...hashOf(map) };
    if (map.uri !== undefined) return { asset: "remote-archive", uri: map.uri };
    return { asset: "assets", assets: plain(map.assets, path) };
  }

  return { values: plain(properties, "") as Record<string, unknown>, secrets };
}

/** Outputs as the program gets them: those named in `secrets` are marked, so that what is made from them is secret too. */
export function toWire(outputs: Readonly<Record<string, unknown>>, secrets: Iterable<string>): Record<string, unknown> {
  const wire: Record<string, unknown> = { ...outputs };
  for (const key of secrets) {
    if (wire[key] !== undefined) wire[key] = { [specialSigKey]: specialSecretSig, value: wire[key] };
  }
  return wire;
}
