// Each check of the documents is given a text with one mistake of its kind, and finds exactly that.
import test from "ava";
import { unknownCommands } from "../support/text/commands.ts";
import { conflictMarkers } from "../support/text/conflict-markers.ts";
import { commandWorld, keptPlaces } from "../support/text/documents.ts";
import { findingText } from "../support/text/finding.ts";
import { deadLinks, type LinkTargets } from "../support/text/links.ts";
import { readDocument } from "../support/text/markdown.ts";
import { missingPaths } from "../support/text/paths.ts";

const lines = (...content: readonly string[]) => content.join("\n");
const document = (...content: readonly string[]) => readDocument("docs/page.md", lines(...content));

test("a marker of a merge is found with its line; an underlined heading is none", (t) => {
  const marker = (sign: string) => sign.repeat(7);
  const text = lines("Heading", "=======", `${marker("<")} HEAD`, "ours", marker("="), "theirs", `${marker(">")} side`);
  t.deepEqual(conflictMarkers("notes.txt", text).map(findingText), [
    `notes.txt:3: a merge has left the marker "${marker("<")} HEAD". Mend: keep the side that is true and delete the markers.`,
    `notes.txt:7: a merge has left the marker "${marker(">")} side". Mend: keep the side that is true and delete the markers.`,
  ]);
});

const targets: LinkTargets = {
  places: new Set(["README.md", "docs", "docs/page.md", "docs/other.md", "docs/images", "docs/images/farm.png"]),
  anchorsOf: (file) => (file.endsWith(".md") ? document("# What `run` does", "# Again", "# Again").anchors : undefined),
};
const deadIn = (...content: readonly string[]) => deadLinks(document(...content), targets).map(findingText);

test("links to files, headings, folders, pictures and other sites pass when they are there", (t) => {
  const passing = deadIn(
    "[a](other.md) [b](../README.md#what-run-does) [c](#again-1) [d](images/) [e](https://example.org/nothing)",
    "![f](images/farm.png) [g][name] <https://example.org>",
    '<picture><source srcset="images/farm.png 2x"><img alt="" src="images/farm.png"></picture>',
    "",
    "[name]: other.md",
  );
  t.deepEqual(passing, []);
});

test("a link to a file that is not kept is found, in Markdown and in HTML, with the file that was meant", (t) => {
  t.deepEqual(deadIn("text", "[a](gone.md) and", "[b](/README.md)", "", "[name]: farm.png"), [
    'docs/page.md:2: the link "gone.md" leads to docs/gone.md, which is not kept. Mend: name a kept file, or remove the link.',
    'docs/page.md:3: the link "/README.md" begins at the root of a server. Mend: write it relative to docs/.',
    'docs/page.md:5: the link "farm.png" leads to docs/farm.png, which is not kept. Mend: docs/images/farm.png is there.',
  ]);
  t.deepEqual(deadIn("<p>", '<img alt="" src="old.png">', "</p>"), [
    'docs/page.md:2: the link "old.png" leads to docs/old.png, which is not kept. Mend: name a kept file, or remove the link.',
  ]);
});

test("a link to a heading that is not there is found, and so is a reference without a definition", (t) => {
  t.deepEqual(deadIn("[a](other.md#agian)", "", "[b][nowhere]"), [
    'docs/page.md:1: the link "other.md#agian" leads to no heading of docs/other.md. Mend: give one of #what-run-does, #again, #again-1.',
    "docs/page.md:3: the reference [b][nowhere] is defined nowhere. Mend: define it as [name]: target, or write it as code when it is no link.",
  ]);
});

const unknownIn = (...content: readonly string[]) =>
  unknownCommands(document(...content), commandWorld).map(({ line, what }) => `${line}: ${what}`);

test("commands pass that exist, whole or only spoken of", (t) => {
  const passing = unknownIn(
    "`annofarm simulate`, `npx annofarm loadtest web|annotator`, `--store vault`, `-c key=value`, `-p, --parameter USERS=1`,",
    "`npm start -- --demo`, `npm run bench -- simulator`, `npm test`, `--port PORT`, `annofarm:webMin`, `-AlarmHigh`",
    "",
    "```console",
    "$ npm ci && DEBUG=1 npx annofarm compare web --variant 'large: webMin=4' > out.txt   # a comment --wrong",
    "annofarm prints this",
    "$ npx annofarm loadtest web \\",
    "    -e 'reached 4 by 30 min'",
    "$ cd examples/archive-stores && npx annofarm plan -s dev",
    "```",
  );
  t.deepEqual(passing, []);
});

