/**
 * One request from its first byte to its answer:
 *
 *     who asks? (SigV4) → may they? → injected faults → what the emulator lacks → the emulator
 *                                                                         ↓
 *     counted, told to listeners ← headers for other origins (S3) ← answer or error in the service's own form
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GatewayCall } from "../types.ts";
import { authenticate } from "./authenticate.ts";
import type { Answer, Call, Interceptor, Operation } from "./call.ts";
import type { Credentials } from "./credentials.ts";
import { errorAnswer, Refusal } from "./errors.ts";
import { LostResponse } from "./faults.ts";
import { abortedBy, headOf, readBody, send } from "./http.ts";
import { isUpload, operationOf } from "./operation.ts";
import { resourceName } from "./resource-name.ts";
import type { PostObject, Service } from "./service.ts";
import { readSignature } from "./signature.ts";

export interface RequestParts {
  readonly credentials: Credentials;
  /** By signing name. */
  readonly services: ReadonlyMap<string, Service>;
  /** Resolves when the emulator is there, with all that it should have. */
  readonly whole: () => Promise<void>;
  /** @throws {Refusal} AccessDenied */
  readonly allow: (call: Call) => Promise<void>;
  readonly faults: Interceptor;
  /** Everything behind the faults, down to the emulator. */
  readonly dispatch: (call: Call) => Promise<Answer>;
  readonly tell: (call: GatewayCall, request: { readonly method: string; readonly bucket?: string }) => void;
  readonly onError: (error: unknown) => void;
}

const none = Buffer.alloc(0);

function inputOf(operation: Operation, form: URLSearchParams, query: URLSearchParams, body: Buffer): Call["input"] {
  const { protocol } = operation;
  // As the emulator reads them: the body's parameters or else the URL's, the first of each name.
  if (protocol === "query" || protocol === "ec2") {
    return Object.fromEntries([...(form.size > 0 ? form : query)].reverse());
  }
  if ((protocol !== "json" && protocol !== "rest-json") || body.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    return typeof parsed === "object" && parsed !== null ? (parsed as Call["input"]) : {};
  } catch {
    throw new Refusal(400, "SerializationException", "The request body is not JSON");
  }
}

export function requestHandler(parts: RequestParts) {
  return async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const head = headOf(request);
    const signal = abortedBy(response);
    const requestId = randomUUID();
    const signature = readSignature(head);
    let operation = operationOf(head, signature?.service, new URLSearchParams());
    let caller = "anonymous";
    let resource: string | undefined;

    async function answerTo(): Promise<Answer> {
      await parts.whole();
      const asked = parts.services.get(operation.service)?.browser;
      if (head.method === "OPTIONS" && asked) return asked.preflight(head, operation.bucket);
      const upload = isUpload(head, signature?.service);
      const body = upload ? none : await readBody(request);
      const isForm = head.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
      const form = new URLSearchParams(isForm ? body.toString("utf8") : "");
      operation = operationOf(head, signature?.service, form);
      const input = inputOf(operation, form, head.query, body);
      const given = { requestId, body: upload ? request : body, input, caller, signal };
      const call: Call = { ...head, ...operation, ...given, stillHere: () => response.writeProcessing() };
      resource = resourceName(call);
      const { postObject } = parts.services.get(operation.service)?.browser ?? {};
      if (operation.action === "PostObject" && postObject) return parts.faults(call, answerToForm(postObject));
      caller = authenticate(parts.credentials, signature, head, upload ? undefined : body, operation);
      const known = { ...call, caller };
      await parts.allow(known);
      return parts.faults(known, parts.dispatch);
    }

    /** The signature is in the form, so who asks is known only when its fields have come in. */
    function answerToForm(postObject: PostObject): (call: Call) => Promise<Answer> {
      return (call) =>
        postObject({ ...call, body: request }, async (signer, key) => {
          caller = signer;
          const known = { ...call, caller, key };
          resource = resourceName(known);
          await parts.allow(known);
        });
    }

    function tell(status: number): void {
      const milliseconds = performance.now() - began;
      const { service, action } = operation;
      const about = resource === undefined ? {} : { resource };
      parts.tell({ service, action, caller, status, milliseconds, ...about }, { ...head, ...operation });
    }

    let answer: Answer;
    try {
      answer = await answerTo();
    } catch (error) {
      if (error instanceof LostResponse) {
        tell(0);
        response.destroy();
        return;
      }
      if (signal.aborted) return;
      if (!(error instanceof Refusal)) parts.onError(error);
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, "InternalFailure", `The local gateway failed: ${error}`);
      answer = errorAnswer(operation, refusal, requestId);
    }
    // What nobody read of a refused upload has to flow past, so that the caller gets to read why.
    request.resume();
    const { opened } = parts.services.get(operation.service)?.browser ?? {};
    if (opened && head.method !== "OPTIONS") answer = await opened({ ...head, ...operation }, answer);
    tell(answer.status);
    await send(response, answer, head);
  };
}
