import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where this package's own code is: the repository, or `dist/` of the installed package, which mirrors it. */
const codeRoot = fileURLToPath(new URL("../..", import.meta.url));

/** `.ts` in the repository, `.js` once the package is built. */
const extension = extname(fileURLToPath(import.meta.url));

/** Absolute path of a module of ours; `path` is the repository's, without its extension: `runtime/web/main`. */
export const ownModule = (path: string): string => join(codeRoot, `${path}${extension}`);

/** Absolute path of a file or folder of ours that is no module. */
export const ownFile = (path: string): string => join(codeRoot, path);

/** Absolute path of a file of an installed package: `@picocss/pico/css/pico.min.css`. */
export const packageFile: (specifier: string) => string = createRequire(import.meta.url).resolve;
