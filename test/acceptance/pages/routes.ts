/** The addresses that the web service answers, as Express knows them. */
import type { Express } from "express";

interface Layer {
  /** Mounted at the root. */
  readonly slash: boolean;
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
}

const pathsOf = (layers: readonly Layer[]): string[] =>
  layers.flatMap(({ slash, route, handle }) => {
    if (route !== undefined) return route.methods.get ? [route.path] : [];
    return slash ? pathsOf(handle.stack ?? []) : [];
  });

/** Paths that can be asked for by GET, each once; those of the API, which answers with data, are below its own mount point. */
export const getPaths = (app: Express): string[] => [...new Set(pathsOf(app.router.stack as unknown as Layer[]))];

/** Whether an address is one of a path with parameters, such as `/annotations/:id`. */
export function fits(path: string, address: string): boolean {
  const [asked, given] = [path.split("/"), (address.split("?")[0] ?? "").split("/")];
  return asked.length === given.length && asked.every((part, at) => part.startsWith(":") || part === given[at]);
}
