/** Where a result goes: looked at before anything is sent, so that nobody waits for what cannot be written. */
import { createWriteStream } from "node:fs";
import { checkPlaces, isStream } from "../annotate/files.ts";
import { fileSink, type Sink, streamSink } from "./download.ts";

/** @param output path, or `-`. @param input what is read meanwhile, and must not be replaced. @throws when it cannot be written. */
export async function openSinkFor(output: string, input = "-"): Promise<Sink> {
  await checkPlaces({ file: input, output });
  if (output === "-") return streamSink(process.stdout, false);
  return (await isStream(output)) ? streamSink(createWriteStream(output), true) : fileSink(output);
}
