import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ObjectNotFoundError } from "../../../runtime/jobs/errors.ts";
import type { Mailer, ObjectRef, ObjectStore } from "../../../runtime/jobs/ports.ts";

interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  readonly version: string;
}

/** A versioned bucket or many; keys are `bucket/key`. */
export interface MemoryObjectStore extends ObjectStore {
  readonly objects: ReadonlyMap<string, StoredObject>;
  put(ref: ObjectRef, body: string | Uint8Array, contentType?: string): void;
  text(ref: ObjectRef): string | undefined;
}

export function createMemoryObjectStore(): MemoryObjectStore {
  const objects = new Map<string, StoredObject>();
  let versions = 0;
  const at = (ref: ObjectRef) => `${ref.bucket}/${ref.key}`;
  const put = (ref: ObjectRef, body: string | Uint8Array, contentType = "application/octet-stream") => {
    versions += 1;
    objects.set(at(ref), { body: Buffer.from(body), contentType, version: `v${versions}` });
  };
  return {
    objects,
    put,
    text: (ref) => objects.get(at(ref))?.body.toString(),
    async head(ref) {
      const object = objects.get(at(ref));
      if (object === undefined) return undefined;
      const { body, contentType, version } = object;
      return { bytes: body.length, etag: `"${version}"`, contentType, version };
    },
    probe: async () => {},
    async read(ref, { range } = {}) {
      const object = objects.get(at(ref));
      if (object === undefined) throw new ObjectNotFoundError(`${at(ref)} does not exist`);
      const body = range === undefined ? object.body : object.body.subarray(range.start, range.end + 1);
      return Readable.from([Buffer.from(body)], { objectMode: false });
    },
    async write(ref, body, { contentType, signal }) {
      const bytes = body instanceof Readable ? await buffer(body) : body;
      signal?.throwIfAborted();
      put(ref, bytes, contentType);
    },
    async copy(source, target) {
      const object = objects.get(at(source));
      if (object === undefined) throw new ObjectNotFoundError(`${at(source)} does not exist`);
      put(target, object.body, object.contentType);
    },
    async delete(ref, version) {
      if (version === undefined || objects.get(at(ref))?.version === version) objects.delete(at(ref));
    },
    async deleteAll(bucket, prefix) {
      for (const key of [...objects.keys()]) if (key.startsWith(`${bucket}/${prefix}`)) objects.delete(key);
    },
    presignGet: async (ref, { fileName }) => `https://objects.test/${at(ref)}?download=${encodeURIComponent(fileName)}`,
    presignPost: async (ref, { redirectTo, bytesMin, bytesMax, contentType }) => ({
      url: `https://objects.test/${ref.bucket}`,
      fields: {
        key: ref.key,
        "Content-Type": contentType,
        success_action_redirect: redirectTo,
        "x-test-content-length-range": `${bytesMin}-${bytesMax}`,
      },
    }),
  };
}

export interface MemoryMailer extends Mailer {
  readonly sent: readonly { to: string; subject: string; text: string; html: string }[];
}

export function createMemoryMailer(): MemoryMailer {
  const sent: { to: string; subject: string; text: string; html: string }[] = [];
  return {
    sent,
    async send(mail) {
      sent.push({ ...mail });
    },
  };
}
