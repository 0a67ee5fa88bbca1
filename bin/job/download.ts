/**
 * A result as a file. It comes from storage, by an address that the service gives for a few minutes; a download that broke off goes on
 * where it stopped, also in the next run of the command, as long as the same bytes are there.
 */
import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { type Api, jobPath } from "./api.ts";
import { JobFailure } from "./failure.ts";
import { fileBytes } from "./file-bytes.ts";
import { byteProgress, type Progress } from "./progress.ts";
import { type Attempt, repeated } from "./retries.ts";

/** Where the bytes go, in order. */
export interface Sink {
  /** Bytes that are there already, and their digest so far. @param etag of what is downloaded. */
  open(etag: string): Promise<{ at: number; hash: Hash }>;
  write(chunk: Uint8Array): Promise<void>;
  /** All bytes have come. */
  done(): Promise<void>;
  /** What has come is not to be kept. */
  spoilt(): Promise<void>;
  close(): Promise<void>;
}

export interface Wanted {
  readonly jobId: string;
  readonly file: "vcf" | "bgzip" | "tabix";
  /** Hex; omitted: only the length is checked. */
  readonly sha256?: string | undefined;
}

/** @returns bytes of the whole. @throws {JobFailure} */
export async function download(api: Api, wanted: Wanted, sink: Sink, progress: Progress): Promise<number> {
  const address = await addressOf(api, wanted);
  const { total, etag } = await repeated(api.retries, () => measured(address));
  const { at, hash } = await sink.open(etag);
  try {
    const tell = byteProgress(progress, "downloading", total);
    let have = at > total ? await failWith(sink) : at;
    if (have > 0 && have < total) progress.say(`going on at byte ${have.toLocaleString("en")}`);
    const keep = async (chunk: Uint8Array) => {
      await sink.write(chunk);
      hash.update(chunk);
      have += chunk.length;
      tell(have);
    };
    if (have < total) {
      await repeated(api.retries, async () => {
        const before = have;
        const outcome = await part(await addressOf(api, wanted), { from: have, total, etag }, keep);
        return "failure" in outcome ? { ...outcome, moved: have > before } : outcome;
      });
    }
    if (wanted.sha256 !== undefined && hash.digest("hex") !== wanted.sha256) await failWith(sink);
    await sink.done();
    return total;
  } finally {
    progress.clear();
    await sink.close();
  }
}

async function failWith(sink: Sink): Promise<never> {
  await sink.spoilt();
  throw new JobFailure("unreachable", "what was downloaded is not what the service has (SHA-256); download it again");
}

/** The token does not go there: the address itself is what lets in. */
async function addressOf(api: Api, { jobId, file }: Wanted): Promise<string> {
  const answer = await api.call({ method: "GET", path: jobPath(jobId, `/result?file=${file}`) });
  const location = answer.header("location");
  if (location !== undefined) return new URL(location, api.origin).href;
  throw new JobFailure("unreachable", `${api.origin} gives no address for the result; check that it is the service`);
}

/** Seconds until the first byte of an answer. */
const answerSeconds = 60;
/** Without compression on the way: places in the file are counted in its own bytes. */
const plain = { "accept-encoding": "identity" };

async function get(address: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(new Error(`no answer within ${answerSeconds} s`)), answerSeconds * 1000);
  try {
    return await fetch(address, { headers: { ...plain, ...headers }, signal: slow.signal });
  } finally {
    clearTimeout(timer);
  }
}

const brokenOff = (why: string, cause?: unknown): JobFailure =>
  new JobFailure("unreachable", `the download broke off (${why})`, { cause });

const reason = (error: unknown): string =>
  (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;

/** Length and version of what is there. */
async function measured(address: string): Promise<Attempt<{ total: number; etag: string }>> {
  try {
    const response = await get(address, { range: "bytes=0-0" });
    await response.body?.cancel();
    const whole = response.status === 200 ? response.headers.get("content-length") : undefined;
    const total = Number(whole ?? /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
    const etag = response.headers.get("etag");
    if (Number.isInteger(total) && etag !== null) return { value: { total, etag } };
    return { failure: brokenOff(`storage answers ${response.status}`), again: response.status >= 500 };
  } catch (error) {
    return { failure: brokenOff(reason(error), error), again: true };
  }
}

/** What is left, from a byte on. */
async function part(
  address: string,
  { from, total, etag }: { from: number; total: number; etag: string },
  keep: (chunk: Uint8Array) => Promise<void>,
): Promise<Attempt<undefined>> {
  let at = from;
  try {
    const response = await get(address, { range: `bytes=${from}-`, "if-match": etag });
    const { status } = response;
    if (status === 412) {
      return { failure: new JobFailure("unreachable", "the result has changed; download it again"), again: false };
    }
    const whole = status === 200 && from === 0;
    if ((status !== 206 && !whole) || response.body === null) {
      await response.body?.cancel();
      return { failure: brokenOff(`storage answers ${status}`), again: status >= 500 || status === 403 };
    }
    for await (const chunk of response.body) {
      await keep(chunk).catch((error: unknown) => {
        throw new SinkError(error);
      });
      at += chunk.length;
    }
    return at === total ? { value: undefined } : { failure: brokenOff("the end is missing"), again: true };
  } catch (error) {
    if (error instanceof SinkError) throw error.cause;
    return { failure: brokenOff(reason(error), error), again: true };
  }
}

/** It cannot be written where it should be: nothing that another attempt would change. */
class SinkError extends Error {
  constructor(cause: unknown) {
    super("cannot be written", { cause });
  }
}

/** A file appears only when it is whole; until then its bytes are beside it, under a name that says what they are of. */
export function fileSink(output: string): Sink {
  let part = "";
  let handle: FileHandle | undefined;
  return {
    async open(etag) {
      part = `${output}.${createHash("sha256").update(etag).digest("hex").slice(0, 12)}.part`;
      handle = await open(part, "a+");
      const hash = createHash("sha256");
      let at = 0;
      for await (const chunk of fileBytes(handle)) {
        hash.update(chunk);
        at += chunk.length;
      }
      return { at, hash };
    },
    async write(chunk) {
      await handle?.appendFile(chunk);
    },
    async done() {
      await handle?.sync();
      await rename(part, output);
    },
    spoilt: () => rm(part, { force: true }),
    async close() {
      await handle?.close();
    },
  };
}

/** Standard output, a pipe or a device: nothing is there before, and nothing can be taken back. */
export function streamSink(output: Writable, ownEnd: boolean): Sink {
  return {
    open: async () => ({ at: 0, hash: createHash("sha256") }),
    async write(chunk) {
      if (!output.write(chunk)) await once(output, "drain");
    },
    async done() {
      if (!ownEnd) return;
      output.end();
      await once(output, "close");
    },
    spoilt: async () => {},
    close: async () => {},
  };
}
