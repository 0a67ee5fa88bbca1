// The engine's Node host requires this file. What it serves is JavaScript in the published package; in the repository it is
// TypeScript, which tsx loads as it is.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const built = join(__dirname, "serve.js");
const served = existsSync(built)
  ? import("./serve.js")
  : import("tsx/esm/api").then(({ tsImport }) => tsImport("./serve.ts", __filename));

served.catch((error) => {
  console.error(error);
  process.exit(1);
});
