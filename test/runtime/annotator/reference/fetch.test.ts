// A reference on its way from storage to a worker's disk.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import test, { type ExecutionContext } from "ava";
import { fetchReference } from "../../../../runtime/annotator/reference/fetch.ts";
import { openReference } from "../../../../runtime/annotator/reference/index/open.ts";
import { toyDirectory, toyGenes } from "../../../support/reference-files.ts";

async function stored(t: ExecutionContext) {
  const toy = toyDirectory({ genes: toyGenes });
  const directory = mkdtempSync(join(tmpdir(), "annofarm-fetched-"));
  t.teardown(() => {
    for (const each of [toy.directory, directory]) rmSync(each, { recursive: true, force: true });
  });
  const { manifest } = await toy.make({ genes: "genes" });
  const { sha256 } = manifest.index;
  const reads: string[] = [];
  const objects = {
    bytes: readFileSync(join(toy.output, "index.bin")),
    async read({ bucket, key }: { bucket: string; key: string }) {
      reads.push(`${bucket}/${key}`);
      // In pieces, as storage gives them.
      return Readable.from([this.bytes.subarray(0, 100), this.bytes.subarray(100)]);
    },
  };
  return {
    objects,
    reads,
    sha256,
    directory,
    fetch: () => fetchReference({ objects, bucket: "code", sha256, directory }),
  };
}

test("it is read once for all starts, and opens where it was put", async (t) => {
  const { fetch, reads, sha256 } = await stored(t);
  const home = await fetch();
  t.is(openReference(home).chromosome("1")?.genes.overlapping(1_050, 1_050)[0]?.symbol, "G");
  t.is(await fetch(), home);
  t.deepEqual(reads, [`code/references/${sha256}/index.bin`]);
  t.deepEqual(readdirSync(home), ["index.bin"]);
});

test("one that is damaged on the disk is read again", async (t) => {
  const { fetch, reads } = await stored(t);
  const home = await fetch();
  writeFileSync(join(home, "index.bin"), "what a full disk has left");
  openReference(await fetch());
  t.is(reads.length, 2);
});

test("storage's bytes are compared with the digest; others are refused, and nothing of them is kept", async (t) => {
  const { fetch, objects, sha256, directory } = await stored(t);
  objects.bytes = Buffer.concat([objects.bytes, Buffer.from("more")]);
  await t.throwsAsync(fetch(), {
    message: /^reference s3:\/\/code\/references\/.* has SHA-256 [0-9a-f]{64}; deploy the program again/,
  });
  t.deepEqual(readdirSync(join(directory, sha256)), []);
});
