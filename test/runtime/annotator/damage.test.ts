// Damaged compression: no byte may be lost in silence, wherever the damage is.
import { gzipSync } from "node:zlib";
import test from "ava";
import { annotate } from "../../../runtime/annotator/builtin/annotate.ts";
import { InputError } from "../../../runtime/vcf/input-error.ts";
import { annotated, bgzip, reference, vcfOf } from "../../support/vcf.ts";

const records = Array.from(
  { length: 60 },
  (_, index) => `1\t${1_806_513 + index}\tid${index * 7919}\tC\tT\t.\t.\tDP=${index}`,
);
const text = Buffer.from(vcfOf(...records));
const packed = {
  gzip: gzipSync(text),
  bgzip: bgzip(text, 400),
  members: Buffer.concat([gzipSync(text.subarray(0, 900)), gzipSync(text.subarray(900))]),
};

for (const [name, file] of Object.entries(packed)) {
  test(`${name}: any byte set to zero or flipped is found, or changes nothing`, async (t) => {
    const { text: whole } = await annotated(file);
    for (let at = 0; at < file.length; at += 1) {
      for (const byte of [0, (file[at] ?? 0) ^ 0x41]) {
        if (file[at] === byte) continue;
        const damaged = Buffer.from(file);
        damaged[at] = byte;
        try {
          const found = await annotated(damaged);
          t.is(found.text, whole, `byte ${at} of ${file.length}`);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          t.true(error.line !== undefined && error.line <= records.length + 3);
        }
      }
    }
  });

  test(`${name}: cut off anywhere, or with bytes after its end, it is refused`, async (t) => {
    for (let length = 1; length < file.length; length += 3) {
      await t.throwsAsync(annotated(file.subarray(0, length)), { instanceOf: InputError }, `${length} bytes`);
    }
    for (const tail of [
      Buffer.alloc(1),
      Buffer.alloc(70_000),
      Buffer.from("\x1f"),
      Buffer.from("1\t5\t.\tA\tC\t.\t.\t.\n"),
    ]) {
      for (const chunks of [[1 << 20], [file.length], [7]]) {
        const error = await t.throwsAsync<InputError>(annotated(Buffer.concat([file, tail]), { chunks }), {
          instanceOf: InputError,
        });
        t.regex(error?.message ?? "", /damaged|ends too early/);
        // gzip tells damage to 64 KiB of text, bgzip to a block.
        if (name === "bgzip") t.true((error?.line ?? 0) > records.length, "the text before it was read");
      }
    }
  });
}

test("the line told is where the text ends that could be read", async (t) => {
  const long = Array.from(
    { length: 40_000 },
    (_, index) => `1\t${index + 1}\tid${(index * 7919) % 99_991}\tC\tT\t.\t.\tDP=${index % 97}`,
  );
  const whole = Buffer.from(vcfOf(...long));
  for (const file of [gzipSync(whole), bgzip(whole)]) {
    const damaged = Buffer.from(file);
    const middle = Math.floor(file.length / 2);
    damaged.fill(0xaa, middle, middle + 2_000);
    const error = await t.throwsAsync<InputError>(annotated(damaged), {
      instanceOf: InputError,
      message: /damaged from about this line/,
    });
    t.true(Math.abs((error?.line ?? 0) - 20_000) < 5_000, `line ${error?.line}`);
  }
});

test("files put together are read whole, whatever each is compressed by", async (t) => {
  const [head, tail] = [text.subarray(0, 1_000), text.subarray(1_000)];
  const expected = (await annotated(text)).text;
  for (const file of [
    Buffer.concat([bgzip(head), bgzip(tail)]),
    Buffer.concat([bgzip(head), gzipSync(tail)]),
    Buffer.concat([gzipSync(head), bgzip(tail)]),
  ]) {
    for (const chunks of [[1 << 20], [13]]) t.is((await annotated(file, { chunks })).text, expected);
  }
});

test("what a source throws while damage is near stays the source's", async (t) => {
  for (const file of [packed.gzip, packed.bgzip]) {
    const broken = (async function* () {
      yield file.subarray(0, file.length / 2);
      throw new Error("connection reset");
    })();
    const run = annotate(broken, reference(), { engineVersion: "test" });
    const reading = (async () => {
      for await (const _ of run.output);
    })();
    t.false((await t.throwsAsync(reading, { message: "connection reset" })) instanceof InputError);
  }
});

test("a decompressed size beyond the limit ends the file, and names the limit", async (t) => {
  const bomb = gzipSync(Buffer.concat([text, Buffer.from(`${records[0]}\n`.repeat(50_000))]));
  const run = annotate(
    (async function* () {
      yield bomb;
    })(),
    reference(),
    { engineVersion: "test", uncompressedBytesMax: 100_000 },
  );
  const reading = (async () => {
    for await (const _ of run.output);
  })();
  await t.throwsAsync(reading, {
    instanceOf: InputError,
    message: /larger than 100000 bytes, the most that the plan of this job allows/,
  });
});
