/**
 * Requests on their way to the targets: each gets one attempt, as AWS makes it, and its answer is held back where the target has
 * a declared capacity (see handicap.ts).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { VirtualServer } from "../../capacity/virtual-server.ts";
import type { LocalClock } from "../../types.ts";
import type { BalancerDeclaration } from "./declaration.ts";
import type { Visits } from "./entrance.ts";
import { type CapacityOf, createHold, createVirtualServers, type Hold } from "./handicap.ts";
import { addForwarded, addTrace, dropInvalid } from "./headers.ts";
import type { RequestSample } from "./minutes.ts";
import { type OwnStatus, ownPage } from "./own-page.ts";
import type { RegisteredTarget, Targets } from "./targets.ts";
import type { createUpstream, Listener, WaitingAnswer } from "./upstream.ts";

export interface PassagesOptions {
  readonly declaration: BalancerDeclaration;
  readonly clock: LocalClock;
  /** Milliseconds after which a target has not answered in time. */
  readonly idle: number;
  readonly targets: Targets;
  readonly upstream: ReturnType<typeof createUpstream>;
  readonly capacityOf: CapacityOf;
  /** Sees a request first; answers it and returns true, or leaves it to the targets. Such requests are in no metric. */
  readonly intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** A request has a target. */
  readonly requested: () => void;
  readonly record: (sample: RequestSample) => void;
}

/** A request that has a target. */
interface Passage {
  readonly target: RegisteredTarget;
  readonly response: ServerResponse;
  readonly sent: number;
  readonly hold?: Hold;
  /** By the target, by a page of our own, or by nobody, when the client has gone. */
  answered: boolean;
}

export class Passages implements Visits {
  readonly #options: PassagesOptions;
  readonly #serverOf: ReturnType<typeof createVirtualServers>;
  /** The request that each client's connection waits for an answer to. */
  readonly #waiting = new WeakMap<Socket, IncomingMessage>();
  /** Those whose answers are held back. */
  readonly #held = new Set<Passage>();

  constructor(options: PassagesOptions) {
    this.#options = options;
    this.#serverOf = createVirtualServers(options.clock, options.capacityOf);
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const { intercept, targets, requested, record } = this.#options;
    if (intercept(request, response)) return;
    const target = targets.choose();
    if (target === undefined) {
      record({ target: undefined, status: 503, own: true, responseSeconds: undefined });
      ownPage(response, 503);
      return;
    }
    requested();
    this.#waiting.set(request.socket, request);
    response.once("close", () => this.#waiting.delete(request.socket));
    const server = this.#serverOf(target);
    const passage: Passage = { target, response, sent: performance.now(), answered: false };
    if (server === undefined) this.#send(passage, request);
    else this.#sendAndHold(passage, server, request);
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { targets, upstream } = this.#options;
    const target = targets.choose();
    if (target === undefined) {
      socket.end("HTTP/1.1 503 Service Temporarily Unavailable\r\nServer: awselb/2.0\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#prepare(request);
    targets.began(target);
    socket.once("close", () => targets.ended(target));
    upstream.tunnel(target, request, socket, head);
  }

  awaitsTarget(socket: Socket): boolean {
    return this.#waiting.get(socket)?.complete ?? false;
  }

  /** The instance is gone: whoever waits for a held answer of it gets a 502. */
  cut(instanceId: string): void {
    for (const passage of this.#held) {
      if (passage.target.instanceId === instanceId && !passage.answered) this.#failed(passage, 502);
    }
  }

  #prepare({ headers, socket }: IncomingMessage): void {
    const { declaration, clock } = this.#options;
    if (declaration.dropInvalidHeaders) dropInvalid(headers);
    addForwarded(headers, socket.remoteAddress ?? "127.0.0.1", socket.localPort ?? 0);
    addTrace(headers, clock.now());
  }

  #send(passage: Passage, request: IncomingMessage): void {
    const { targets, upstream } = this.#options;
    const { target, response } = passage;
    this.#prepare(request);
    targets.began(target);
    response.once("close", () => targets.ended(target));
    upstream.pass(target, request, response, this.#listenerOf(passage));
  }

  #sendAndHold(free: Passage, server: VirtualServer, request: IncomingMessage): void {
    const { clock, idle, record } = this.#options;
    const hold = createHold((answer) => this.#release(passage, answer));
    const passage: Passage = { ...free, hold };
    const turn = server.enter(hold.served);
    if (turn === undefined) {
      record({ target: passage.target.instanceId, status: 503, own: false, responseSeconds: 0 });
      passage.response.writeHead(503, { "content-type": "text/plain" }).end("Service Unavailable\n");
      return;
    }
    const cancel = clock.after(idle, () => {
      if (!hold.isServed() && !passage.answered) this.#failed(passage, 504);
    });
    this.#held.add(passage);
    passage.response.once("close", () => {
      this.#held.delete(passage);
      cancel();
      turn.leave();
      if (!passage.answered) this.#abandoned(passage);
    });
    this.#send(passage, request);
  }

  #listenerOf(passage: Passage): Listener {
    return {
      answered: (answer) => {
        if (passage.hold === undefined) {
          this.#answered(passage, answer.status);
          return false;
        }
        if (passage.answered) answer.drop();
        else passage.hold.arrived(answer);
        return true;
      },
      // A target that ends before it answers is a 502, whatever the method.
      failed: (why) => {
        if (passage.answered) passage.response.destroy();
        else this.#failed(passage, why === "late" ? 504 : 502);
      },
    };
  }

  /** A held answer is there, and the instance of the declared capacity would have given it by now. */
  #release(passage: Passage, answer: WaitingAnswer): void {
    if (passage.answered) return;
    this.#answered(passage, answer.status);
    const { clock, capacityOf } = this.#options;
    const { clientSeconds = 0 } = capacityOf(passage.target.instanceId) ?? {};
    if (clientSeconds === 0) answer.send();
    else clock.after(clientSeconds * 1_000, answer.send);
  }

  #answered(passage: Passage, status: number): void {
    passage.answered = true;
    const seconds = (performance.now() - passage.sent) / 1_000;
    // What is held to a capacity in AWS's time is measured in it.
    const responseSeconds = passage.hold === undefined ? seconds : seconds * this.#options.clock.speed;
    this.#options.record({ target: passage.target.instanceId, status, own: false, responseSeconds });
  }

  #failed(passage: Passage, status: OwnStatus): void {
    const { target, response } = passage;
    passage.answered = true;
    this.#options.record({ target: target.instanceId, status, own: true, responseSeconds: undefined });
    if (!response.headersSent) ownPage(response, status);
  }

  /** AWS's status for a client that did not wait is 460. */
  #abandoned(passage: Passage): void {
    passage.answered = true;
    const { instanceId } = passage.target;
    this.#options.record({ target: instanceId, status: 460, own: true, responseSeconds: undefined });
  }
}