test("an unknown command, option, choice, number or expectation is found as the program itself finds it", (t) => {
  const found = unknownIn(
    "`annofarm simulat`, `--colour`",
    "",
    "```console",
    "$ annofarm draw --teme dark",
    "$ npx annofarm local --store tape",
    "$ annofarm simulate",
    "$ npm start -- \\",
    "    --port 99999",
    "$ annofarm loadtest web -e 'soon'",
    "$ annofarm local --instance-capacity web=fast",
    "```",
  );
  t.is(found.length, 8, found.join("\n"));
  t.like(found, [
    "1: annofarm simulat: unknown command 'simulat'",
    "1: no command of annofarm has the option --colour",
    "4: annofarm draw --teme dark: unknown option '--teme'",
  ]);
  t.regex(found[3] ?? "", /^5: annofarm local --store tape: .*Allowed choices are vault, s3/);
  t.is(found[4], "6: annofarm simulate: missing required argument 'what'");
  t.regex(found[5] ?? "", /^7: annofarm local --port 99999: .*from 1 to 65535/);
  t.regex(found[6] ?? "", /^9: annofarm loadtest web -e soon: .*soon/);
  t.regex(found[7] ?? "", /^10: annofarm local --instance-capacity web=fast: .*web=fast/);
});

test("a script, a benchmark, a file, a folder, a stack and a program that do not exist are found", (t) => {
  const found = unknownIn(
    "`npm run chekc`",
    "",
    "```sh",
    "npm run bench -- simulater",
    "node --import ./plan/program/source/register.js bench/simulater.ts",
    "npx nosuchprogram",
    "annofarm plan -s production",
    "annofarm plan -C examples/none -s dev",
    "cd courses",
    "```",
  );
  t.like(found, [
    "1: package.json has no script chekc",
    "4: there is no benchmark simulater",
    "5: there is no file bench/simulater.ts",
    "6: npx finds no nosuchprogram",
    "7: there is no stack file Pulumi.production.yaml",
    "8: there is no folder examples/none",
    "9: there is no folder courses",
  ]);
  t.is(found.length, 7);
});

test("a setting that does not exist, or a value that the program refuses, is found", (t) => {
  const found = unknownIn(
    "`annofarm:webMaxx`",
    "",
    "```sh",
    "annofarm plan -c webMaxx=3",
    "annofarm plan -c store=tape",
    "annofarm compare web --variant 'small: webSize=1'",
    "pulumi config set webMinimum 1",
    "```",
  );
  t.is(found.length, 5, found.join("\n"));
  t.is(found[0], "1: there is no setting webMaxx");
  t.regex(found[1] ?? "", /^4: there is no setting webMaxx; there are .*webMax/);
  t.regex(found[2] ?? "", /^5: .*"tape" is unknown; give one of vault, s3/s);
  t.regex(found[3] ?? "", /^6: there is no setting webSize/);
  t.is(found[4], "7: there is no setting webMinimum");
});

const missingIn = (...content: readonly string[]) =>
  missingPaths(document(...content), keptPlaces).map(({ line, what }) => `${line}: ${what}`);

test("paths pass that are kept, made, exported, or the end of one whose folder is spoken of", (t) => {
  t.deepEqual(missingIn("`scaling/`, `index.ts`, `docs/local.md`, `annofarm/plan`, `.annofarm/local`, `local.md`"), []);
  t.deepEqual(
    missingIn("`local/engine/` has `plugin/main.ts` and `tools/`", "", "```", "bin/annofarm.ts ──▶ plan/", "```"),
    [],
  );
  t.deepEqual(missingIn("`text/html`, `gas/u-1/file.vcf`, `report.json`, `AWS/EC2`, `/healthz`, `npm`"), []);
});

test("a folder and a file that do not exist are found, in a diagram too", (t) => {
  const found = missingIn(
    "`courses/` and `plan/plans.ts` and `engine.py`",
    "",
    "```",
    "  local/balancers ──▶ processes",
    "```",
  );
  t.deepEqual(found, [
    "1: courses/ is named, but not kept",
    "1: plan/plans.ts is named, but not kept",
    "1: engine.py is named, but not kept",
    "4: local/balancers is named, but not kept",
  ]);
});

test("what a recipe has its reader make is not missed, and nothing else is let through", (t) => {
  const made = "<!-- made by the reader: my-program/Pulumi.dev.yaml, plan/new.ts, annofarm:idle -->";
  const text = ["`plan/new.ts` and `annofarm:idle`", "", "```sh", "annofarm plan -C my-program -s dev", "```"];
  const command = ["```sh", "annofarm plan -c idle=1 -c idler=2", "```"];
  t.deepEqual(missingIn(made, "", ...text), []);
  t.deepEqual(unknownIn(made, "", ...text), []);
  t.deepEqual(missingIn(...text), ["1: plan/new.ts is named, but not kept"]);
  t.deepEqual(unknownIn(...text), ["1: there is no setting idle", "4: there is no folder my-program"]);
  t.regex(unknownIn(made, "", ...command).join(), /^4: there is no setting idler; /);
});
