/** `annofarm course check` by itself, for tests and scripts that start it as a process. */
import { checkCommand } from "../../../bin/commands/course/check.ts";
import { explain } from "../../../bin/explain.ts";

checkCommand()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    process.stderr.write(`annofarm: ${explain(error, [])}\n`);
    process.exitCode = 1;
  });
