/** Property values on their way from the engine to a handler and back: unknowns stay marked, secrets are unwrapped and remembered. */
import Structs from "google-protobuf/google/protobuf/struct_pb.js";
import { specialArchiveSig, specialAssetSig, specialSigKey, unknownValue } from "../../../plan/program/signatures.ts";
import { toPlain, toWire } from "../../../plan/program/wire.ts";

type Struct = InstanceType<typeof Structs.Struct>;

export interface Received {
  /** Plain JSON; a value that is not known yet stands as the protocol's word for it. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of the top-level properties that hold a secret anywhere. */
  readonly secrets: readonly string[];
}

/** Whether anything in it is not known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsUnknown);
}

export function received(struct: Struct | undefined): Received {
  const { values, secrets } = toPlain((struct?.toJavaScript() as Record<string, unknown> | undefined) ?? {});
  return { values, secrets: [...new Set(secrets.map((path) => path.split(/[.[]/)[0] ?? ""))] };
}

/** An absent value has no place in a message; `null` would say that it is known to be nothing. */
function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutAbsent(item) ?? null);
  if (typeof value !== "object" || value === null) return value;
  const present = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(present.map(([key, item]) => [key, withoutAbsent(item)]));
}

/** Assets in the form in which the engine sent them; of those in its state it may send the hash alone. */
function assetsToWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(assetsToWire);
  if (typeof value !== "object" || value === null) return value;
  const { asset, path, uri, text, assets, hash } = value as Record<string, unknown>;
  switch (asset) {
    case "file":
      return { [specialSigKey]: specialAssetSig, path, hash };
    case "remote":
      return { [specialSigKey]: specialAssetSig, uri };
    case "text":
      return { [specialSigKey]: specialAssetSig, text, hash };
    case "archive":
      return { [specialSigKey]: specialArchiveSig, path, hash };
    case "remote-archive":
      return { [specialSigKey]: specialArchiveSig, uri };
    case "assets":
      return { [specialSigKey]: specialArchiveSig, assets: assetsToWire(assets) };
    default:
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, assetsToWire(item)]));
  }
}

/** Values for the engine; the properties named in `secrets` are marked, so that its state keeps them encrypted. */
export function sending(values: Readonly<Record<string, unknown>>, secrets: Iterable<string> = []): Struct {
  const wire = toWire(withoutAbsent(assetsToWire(values)) as Record<string, unknown>, secrets);
  return Structs.Struct.fromJavaScript(wire as Parameters<typeof Structs.Struct.fromJavaScript>[0]);
}
