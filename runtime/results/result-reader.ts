/** Results with companions, opened by their summaries and read by range reads. */
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { companionKeys } from "../contract/keys.ts";
import { ObjectNotFoundError } from "../jobs/errors.ts";
import type { ObjectRef, ObjectStore } from "../jobs/ports.ts";
import { IndexMismatchError, readText } from "./bgzip-reader.ts";
import { type Summary, summarySchema } from "./summary.ts";

/** Summaries kept, those of the results that were opened last. */
const keptMost = 16;
/** Bytes of a summary once inflated; one of a hundred million records has some 10 MB. */
const summaryBytesMax = 256 * 1024 * 1024;

export interface OpenResult {
  readonly summary: Summary;
  /** The header, all lines that begin with `#`. */
  header(): Promise<string>;
  /** Text of the zone with this index: whole lines. @throws {IndexMismatchError} */
  zone(index: number, signal?: AbortSignal): Promise<Buffer>;
}

export interface ResultReader {
  /**
   * @param sha256 of the result as the job's item has it; undefined: the item does not say.
   * @returns undefined when the result has no companions: it is from before there were any.
   * @throws {IndexMismatchError} when the summary is of another result.
   */
  open(result: ObjectRef, sha256: string | undefined): Promise<OpenResult | undefined>;
}

export function createResultReader(objects: Pick<ObjectStore, "read">): ResultReader {
  const kept = new Map<string, Summary>();

  function keep(name: string, summary: Summary): void {
    kept.delete(name);
    kept.set(name, summary);
    for (const oldest of kept.keys()) {
      if (kept.size <= keptMost) break;
      kept.delete(oldest);
    }
  }

  return {
    async open(result, sha256) {
      const name = `${result.bucket}/${result.key}/${sha256 ?? ""}`;
      const summary = kept.get(name) ?? (await readSummary(objects, result));
      if (summary === undefined) return undefined;
      if (sha256 !== undefined && summary.result.sha256 !== sha256) {
        throw new IndexMismatchError(
          `the summary is of a result with SHA-256 ${summary.result.sha256}, this one has ${sha256}`,
        );
      }
      if (sha256 !== undefined) keep(name, summary);
      return opened(objects, result, summary);
    },
  };
}

async function readSummary(objects: Pick<ObjectStore, "read">, result: ObjectRef): Promise<Summary | undefined> {
  let packed: Buffer;
  try {
    packed = await buffer(await objects.read({ bucket: result.bucket, key: companionKeys(result.key).summary }));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
  try {
    return summarySchema.parse(JSON.parse(gunzipSync(packed, { maxOutputLength: summaryBytesMax }).toString()));
  } catch (cause) {
    throw new IndexMismatchError("the summary cannot be read, or is of another version", { cause });
  }
}

function opened(objects: Pick<ObjectStore, "read">, result: ObjectRef, summary: Summary): OpenResult {
  const ref = { bucket: result.bucket, key: companionKeys(result.key).bgzip };
  const { bgzip, zones } = summary;
  const text = (from: number, to: number, signal?: AbortSignal) =>
    readText(objects, ref, { from, to, fileBytes: bgzip.bytes }, signal);
  return {
    summary,
    header: async () => (await text(0, bgzip.records)).toString("utf8"),
    async zone(index, signal) {
      const zone = zones[index];
      if (zone === undefined) throw new RangeError(`there is no zone ${index} of ${zones.length}`);
      return text(zone.at, zones[index + 1]?.at ?? bgzip.end, signal);
    },
  };
}
