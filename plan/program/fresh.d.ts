export declare const runKey: string;
/** @param file path or address of a module. */
export declare function isShared(file: string): boolean;
type Resolved = { url: string };
type Context = { parentURL?: string | undefined };
export declare function resolveSync<R extends Resolved>(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => R,
): R;
