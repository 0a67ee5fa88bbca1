/** Progress of a search, for people who wait: on standard error; a terminal's line is written over. */

export interface Progress {
  /** A part of the work begins. */
  part(name: "search" | "check"): void;
  /** The program was read under one more setting. */
  read(): void;
  /** One more run has ended. */
  ran(): void;
  end(): void;
}

const words = { search: "searching", check: "checking with fresh runs" } as const;

export function tellProgress(): Progress {
  const began = performance.now();
  const { isTTY } = process.stderr;
  let told = began;
  let part = "";
  let [settings, runs] = [0, 0];
  function tell(): void {
    const now = performance.now();
    if (part === "" || now - told < (isTTY ? 200 : 15_000)) return;
    told = now;
    const line = `${part}: ${settings} settings, ${runs} runs, ${Math.round((now - began) / 1000)} s`;
    process.stderr.write(isTTY ? `\r${line.padEnd(60)}` : `${line}\n`);
  }
  return {
    part(name) {
      part = words[name];
    },
    read() {
      settings++;
      tell();
    },
    ran() {
      runs++;
      tell();
    },
    end() {
      if (isTTY && told > began) process.stderr.write(`\r${" ".repeat(60)}\r`);
    },
  };
}
