import type { BootManifest } from "../../runtime/contract/boot.ts";

/**
 * Systemd leaves out a variable, and says so in its journal only, when its value has a control character other than tab and new line or is no
 * Unicode text (`env_value_is_valid` in its src/basic/env-util.c).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const refused = /[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/u;

/** @throws {RangeError} that names the first variable which a service would not be given. */
export function requireWritable({ services }: BootManifest): void {
  for (const { name, environment } of services) {
    for (const [variable, value] of Object.entries(environment)) {
      const found = refused.exec(value);
      if (found === null) continue;
      const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
      throw new RangeError(
        `service ${name}: environment.${variable} has the character U+${code} at ${found.index}, which systemd does not take; ` +
          "use text with no control characters but tab and new line, for example base64 of it",
      );
    }
  }
}
