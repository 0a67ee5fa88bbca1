/** The files of a result that can be downloaded as they are. */
import { companionKeys } from "../../contract/keys.ts";
import type { ObjectRef } from "../../jobs/ports.ts";
import { HttpError } from "../http/errors.ts";
import type { WebPorts } from "../ports.ts";

/** @throws {HttpError} 400 for a file that there never is, 404 for one that this result does not have. */
export async function fileOf(
  objects: Pick<WebPorts["objects"], "head">,
  ref: ObjectRef,
  file: unknown,
): Promise<ObjectRef> {
  const { bgzip, tabix } = companionKeys(ref.key);
  const keys: Readonly<Record<string, string>> = { vcf: ref.key, bgzip, tabix };
  const key = keys[file === undefined ? "vcf" : String(file)];
  if (key === undefined) {
    throw new HttpError(400, "bad-file", `file is "${file}"; it must be one of ${Object.keys(keys).join(", ")}.`);
  }
  const place = { bucket: ref.bucket, key };
  if (key !== ref.key && (await objects.head(place)) === undefined) {
    throw new HttpError(404, "no-companion", "This result has no such file. Its summary says why.");
  }
  return place;
}
