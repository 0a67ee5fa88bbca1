/** The file that a job is made of, and how it gets to the service. Whatever breaks, there is one job. */
import { randomUUID } from "node:crypto";
import { createWriteStream, type Stats } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isVcfName } from "../../runtime/contract/file-name.ts";
import { type Answer, type Api, type ApiJob, ConnectionError, jobIn } from "./api.ts";
import { JobFailure } from "./failure.ts";
import { fileBytes } from "./file-bytes.ts";
import { byteProgress, type Progress } from "./progress.ts";

/** Open: what is sent again is what was sent before, even if its name leads elsewhere by then. */
export interface Input {
  readonly handle: FileHandle;
  readonly bytes: number;
  readonly name: string;
}

/**
 * @param file path, or `-` for standard input, which is kept in a file without a name: the service wants to know its length, and
 * what broke off is sent again.
 * @param name of the file for the service; omitted: its own.
 */
export async function openInput(file: string, stdin: Readable, name?: string): Promise<Input> {
  if (file === "-" && name === undefined) {
    throw new JobFailure("use", "-: standard input has no name; give it one such as --file-name sample.vcf");
  }
  const called = name ?? basename(file);
  const handle = file === "-" ? await kept(stdin) : await open(file);
  const about = await handle.stat();
  const trouble = troubleWith(file, called, about);
  if (trouble === undefined) return { handle, bytes: about.size, name: called };
  await handle.close();
  throw new JobFailure("use", trouble);
}

function troubleWith(file: string, name: string, about: Stats): string | undefined {
  if (about.isDirectory()) return `${file} is a directory; name a file`;
  if (!about.isFile()) return `${file} is no file; send it as -`;
  if (!isVcfName(name)) return `"${name}" does not end in .vcf, .vcf.gz or .vcf.bgz; --file-name names it otherwise`;
  return about.size === 0 ? `${file} is empty; there is nothing to annotate` : undefined;
}

async function kept(stdin: Readable): Promise<FileHandle> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-"));
  try {
    const file = join(directory, "input");
    await pipeline(stdin, createWriteStream(file, { mode: 0o600 }));
    // Once it has no name it goes with this process, however that ends.
    return await open(file);
  } finally {
    await rm(directory, { recursive: true });
  }
}

export interface SubmitOptions {
  /** Key under which the service makes one job, however often the file arrives; omitted: a new one. */
  readonly key?: string | undefined;
}

export async function submitFile(
  api: Api,
  input: Input,
  progress: Progress,
  { key = randomUUID() }: SubmitOptions = {},
): Promise<ApiJob> {
  const url = new URL(`${api.origin}/api/v1/jobs?${new URLSearchParams({ file_name: input.name })}`);
  const answer = await api.deliver((headers) => send(url, input, progress, { ...headers, "idempotency-key": key }));
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
