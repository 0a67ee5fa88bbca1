/** `annofarm reference`: data that the built-in annotator knows variants by. */
import { Command } from "commander";
import { buildCommand } from "./reference/build.ts";

export function referenceCommand(): Command {
  return new Command("reference")
    .summary("make a reference of your own for the built-in annotator")
    .description("Works on reference data of the built-in annotator.")
    .addCommand(buildCommand());
}
