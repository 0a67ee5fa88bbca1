import { type Answer, emptyAnswer, type Protocol } from "./call.ts";
import { elementOf, printDeclared, printXml } from "./xml-document.ts";

/** A call that is refused; becomes the error form of the service's protocol. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  /** AWS's error code, such as `AccessDenied`. */
  readonly code: string;
  /** Further elements of an S3 error document. */
  readonly details: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** CBOR of a map of texts, which is all that an error needs (RFC 8949, major types 3 and 5). */
function cborMap(values: Readonly<Record<string, string>>): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([0x79, bytes.length >> 8, bytes.length & 0xff]), bytes]);
  };
  const entries = Object.entries(values);
  return Buffer.concat([Buffer.from([0xa0 + entries.length]), ...entries.flat().map(text)]);
}

function answer(status: number, contentType: string, body: string | Buffer, headers: Record<string, string>): Answer {
  return { status, headers: { "content-type": contentType, ...headers }, body: Buffer.from(body) };
}

/** @see https://smithy.io/2.0/aws/protocols/index.html and "Error responses" of the S3 API reference */
export function errorAnswer(
  operation: { readonly protocol: Protocol; readonly service: string },
  refusal: Refusal,
  requestId: string,
): Answer {
  const { status, code, message } = refusal;
  const fault = status < 500 ? "Sender" : "Receiver";
  const base = { "x-amzn-requestid": requestId };
  switch (operation.protocol) {
    case "s3": {
      const error = elementOf("Error", { Code: code, Message: message, ...refusal.details, RequestId: requestId });
      return answer(status, "application/xml", printDeclared(error), { "x-amz-request-id": requestId });
    }
    case "query":
    case "rest-xml": {
      const error = { Type: fault, Code: code, Message: message };
      const response = elementOf("ErrorResponse", { Error: error, RequestId: requestId });
      return answer(status, "text/xml", printDeclared(response), base);
    }
    case "ec2": {
      const error = { Code: code, Message: message };
      const response = elementOf("Response", { Errors: { Error: error }, RequestID: requestId });
      return answer(status, "text/xml", printDeclared(response), base);
    }
    case "cbor":
      return answer(status, "application/cbor", cborMap({ __type: code, message }), {
        ...base,
        "smithy-protocol": "rpc-v2-cbor",
      });
    case "json":
      return answer(status, "application/x-amz-json-1.0", JSON.stringify({ __type: code, message }), {
        ...base,
        "x-amzn-errortype": code,
        "x-amzn-query-error": `${code};${fault}`,
      });
    case "rest-json":
      return answer(status, "application/json", JSON.stringify({ code, message, type: fault }), {
        ...base,
        "x-amzn-errortype": code,
      });
  }
}

/** Success with nothing in it. */
export function emptySuccess(operation: { readonly protocol: Protocol; readonly action: string }): Answer {
  switch (operation.protocol) {
    case "query":
    case "ec2":
      return answer(200, "text/xml", printXml(elementOf(`${operation.action}Response`, {})), {});
    case "json":
      return answer(200, "application/x-amz-json-1.0", "{}", {});
    case "cbor":
      return answer(200, "application/cbor", cborMap({}), { "smithy-protocol": "rpc-v2-cbor" });
    case "rest-json":
    case "rest-xml":
    case "s3":
      return emptyAnswer(204);
  }
}
