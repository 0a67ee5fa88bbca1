// One file's way to S3 and to its job. The presigned form is asked for at the moment of sending, since it is good for a minute only.

const unavailable = "The service is not available just now. Try again in a minute.";
const unreachable = "The service could not be reached. Check your network and try again.";

/** The answer of the service. @throws {Error} with words for the user. */
function ask(path, options = {}) {
  return fetch(path, { ...options, headers: { accept: "application/json", ...options.headers } }).catch(() => {
    throw new Error(unreachable);
  });
}

// A balancer without instances answers with a page of its own.
const bodyOf = (response) => response.json().catch(() => ({}));

/**
 * The service's answer. Whose session has ended is sent to sign in; a refusal for a file's size is told here, where the choice of the
 * file is not lost.
 *
 * @throws {Error} with words for the user, and the answer's status.
 */
export async function answerOf(path, options) {
  const response = await ask(path, options);
  const answer = await bodyOf(response);
  if (response.ok) return answer;
  if (response.status === 401 && answer.redirect !== undefined) location.assign(answer.redirect);
  throw Object.assign(new Error(answer.detail ?? unavailable), { status: response.status });
}

/** Where the file may be sent. @throws as `answerOf` does. */
export const offer = (file) =>
  answerOf("/annotate/upload", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ file_name: file.name, size: file.size }),
  });

/**
 * Resolves when S3 has the file.
 *
 * @param onProgress told the percentage that has been sent.
 * @param begun given the request, which may be aborted; then rejects with `undefined`.
 */
export function send({ url, fields }, file, { onProgress, begun }) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("file", file);
    const upload = new XMLHttpRequest();
    begun(upload);
    let sent = false;
    upload.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(Math.floor((event.loaded / event.total) * 100));
    });
    upload.upload.addEventListener("load", () => {
      sent = true;
      onProgress(100);
    });
    upload.addEventListener("load", () => (upload.status < 400 ? resolve() : reject(new Error(refusal(upload)))));
    // S3 redirects after an upload; where a browser does not follow that from a script, the file has arrived all the same,
    // and if it has not, the next page says so.
    upload.addEventListener("error", () =>
      sent ? resolve() : reject(new Error("The connection was lost. Check your network and try again.")),
    );
    upload.addEventListener("abort", () => reject(undefined));
    upload.open("POST", url);
    upload.send(body);
  });
}

function refusal(request) {
  const document = new DOMParser().parseFromString(request.responseText, "application/xml");
  const code = document.querySelector("Error > Code")?.textContent;
  if (code === "EntityTooLarge") return "The storage refused the file: it is larger than your plan takes.";
  if (code === "AccessDenied" || code === "ExpiredToken") return "The upload took too long to begin. Try again.";
  return `The storage refused the file (${code ?? request.status}). Try again.`;
}

/** Begins the job of a file that has arrived, without leaving the page. */
export async function beginJob({ next }) {
  const response = await ask(next);
  if (!response.ok) throw new Error((await bodyOf(response)).detail ?? unavailable);
}
