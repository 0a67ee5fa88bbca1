/** What a case asserts of an endpoint. */

/** What an endpoint did otherwise than the rule says. */
export class Broken extends Error {}

/** @throws {Broken} unless both say the same as JSON. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Broken(`${what} is ${found}; AWS: ${wanted}`);
}

/** @throws {Broken} unless it is so. */
export function expect(truth: boolean, otherwise: string): asserts truth {
  if (!truth) throw new Broken(otherwise);
}

interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Codes by which services call a request wrong; the SDK's exceptions add a suffix to some. */
const invalid =
  /^(Validation|InvalidParameter|InvalidFormat|MissingParameter|MissingRequiredParameter|InvalidAttribute|MalformedInput)/;

/** @throws {Broken} unless the call is refused as the caller's mistake, with a code that fits. */
export async function expectRefused(call: () => Promise<unknown>, code: RegExp = invalid): Promise<void> {
  try {
    await call();
  } catch (error) {
    const { name, message, $metadata } = error as ServiceError;
    const status = $metadata?.httpStatusCode ?? 0;
    if (status >= 400 && status < 500 && code.test(name)) return;
    if (status === 0) throw error;
    throw new Broken(`answered ${status} ${name}: ${message.slice(0, 200)}; AWS refuses it with a code like ${code}`);
  }
  throw new Broken("accepted; AWS refuses it");
}
