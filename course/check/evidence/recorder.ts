/** What was seen while an item was checked, kept as it comes: requests, answers, items, mails, notes. Secrets are taken out. */
import { redact } from "./redact.ts";

export interface Evidence {
  /** One line or a few; longer ones are cut. */
  note(text: string): void;
  /** From now on this text is removed wherever it stands. */
  secret(text: string): void;
}

export interface Recorder extends Evidence {
  /** Begins the next item; what is noted from now on belongs to it. */
  begin(): void;
  /** What was noted since. */
  lines(): readonly string[];
}

/** Kept of an item: the first and the last of its notes. A polled page fills the middle. */
const kept = { first: 40, last: 40, characters: 2_000 } as const;

export function createRecorder(): Recorder {
  const secrets = new Set<string>();
  let noted: string[] = [];
  let left = 0;
  let last = "";
  let repeats = 0;

  function push(line: string): void {
    noted.push(line);
    if (noted.length <= kept.first + kept.last) return;
    noted.splice(kept.first, 1);
    left += 1;
  }

  return {
    begin() {
      [noted, left, last, repeats] = [[], 0, "", 0];
    },
    note(text) {
      // Asking again until something changes says the same line many times.
      if (text === last) {
        repeats += 1;
        noted[noted.length - 1] = `${redact(text, secrets).slice(0, kept.characters)} (${repeats + 1} times)`;
        return;
      }
      [last, repeats] = [text, 0];
      push(redact(text, secrets).slice(0, kept.characters));
    },
    secret: (text) => void secrets.add(text),
    lines() {
      if (left === 0) return noted;
      return [...noted.slice(0, kept.first), `(${left} lines left out)`, ...noted.slice(kept.first)];
    },
  };
}
