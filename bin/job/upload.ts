/** How a file gets to the service. Whatever breaks, there is one job. */
import { randomUUID } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { wholeUploadBytesMax } from "../../runtime/contract/limits.ts";
import { type Answer, type Api, type ApiJob, ConnectionError, jobIn } from "./api.ts";
import { JobFailure } from "./failure.ts";
import { fileBytes } from "./file-bytes.ts";
import type { Input } from "./input.ts";
import { submitInParts } from "./part-upload.ts";
import { byteProgress, type Progress } from "./progress.ts";

export interface SubmitOptions {
  /** Key under which the service makes one job, however often the file arrives; omitted: a new one. */
  readonly key?: string | undefined;
  /** Where uploads in parts are remembered; omitted: the file is sent whole, however large it is. */
  readonly uploads?: string;
}

export async function submitFile(
  api: Api,
  input: Input,
  progress: Progress,
  { key, uploads }: SubmitOptions = {},
): Promise<ApiJob> {
  // A key stands for a file that is sent whole.
  if (uploads !== undefined && key === undefined && input.bytes > wholeUploadBytesMax) {
    return submitInParts(api, input, progress, uploads);
  }
  const ownKey = key ?? randomUUID();
  const url = new URL(`${api.origin}/api/v1/jobs?${new URLSearchParams({ file_name: input.name })}`);
  const answer = await api.deliver((headers) => send(url, input, progress, { ...headers, "idempotency-key": ownKey }));
  progress.clear();
  return jobIn(api.origin, answer);
}

/** A connection on which nothing moves for so long is dead. */
const idleSeconds = 60;

/** fetch does not tell the length of what is streamed, and the service asks for it. */
function send(
  url: URL,
  { handle, bytes }: Input,
  progress: Progress,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? https : http).request(url, {
      method: "POST",
      agent: false,
      headers: { ...headers, "content-type": "application/octet-stream", "content-length": bytes },
    });
    let answered = false;
    request.setTimeout(idleSeconds * 1000, () => request.destroy(new Error(`nothing moves for ${idleSeconds} s`)));
    request.once("response", (response) => {
      answered = true;
      textOf(response).then((text) => {
        const header = (name: string) => response.headers[name]?.toString();
        // A refusal may come before the whole file has gone; the rest is not wanted.
        request.destroy();
        resolve({ status: response.statusCode ?? 0, header, text });
      }, reject);
    });
    request.on("error", (error) => reject(new ConnectionError(error)));
    const body = Readable.from(fileBytes(handle), { objectMode: false });
    pipeline(body, counted(bytes, byteProgress(progress, "uploading", bytes)), request).catch((error: unknown) => {
      // What broke in the connection has been told above; what is left is the file's.
      if (!answered) reject(error);
      request.destroy();
    });
  });
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Passes on exactly so many bytes. */
function counted(bytes: number, tell: (done: number) => void): Transform {
  let done = 0;
  const changed = () => new JobFailure("use", "the file has changed while it was sent; submit it again");
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      done += chunk.length;
      tell(done);
      if (done > bytes) pass(changed());
      else pass(null, chunk);
    },
    flush(pass) {
      pass(done < bytes ? changed() : null);
    },
  });
}
