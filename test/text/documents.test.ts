// Every kept document is held against what is there: files, headings, the command line, package.json, settings.
import test from "ava";
import { unknownCommands } from "../support/text/commands.ts";
import { conflictMarkers } from "../support/text/conflict-markers.ts";
import { commandWorld, documents, keptPlaces, linkTargets } from "../support/text/documents.ts";
import { findingText } from "../support/text/finding.ts";
import { keptText, readKept } from "../support/text/kept-files.ts";
import { deadLinks } from "../support/text/links.ts";
import { missingPaths } from "../support/text/paths.ts";

test("no kept file holds a marker of a merge", (t) => {
  const files = keptText();
  t.true(files.length > 400, String(files.length));
  t.deepEqual(files.flatMap((file) => conflictMarkers(file, readKept(file))).map(findingText), []);
});

test("links of the documents lead to kept files and to headings that are there", (t) => {
  t.true(documents.length > 40, String(documents.length));
  t.true(documents.flatMap(({ links }) => links).length > 100);
  t.deepEqual(documents.flatMap((document) => deadLinks(document, linkTargets)).map(findingText), []);
});

test("commands, options, scripts and settings of the documents exist", (t) => {
  t.deepEqual(documents.flatMap((document) => unknownCommands(document, commandWorld)).map(findingText), []);
});

test("paths that the documents name are kept", (t) => {
  t.deepEqual(documents.flatMap((document) => missingPaths(document, keptPlaces)).map(findingText), []);
});
