/** The report's two files, which are there whole or not at all. */
import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname } from "node:path";
import { htmlReport } from "./html.ts";
import type { Report } from "./report.ts";

export interface ReportFiles {
  readonly html: string;
  readonly json: string;
}

/** @throws {Error} before any load, when the files could not be written. */
export function reportFiles(html: string): ReportFiles {
  if (extname(html) !== ".html") throw new Error(`--report ${html} does not end in .html; write --report report.html`);
  const folder = dirname(html);
  const files = { html, json: html.replace(/\.html$/, ".json") };
  try {
    accessSync(folder, constants.W_OK);
    if (!statSync(folder).isDirectory()) throw new Error("it is no directory");
    for (const file of Object.values(files)) {
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${file} is a directory`);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`--report ${html} cannot be written (${why}): give a file in a directory that exists`, { cause });
  }
  return files;
}

const indent = 2;

export function writeReport({ html, json }: ReportFiles, report: Report): void {
  const whole = [
    { file: json, text: `${JSON.stringify(report, null, indent)}\n` },
    { file: html, text: htmlReport(report) },
  ];
  const beside = (file: string) => `${file}.${process.pid}.part`;
  try {
    for (const { file, text } of whole) writeFileSync(beside(file), text);
    for (const { file } of whole) renameSync(beside(file), file);
  } finally {
    for (const { file } of whole) rmSync(beside(file), { force: true });
  }
}
