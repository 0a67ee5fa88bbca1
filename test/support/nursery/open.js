/**
 * AVA's own process keeps the one nursery of a test run (nursery.py), opened when the first test file asks for it. Plain JavaScript:
 * ava.config.js imports it.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("nursery.py", import.meta.url));

/** Resolves when forks can be asked for at the address. */
function start({ command, server, environment }, address) {
  const nursery = spawn(command, ["-W", "ignore", program, server, address, JSON.stringify(environment)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env.PATH, ...environment },
  });
  // AVA ends when its tests have: the nursery must not keep it, and ends with its input.
  for (const each of [nursery, nursery.stdin, nursery.stdout]) each.unref();
  return new Promise((resolve, reject) => {
    createInterface({ input: nursery.stdout }).once("line", resolve);
    nursery.once("exit", (code) => reject(new Error(`the nursery of emulators has ended (exit code ${code})`)));
    nursery.once("error", reject);
  });
}

/** @returns address of a socket: a line of JSON with what the nursery needs is answered by a line with the nursery's address. */
export function openNursery() {
  const folder = mkdtempSync(join(tmpdir(), "annofarm-nursery-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const address = join(folder, "forks");
  let started;
  const desk = createServer((client) => {
    client.unref();
    client.on("error", () => {}); // the test file that asked has gone
    createInterface({ input: client }).once("line", async (line) => {
      try {
        started ??= start(JSON.parse(line), address);
        await started;
        client.end(`${JSON.stringify({ address })}\n`);
      } catch (error) {
        client.end(`${JSON.stringify({ error: error.message })}\n`);
      }
    });
  });
  desk.listen(join(folder, "desk")).unref();
  return join(folder, "desk");
}
