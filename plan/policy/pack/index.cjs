// The engine's Node host requires this file. What follows is TypeScript, which tsx loads as it is.
import("tsx/esm/api")
  .then(({ tsImport }) => tsImport("./serve.ts", __filename))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
