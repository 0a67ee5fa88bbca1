// Of a DeleteObjects every key that the emulator would delete is asked for; a document that might be read in two ways is refused.
import test from "ava";
import { s3Permissions } from "../../../../local/aws/s3/permissions.ts";
import type { Call } from "../../../../local/gateway/call.ts";

const asked = (document: string) =>
  s3Permissions({
    action: "DeleteObjects",
    bucket: "b",
    query: new URLSearchParams("delete"),
    headers: {},
    body: Buffer.from(document),
  } as unknown as Call).map(({ action, resource }) => `${action} ${resource.replace("arn:aws:s3:::b/", "")}`);

test("each object is asked for by its key, a version by its own action", (t) => {
  const document =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n' +
    "<Object><Key>a&amp;b</Key></Object>\n<Object><Key>c</Key><VersionId>v1</VersionId></Object>" +
    "<Object><Key><![CDATA[<d>]]></Key><VersionId></VersionId></Object><Object><Key>e<!-- f -->g</Key><ETag>x</ETag></Object>" +
    "<Quiet>true</Quiet></Delete>";
  t.deepEqual(asked(document), [
    "s3:DeleteObject a&b",
    "s3:DeleteObjectVersion c",
    "s3:DeleteObject <d>",
    "s3:DeleteObject eg",
  ]);
});

for (const [what, document] of [
  ["no object", "<Delete></Delete>"],
  ["another root", "<Remove><Object><Key>a</Key></Object></Remove>"],
  ["an object without a key", "<Delete><Object><ETag>a</ETag></Object></Delete>"],
  ["an object with two keys", "<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>"],
  ["an element that is not known", "<Delete><Object><Key>a</Key><Other>b</Other></Object></Delete>"],
  ["an element within a key", "<Delete><Object><Key><b>a</b></Key></Object></Delete>"],
  ["an attribute of a key", '<Delete><Object><Key x="1">a</Key></Object></Delete>'],
  ["an attribute of an object", '<Delete><Object x="1"><Key>a</Key></Object></Delete>'],
  ["a prefix", '<s:Delete xmlns:s="u"><s:Object><s:Key>a</s:Key></s:Object></s:Delete>'],
  ["an object in an object", "<Delete><Object><Key>a</Key><Object><Key>b</Key></Object></Object></Delete>"],
  ["a key beside the objects", "<Delete><Key>a</Key><Object><Key>b</Key></Object></Delete>"],
  ["an entity of its own", '<!DOCTYPE Delete [<!ENTITY k "b">]><Delete><Object><Key>&k;</Key></Object></Delete>'],
  ["two documents", "<Delete><Object><Key>a</Key></Object></Delete><Delete><Object><Key>b</Key></Object></Delete>"],
  ["an object in a comment's place", "<Delete><!-- <Object><Key>a</Key></Object> --></Delete>"],
  ["nothing that ends", "<Delete><Object><Key>a</Key></Object>"],
] as const) {
  test(`refused: ${what}`, (t) => {
    t.throws(() => asked(document), { code: "MalformedXML" });
  });
}
