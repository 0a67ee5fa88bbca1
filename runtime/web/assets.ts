/**
 * Static files: style sheet (`static/style/*.css`, in the order of their names), browser scripts, pictures, an example. All of them are
 * read (and compressed) once, at start: they are few and small. Their addresses carry a digest of all contents, so that browsers may keep them for ever.
 *
 * Beside this module (in the source tree and in the bundle alike) stand `static/` and `browser/`; Pico's style sheet is
 * `static/pico.min.css` in the bundle and comes from its package otherwise.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { RequestHandler } from "express";

export interface Assets {
  /** Address of a file by its name: `style.css` → `/static/3f2a…/style.css`. @throws when there is no such file. */
  url(name: string): string;
  /** Serves `/static/:version/:name`; falls through for anything else. */
  readonly serve: RequestHandler;
}

/** One body in the encodings that browsers accept. */
export interface Encoded {
  readonly identity: Buffer;
  readonly gzip: Buffer;
  readonly br: Buffer;
}

/** The highest quality of brotli would take a fifth of a second of every start, for 6 % fewer bytes. */
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

export function encode(body: Buffer): Encoded {
  return { identity: body, gzip: gzipSync(body, { level: 9 }), br: brotliCompressSync(body, brotli) };
}

/** The best encoding that an Accept-Encoding header allows. */
export function chooseEncoding(accept: string | undefined): keyof Encoded {
  if (accept === undefined) return "identity";
  const offered = accept.split(",").map((part) => part.trim());
  const takes = (name: string) =>
    offered.some((one) => one === name || (one.startsWith(`${name};`) && !/q=0(\.0*)?$/.test(one)));
  return takes("br") ? "br" : takes("gzip") ? "gzip" : "identity";
}

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".vcf": "text/plain; charset=utf-8",
};

function picoStyle(folder: string): string {
  const bundled = join(folder, "static", "pico.min.css");
  const file = existsSync(bundled) ? bundled : createRequire(import.meta.url).resolve("@picocss/pico/css/pico.min.css");
  return readFileSync(file, "utf8").replace(/^@charset "UTF-8";/, "");
}

/**
 * One sheet, one request. Pico stands in a layer: whatever our own sheets say wins over it, whatever its specificity.
 */
function styleSheet(folder: string): string {
  const sheets = join(folder, "static", "style");
  const own = readdirSync(sheets)
    .sort()
    .map((name) => readFileSync(join(sheets, name), "utf8"));
  return `@layer pico{${picoStyle(folder)}}\n${own.join("\n")}`;
}

/** Reads every file once. `folder` holds `static/` and `browser/`; omitted: the folder of this module. */
export function loadAssets(folder: string = fileURLToPath(new URL(".", import.meta.url))): Assets {
  const files = new Map<string, Buffer>();
  for (const part of ["static", "browser"]) {
    for (const name of readdirSync(join(folder, part)).sort()) {
      if (types[extname(name)] !== undefined) files.set(name, readFileSync(join(folder, part, name)));
    }
  }
  files.delete("pico.min.css");
  files.set("style.css", Buffer.from(styleSheet(folder)));

  const digest = createHash("sha256");
  for (const [name, body] of files) digest.update(name).update(body);
  const version = digest.digest("hex").slice(0, 12);
  const bodies = new Map([...files].map(([name, body]) => [name, encode(body)]));

  return {
    url(name) {
      if (!bodies.has(name)) throw new Error(`no static file ${name}; there are ${[...bodies.keys()].join(", ")}`);
      return `/static/${version}/${name}`;
    },
    serve(request, response, next) {
      const [, root, asked, name, ...rest] = request.path.split("/");
      const body = root === "static" && rest.length === 0 && name !== undefined ? bodies.get(name) : undefined;
      if (body === undefined || name === undefined || (request.method !== "GET" && request.method !== "HEAD"))
        return next();
      const encoding = chooseEncoding(request.get("accept-encoding"));
      response.set({
        "content-type": types[extname(name)],
        // During a deployment an old page may meet a new instance: it gets today's file, but must not keep it as its own.
        "cache-control": asked === version ? "public, max-age=31536000, immutable" : "no-cache",
        vary: "accept-encoding",
      });
      if (encoding !== "identity") response.set("content-encoding", encoding);
      response.end(request.method === "HEAD" ? undefined : body[encoding]);
    },
  };
}
