/**
 * A large file goes to storage in parts, and what breaks off is taken up where it was: in this run of the command, and in a later one
 * of the same file, by what is kept of the upload in the user's state directory.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { type Api, type ApiJob, jobIn, parsed } from "./api.ts";
import { JobFailure } from "./failure.ts";
import type { Input } from "./input.ts";
import { byteProgress, type Progress } from "./progress.ts";
import { type Attempt, repeated } from "./retries.ts";

/** Parts at once; each is in memory while it is sent. */
const atOnce = 3;
/** A part that takes longer has failed: 8 MiB at 14 KiB/s. */
const partSeconds = 600;
const headBytes = 64 * 1024;

const begunSchema = z.object({
  job_id: z.uuid(),
  upload_id: z.string().min(1),
  part_bytes: z.int().min(1),
  parts: z.int().min(1),
});
type Begun = z.output<typeof begunSchema>;
const arrivedSchema = z.looseObject({ parts: z.array(z.looseObject({ part: z.int(), bytes: z.int() })) });
const urlsSchema = z.looseObject({ urls: z.array(z.looseObject({ part: z.int(), url: z.url() })).min(1) });

/** Where the uploads of a user that broke off are remembered. */
export const stateDirectory = ({ XDG_STATE_HOME: base }: Readonly<Record<string, string | undefined>>): string =>
  join(base || join(homedir(), ".local", "state"), "annofarm", "uploads");

/** A file is known again by service, name, size, time of change and its first bytes. */
async function stateFile(directory: string, origin: string, { handle, name, bytes }: Input): Promise<string> {
  const { mtimeMs } = await handle.stat();
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  const about = JSON.stringify([origin, name, bytes, mtimeMs]);
  const digest = createHash("sha256").update(about).update(buffer.subarray(0, bytesRead)).digest("hex");
  return join(directory, `${digest.slice(0, 32)}.json`);
}

async function remembered(file: string): Promise<Begun | undefined> {
  try {
    return begunSchema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    return undefined; // none, or half of one
  }
}

/** Bytes of a part, by its number from 1, as the service has divided the file. */
const bytesOfPart = ({ part_bytes }: Begun, { bytes }: Input, part: number): number =>
  Math.min(part_bytes, bytes - (part - 1) * part_bytes);

const query = ({ upload_id }: Begun, { name }: Input) => new URLSearchParams({ upload_id, file_name: name });

/** The upload of this file and what of it has arrived: one that broke off, or a new one. */
async function taken(api: Api, input: Input, file: string): Promise<{ upload: Begun; arrived: ReadonlySet<number> }> {
  const known = await remembered(file);
  const answer =
    known &&
    (await api
      .call({ method: "GET", path: `/api/v1/uploads/${known.job_id}/parts?${query(known, input)}` })
      .catch((error: unknown) => {
        if (error instanceof JobFailure && error.code === "no-such-upload") return undefined;
        throw error;
      }));
  if (known !== undefined && answer !== undefined) {
    const { parts } = parsed(api.origin, arrivedSchema, answer);
    const whole = parts.filter(({ part, bytes }) => bytes === bytesOfPart(known, input, part));
    return { upload: known, arrived: new Set(whole.map(({ part }) => part)) };
  }
  const json = { file_name: input.name, size: input.bytes };
  const upload = parsed(api.origin, begunSchema, await api.call({ method: "POST", path: "/api/v1/uploads", json }));
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(upload), { mode: 0o600 });
  return { upload, arrived: new Set() };
}

/** @throws {JobFailure} */
export async function submitInParts(api: Api, input: Input, progress: Progress, directory: string): Promise<ApiJob> {
  const file = await stateFile(directory, api.origin, input);
  const { upload, arrived } = await taken(api, input, file);
  const bytesOf = (part: number) => bytesOfPart(upload, input, part);
  let done = [...arrived].reduce((sum, part) => sum + bytesOf(part), 0);
  if (done > 0) progress.say(`going on at ${arrived.size} of ${upload.parts} parts`);
  const tell = byteProgress(progress, "uploading", input.bytes);
  const left = Array.from({ length: upload.parts }, (_, index) => index + 1).filter((part) => !arrived.has(part));
  const own = { upload_id: upload.upload_id, file_name: input.name, size: input.bytes };
  const below = (path: string) => `/api/v1/uploads/${upload.job_id}/${path}`;

  async function send(part: number): Promise<void> {
    const body = await read(input, (part - 1) * upload.part_bytes, bytesOf(part));
    await repeated(api.retries, async () => {
      const answer = await api.call({ method: "POST", path: below("urls"), json: { ...own, parts: [part] } });
      const [address] = parsed(api.origin, urlsSchema, answer).urls;
      return put(address?.url ?? "", body);
    });
    done += body.length;
    tell(done);
  }

  async function work(): Promise<void> {
    try {
      for (let part = left.shift(); part !== undefined; part = left.shift()) await send(part);
    } catch (error) {
      left.length = 0;
      throw error;
    }
  }

  // What is on its way when another part fails still arrives, and is not sent again the next time.
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, work));
  for (const outcome of ended) if (outcome.status === "rejected") throw outcome.reason;
  const job = jobIn(api.origin, await api.call({ method: "POST", path: below("complete"), json: own }));
  progress.clear();
  await rm(file, { force: true });
  return job;
}

async function read({ handle }: Input, at: number, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Uint8Array(bytes);
  for (let have = 0; have < bytes; ) {
    const { bytesRead } = await handle.read(body, have, bytes - have, at + have);
    if (bytesRead === 0) throw new JobFailure("use", "the file has changed while it was sent; submit it again");
    have += bytesRead;
  }
  return body;
}

const brokenOff = (why: string, cause?: unknown) =>
  new JobFailure("unreachable", `the upload broke off (${why}); submitted again within a day, it goes on`, { cause });

/** The token does not go there: the address itself is what lets in. */
async function put(url: string, body: Uint8Array<ArrayBuffer>): Promise<Attempt<undefined>> {
  try {
    const response = await fetch(url, { method: "PUT", body, signal: AbortSignal.timeout(partSeconds * 1000) });
    await response.body?.cancel();
    if (response.ok) return { value: undefined };
    // 403: the address is too old; the next attempt has a new one.
    const again = response.status >= 500 || [403, 408, 429].includes(response.status);
    return { failure: brokenOff(`storage answers ${response.status}`), again };
  } catch (error) {
    const why = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
    return { failure: brokenOff(why, error), again: true };
  }
}
