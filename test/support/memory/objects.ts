import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ObjectNotFoundError } from "../../../runtime/jobs/errors.ts";
import type { Mailer, ObjectRef, ObjectStore, PartStore, StoredPart } from "../../../runtime/jobs/ports.ts";

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

/** Uploads in parts to such a bucket. */
export interface MemoryPartStore extends PartStore {
  /** A part arrives, as by the URL that `presign` made. @throws {Error} for another length than was signed. */
  put(url: string, body: Uint8Array): void;
  /** As the bucket's lifecycle ends it. */
  end(uploadId: string): void;
  /** How many uploads are unfinished. */
  readonly unfinished: number;
}

const leastPartBytes = 5 * 1024 * 1024;

export function createMemoryPartStore(objects: Pick<MemoryObjectStore, "put">): MemoryPartStore {
  const uploads = new Map<string, { at: string; contentType: string; parts: Map<number, Buffer> }>();
  let begun = 0;
  const at = (ref: ObjectRef) => `${ref.bucket}/${ref.key}`;
  const find = (ref: ObjectRef, id: string) => (uploads.get(id)?.at === at(ref) ? uploads.get(id) : undefined);
  const stored = ([number, body]: [number, Buffer]): StoredPart => ({
    number,
    bytes: body.length,
    etag: createHash("md5").update(body).digest("hex"),
  });
  return {
    get unfinished() {
      return uploads.size;
    },
    end: (uploadId) => void uploads.delete(uploadId),
    put(url, body) {
      const { searchParams } = new URL(url);
      const upload = uploads.get(searchParams.get("uploadId") ?? "");
      if (upload === undefined) throw new Error("NoSuchUpload");
      if (body.length !== Number(searchParams.get("bytes"))) throw new Error("SignatureDoesNotMatch");
      upload.parts.set(Number(searchParams.get("partNumber")), Buffer.from(body));
    },
    async begin(ref, { contentType }) {
      begun += 1;
      uploads.set(`upload-${begun}`, { at: at(ref), contentType, parts: new Map() });
      return `upload-${begun}`;
    },
    presign: async (ref, uploadId, { number, bytes }) =>
      `https://objects.test/${at(ref)}?${new URLSearchParams({ partNumber: `${number}`, uploadId, bytes: `${bytes}` })}`,
    async list(ref, uploadId) {
      const parts = find(ref, uploadId)?.parts;
      return parts && [...parts].map(stored).sort((a, b) => a.number - b.number);
    },
    async complete(ref, uploadId, parts) {
      const upload = find(ref, uploadId);
      if (upload === undefined) return false;
      const bodies = parts.map(({ number, etag }, index) => {
        const body = upload.parts.get(number);
        if (body === undefined || stored([number, body]).etag !== etag) throw new Error("InvalidPart");
        if (body.length < leastPartBytes && index < parts.length - 1) throw new Error("EntityTooSmall");
        return body;
      });
      objects.put(ref, Buffer.concat(bodies), upload.contentType);
      uploads.delete(uploadId);
      return true;
    },
    async abort(ref, uploadId) {
      if (find(ref, uploadId) !== undefined) uploads.delete(uploadId);
    },
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
