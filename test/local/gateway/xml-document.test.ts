import test from "ava";
import fc from "fast-check";
import { elementsOf, firstText, parseXml, printXml, type XmlElement } from "../../../local/gateway/xml-document.ts";

test("references, CDATA and comments are read as what they stand for", (t) => {
  t.is(firstText(parseXml("<a><Key>x&amp;y&#10;z&#x41;&lt;</Key></a>"), "Key"), "x&y\nzA<");
  t.is(parseXml("<a><![CDATA[x<y&amp;]]>z</a>").text, "x<y&amp;z");
  t.is(parseXml("<a>b<!-- <a>c</a> -->d</a>").text, "bd");
  t.is(parseXml('<?xml version="1.0"?>\n<a xmlns="u"/>').attributes.xmlns, "u");
  t.is(parseXml("<a> b </a>").text, " b ", "blanks count");
});

for (const [what, document] of [
  ["nothing", ""],
  ["text", "text"],
  ["an end that is not its begin's", "<a><b></a></b>"],
  ["no end", "<a><b>"],
  ["two roots", "<a/><b/>"],
  ["text after the root", "<a/>b"],
  ["entities of its own", '<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>'],
  ["a document type", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
  ["an unknown entity", "<a>&unknown;</a>"],
  ["a bare ampersand", "<a>x & y</a>"],
  ["text beside elements", "<a>x<b/></a>"],
] as const) {
  test(`no document: ${what}`, (t) => {
    t.throws(() => parseXml(document), { instanceOf: SyntaxError });
  });
}

test("elements are found at any depth, in the document's order", (t) => {
  const document = parseXml("<a><m><id>1</id><m><id>2</id></m></m><id>3</id></a>");
  t.deepEqual(
    elementsOf(document, "id").map(({ text }) => text),
    ["1", "2", "3"],
  );
  t.is(firstText(document, "none"), undefined);
});

test("what is printed is read as the same", (t) => {
  const name = fc.stringMatching(/^[A-Za-z_][\w.-]{0,8}$/);
  const text = fc.string({ unit: "binary" }).map((each) => each.replace(/[^\t\n\r\x20-\ud7ff]/g, "?"));
  const leaf = fc.record({
    name,
    attributes: fc.dictionary(name, text, { maxKeys: 2, noNullPrototype: true }),
    text,
    children: fc.constant<XmlElement[]>([]),
  });
  const element = fc.letrec<{ tree: XmlElement }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.record({
        name,
        attributes: fc.constant({}),
        text: fc.constant(""),
        children: fc.array(tie("tree") as fc.Arbitrary<XmlElement>, { minLength: 1, maxLength: 3 }),
      }),
    ),
  })).tree;
  fc.assert(fc.property(element, (given) => t.deepEqual(parseXml(printXml(given)), given)));
});
