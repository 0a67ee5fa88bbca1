/**
 * File names of users, made safe once and then the same in form, key, job, API, download and mail.
 *
 * | In the name | Becomes | Why |
 * |---|---|---|
 * | path, `/` and `\` | its last part | only a name is wanted |
 * | `~` | `_` | ends the job id in our keys |
 * | `$` | `_` | S3 replaces `${filename}` in a form's key, and its policies refuse `$` |
 * | `< > : " \| ? *` | `_` | Windows cannot save them |
 * | control characters, line and paragraph separators | `_` | they end lines of headers and mails |
 * | format characters (direction marks, zero-width ones), private use, halves of a pair | left out | a name must look like what it is |
 * | blanks around it, dots at the end | left out | Windows drops them, so the name would change |
 * | `con`, `nul`, `com1`, … before the first dot | with `_` before it | Windows keeps them for devices |
 * | nothing, or nothing before the ending | `input` | |
 * | more than the limits below | the middle is left out, the ending stays | |
 */

/** Longest name, in characters and in bytes of UTF-8: S3 allows 1,024 bytes for a whole key. */
export const fileNameLimits = { characters: 200, bytes: 500 } as const;

const vcfEnding = /\.vcf(?:\.gz|\.bgz)?$/i;
const replaced = /[~$<>:"|?*\p{Cc}\p{Zl}\p{Zp}]/gu;
const leftOut = /[\p{Cf}\p{Co}\p{Cs}]/gu;
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/** Whether a name has the ending of a VCF file. */
export const isVcfName = (name: string): boolean => vcfEnding.test(name);

/** A user's name for a file as it is kept; unchanged when it is safe already. */
export function safeFileName(name: string): string {
  const base = name.split(/[/\\]/).pop() ?? "";
  const clean = base
    .replace(leftOut, "")
    .replace(replaced, "_")
    .normalize("NFC")
    .trim()
    .replace(/[.\s]+$/u, "");
  const ending = vcfEnding.exec(clean)?.[0] ?? "";
  const stem = clean.slice(0, clean.length - ending.length) || (ending === "" ? "input.vcf" : "input");
  return shortened(stem.replace(devices, "_$&"), ending);
}

/** Cut by whole characters, never inside one. */
function shortened(stem: string, ending: string): string {
  let characters = [...ending].length;
  let bytes = Buffer.byteLength(ending);
  let kept = "";
  for (const character of stem) {
    characters += 1;
    bytes += Buffer.byteLength(character);
    if (characters > fileNameLimits.characters || bytes > fileNameLimits.bytes) break;
    kept += character;
  }
  return kept.replace(ending === "" ? /[.\s]+$/u : /\s+$/u, "") + ending;
}
