import test from "ava";
import fc from "fast-check";
import { decode, type Encoding, encode } from "../../../course/roster/text-file.ts";

const encoding: fc.Arbitrary<Encoding> = fc.record({
  charset: fc.constantFrom("utf-8" as const, "utf-16le" as const, "utf-16be" as const),
  mark: fc.boolean(),
});
/** As tables begin: with a letter of ASCII. */
const text = fc
  .string({ unit: "binary", maxLength: 30 })
  .filter((each) => !each.includes("\0"))
  .map((each) => `id,${each}`);

test("any text in any encoding is read, and written again to the same bytes", (t) => {
  fc.assert(
    fc.property(text, encoding, (content, of) => {
      const bytes = encode(content, of);
      const read = decode(bytes);
      t.deepEqual(read, { text: content, encoding: of });
      if ("text" in read) t.true(encode(read.text, read.encoding).equals(bytes));
    }),
  );
  t.pass();
});

test("bytes of another encoding are told by their line", (t) => {
  const latin1 = Buffer.from("id,name\n1,Ada\n2,Bj\u00f6rn\n", "latin1");
  t.deepEqual(decode(latin1), { line: 3, reason: "has bytes that are not UTF-8; save it as CSV UTF-8" });
  const half = encode("id,name\r\n1,Ada\r\n", { charset: "utf-16le", mark: true }).subarray(0, -1);
  t.like(decode(half), { line: 3, reason: "has bytes that are not UTF-16LE; save it as CSV UTF-8" });
});

test("what is no text is refused", (t) => {
  t.like(decode(Buffer.from("id,name\n1,\0\n")), { line: 2 });
  t.like(decode(Buffer.from("")), { text: "" });
});
