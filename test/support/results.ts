/** Results as workers store them, and Debian's programs that read them. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { companionKeys } from "../../runtime/contract/keys.ts";
import { storeResult } from "../../runtime/results/store-result.ts";
import { type Summary, summarySchema } from "../../runtime/results/summary.ts";
import * as memory from "./memory.ts";
import { chunked } from "./vcf.ts";

export const target = { bucket: "results", key: "gas/u/1~a.annot.vcf" };
const keys = companionKeys(target.key);

/** The result of this text as a worker stores it. @param sizes of the chunks that it comes in; omitted: one. */
export async function storedResult(text: string, sizes: readonly number[] = [Number.POSITIVE_INFINITY]) {
  const objects = memory.createMemoryObjectStore();
  const result = await storeResult(objects, target, chunked(Buffer.from(text), sizes));
  const body = (key: string) => objects.objects.get(`${target.bucket}/${key}`)?.body;
  const summary: Summary = summarySchema.parse(JSON.parse(gunzipSync(body(keys.summary) as Buffer).toString()));
  return { objects, result, summary, bgzip: body(keys.bgzip) as Buffer, tabix: body(keys.tabix) };
}

/** Whether these programs are here; else why a test is skipped. */
export function missingPrograms(...programs: string[]): string | undefined {
  const missing = programs.filter((program) => spawnSync(program, ["--version"]).error !== undefined);
  return missing.length === 0 ? undefined : `skipped: ${missing.join(", ")} not installed (Debian: tabix, bcftools)`;
}

/** The bgzip file and its index in a directory, for other programs. */
export function asFiles({ bgzip, tabix }: { bgzip: Buffer; tabix: Buffer | undefined }): string {
  const file = join(mkdtempSync(join(tmpdir(), "annofarm-result-")), "result.vcf.gz");
  writeFileSync(file, bgzip);
  if (tabix !== undefined) writeFileSync(`${file}.tbi`, tabix);
  return file;
}

export const output = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
