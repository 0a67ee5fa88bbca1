/**
 * The balancer's connections to its targets: a pool for each, kept open, one attempt per request. Written against undici's
 * dispatcher, which takes half the time of node's own client; headers and body go through as they come.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { type Dispatcher, errors, Pool } from "undici";
import type { Target } from "../../types.ts";

/** A target's answer whose head is there and whose body waits. */
export interface WaitingAnswer {
  readonly status: number;
  /** Passes it on to the client, now. */
  send(): void;
  /** Nobody wants it any more. */
  drop(): void;
}

export interface Listener {
  /** The head of the answer has come. Returns true: it waits until it is sent by `answer.send()`. */
  answered(answer: WaitingAnswer): boolean;
  /** There will be no answer, or no more of the one that has begun. */
  failed(why: "refused" | "late"): void;
}

/** Fields that belong to one connection, and `Expect`, which node's server has answered already. */
const ofConnection = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

function sentHeaders(request: IncomingMessage): Record<string, string | string[]> {
  const sent: Record<string, string | string[]> = {};
  for (const name in request.headers) {
    const value = request.headers[name];
    if (value !== undefined && !ofConnection.has(name)) sent[name] = value;
  }
  return sent;
}

/** Names and values in turn, as node writes them. */
function answerHeaders(raw: readonly Buffer[]): string[] {
  const headers: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as Buffer).toString("latin1");
    if (!ofConnection.has(name.toLowerCase())) headers.push(name, (raw[at + 1] as Buffer).toString("latin1"));
  }
  return headers;
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

const isLate = (error: unknown) =>
  error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;

/** One request on its way: what undici tells of it goes to the client. */
class Transfer implements Dispatcher.DispatchHandlers {
  #abort = () => {};
  #resume = () => {};
  #over = false;
  readonly #response: ServerResponse;
  readonly #listener: Listener;

  constructor(response: ServerResponse, listener: Listener) {
    this.#response = response;
    this.#listener = listener;
    response.on("drain", () => this.#resume());
    response.once("close", () => this.#drop()); // the client has gone, unless all was sent
  }

  #drop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#abort();
  }

  onConnect(abort: () => void): void {
    if (this.#over) abort();
    else this.#abort = abort;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, text: string): boolean {
    if (status < 200) return true;
    this.#resume = resume;
    let isSent = false;
    const send = () => {
      isSent = true;
      if (this.#response.headersSent || this.#response.destroyed) this.#drop();
      else this.#response.writeHead(status, text, answerHeaders(raw));
    };
    const sendLater = () => {
      send();
      resume();
    };
    if (!this.#listener.answered({ status, send: sendLater, drop: () => this.#drop() })) send();
    return isSent;
  }

  onData(chunk: Buffer): boolean {
    return this.#response.write(chunk);
  }

  onComplete(): void {
    this.#over = true;
    this.#response.end();
  }

  onError(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.failed(isLate(error) ? "late" : "refused");
  }
}

/** @param idle milliseconds without a byte after which a target has not answered in time. */
export function createUpstream(idle: number) {
  const pools = new Map<string, Pool>();

  function poolOf({ host, port }: Target): Pool {
    const origin = `http://${host}:${port}`;
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const made = new Pool(origin, { headersTimeout: idle, bodyTimeout: idle, connectTimeout: idle, pipelining: 1 });
    pools.set(origin, made);
    return made;
  }

  return {
    pass(target: Target, request: IncomingMessage, response: ServerResponse, listener: Listener): void {
      const options: Dispatcher.DispatchOptions = {
        path: request.url ?? "/",
        method: (request.method ?? "GET") as Dispatcher.HttpMethod,
        headers: sentHeaders(request),
        body: hasBody(request) ? request : null,
      };
      const transfer = new Transfer(response, listener);
      try {
        poolOf(target).dispatch(options, transfer);
      } catch (error) {
        transfer.onError(error as Error); // a request that node's server takes and undici does not send
      }
    },

    /** Joins the client's socket with one of the target: the request goes on as it came, and what follows in both directions. */
    tunnel(target: Target, request: IncomingMessage, socket: Socket, head: Buffer): void {
      const other = connect(target.port, target.host);
      const end = () => {
        socket.destroy();
        other.destroy();
      };
      for (const each of [socket, other]) each.setTimeout(idle, end).on("error", end).on("close", end);
      const lines = Object.entries(request.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((each) => `${name}: ${each}`),
      );
      other.once("connect", () => {
        other.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1");
        other.write(head);
        socket.pipe(other).pipe(socket);
      });
    },

    /** The target is gone: its connections are of no use. */
    forget({ host, port }: Target): void {
      const origin = `http://${host}:${port}`;
      void pools.get(origin)?.destroy();
      pools.delete(origin);
    },

    async stop(): Promise<void> {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}
