/** What a lister is, and what all of them use. */
import type { Aws, RegionClients } from "./aws.ts";

export type Tags = Readonly<Record<string, string>>;

/** One resource that an account has, as its service lists it. */
export interface Found {
  /** What the service's own calls name it by: a name, an id, an ARN or a URL. */
  readonly id: string;
  /** Names that may begin with an owner; the first one that is not empty is shown. */
  readonly names: readonly string[];
  /** Host names (or the domain of a mail address) that it serves. */
  readonly hosts?: readonly string[];
  /** By which the tagging API knows it. */
  readonly arn?: string;
  /** As its service tells them; the tagging API may know more. */
  readonly tags?: Tags;
  /** Region of one resource in a global list. @default the region that was listed */
  readonly region?: string;
  /** Ids of what it is a part of, or was made for: what has no name or tag of its own belongs to the owner of these. */
  readonly partOf?: readonly string[];
  /** Whether it holds what is others': then what is in it is not its owner's. @default false */
  readonly holdsOthers?: boolean;
  /** Id of what takes it along when it is removed. */
  readonly goesWith?: string;
  /** Why it is still listed although it is gone, such as an instance that is terminated. */
  readonly gone?: string;
  /** The command that removes it. @default this tool's own sweep, where no single call of AWS's command line does */
  readonly command?: string;
  /** Removes it. @throws {CannotRemove} when that is up to somebody else; an error of the SDK otherwise. */
  remove(onProgress: (text: string) => void): Promise<void>;
}

/** Lists one kind of resource of an account. */
export interface Lister {
  /** In the words of its service: `SQS queue`. */
  readonly kind: string;
  /** Service by the name that AWS's public list of services and regions gives it. */
  readonly service: string;
  /** `global`: listed once, wherever the resources are. */
  readonly scope: "region" | "global";
  /** Beginnings of the ARNs of this kind: service, colon, resource. */
  readonly arns: readonly string[];
  /** All of them, on however many pages. */
  list(place: RegionClients, aws: Aws): AsyncIterable<Found>;
}

/** A resource that no call removes now; the message says why and what to do. */
export class CannotRemove extends Error {
  override readonly name = "CannotRemove";
}

/** Tags in the form that most services use. */
export const tagsFrom = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Tags => Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

const absent = /NotFound|NoSuch|NonExistent|DoesNotExist|NotExist/;

/** Whether an error says that there is no such resource. */
export const saysAbsent = (error: unknown): boolean => error instanceof Error && absent.test(error.name);

/** EC2's word for a gateway that is detached already. */
const detached = "Gateway.NotAttached";

/**
 * A call that makes a removal possible, such as taking a rule out of a group. What it takes away may be gone since the list was made, or
 * since an earlier try; that does not mean that the resource itself is.
 */
export async function unlessGone(preparation: Promise<unknown>): Promise<void> {
  try {
    await preparation;
  } catch (error) {
    if (!saysAbsent(error) && !(error instanceof Error && error.name === detached)) throw error;
  }
}

/** What is on the pages of one of the SDK's paginators, one by one. */
export async function* onPages<Page, Each>(
  pages: AsyncIterable<Page>,
  pick: (page: Page) => readonly Each[] | undefined,
): AsyncGenerator<Each> {
  for await (const page of pages) yield* pick(page) ?? [];
}

/** Pages of a call that the SDK has no paginator for. */
export async function* pagesFrom<Page, From>(
  ask: (from: From | undefined) => Promise<Page>,
  next: (page: Page) => From | undefined,
): AsyncGenerator<Page> {
  let from: From | undefined;
  do {
    const page = await ask(from);
    yield page;
    from = next(page);
  } while (from !== undefined);
}

/** Questions asked at a time about the resources of one list. */
const together = 8;

/**
 * Asks something more about each resource of a list, such as its tags. A resource that is said to be absent stays on the list without an
 * answer: whether it is gone or was asked for in the wrong way cannot be told here.
 */
export async function* askedAbout<Each, Answer>(
  all: AsyncIterable<Each>,
  ask: (each: Each) => Promise<Answer>,
): AsyncGenerator<readonly [Each, Answer | undefined]> {
  const answered = async (each: Each) => {
    try {
      return [each, await ask(each)] as const;
    } catch (error) {
      if (saysAbsent(error)) return [each, undefined] as const;
      throw error;
    }
  };
  let waiting: Each[] = [];
  for await (const each of all) {
    waiting.push(each);
    if (waiting.length < together) continue;
    yield* await Promise.all(waiting.map(answered));
    waiting = [];
  }
  yield* await Promise.all(waiting.map(answered));
}

/** Splits what a call takes only so many of. */
export function chunks<Each>(all: readonly Each[], size: number): Each[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** A command of AWS's command line: `cli("sqs delete-queue", { "queue-url": url }, "us-east-1")`. */
export function cli(call: string, options: Readonly<Record<string, string>>, region?: string): string {
  const given = Object.entries(region === undefined ? options : { ...options, region });
  return ["aws", call, ...given.map(([name, value]) => `--${name} ${quoted(value)}`)].join(" ");
}
