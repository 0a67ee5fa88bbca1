// A large file's way to S3, in parts: several at once, each repeated by itself. What breaks off goes on where it was, also after the
// page has been left: the browser keeps the upload's id by what the file is, and the service tells which parts have arrived.
import { answerOf } from "./send.js";

const root = "/annotate/uploads";
/** Parts at once. A part is read from the disk as it is sent. */
const atOnce = 3;
/** Addresses asked for at a time. */
const addressesAtOnce = 20;
const attemptsMost = 6;
const headBytes = 64 * 1024;

const lost =
  "The connection was lost. What has arrived is kept for a day: choose the same file again, and the upload goes on.";

/** Told from others by name, size, time of change and the digest of its first bytes. */
async function identityOf(file) {
  const about = [file.name, file.size, file.lastModified];
  // Not there on a page without TLS.
  if (globalThis.crypto.subtle !== undefined) {
    const digest = await crypto.subtle.digest("SHA-256", await file.slice(0, headBytes).arrayBuffer());
    about.push(...new Uint8Array(digest).slice(0, 16));
  }
  return `upload ${about.join(" ")}`;
}

/** What the browser remembers of uploads; where it does not, an upload cannot be taken up later. */
const memory = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {}
  },
};

/** 1, 2, 4, 8, 16 s, shortened by up to a half by chance; sooner when the network is there again. */
function pause(attempt) {
  const milliseconds = 1000 * 2 ** (attempt - 1) * (1 - Math.random() / 2);
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    window.addEventListener("online", go);
  });
}

const post = (path, body) =>
  answerOf(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** The upload of this file, and the numbers of the parts that have arrived: one that broke off, or a new one. */
async function taken(file, key) {
  const known = memory.get(key);
  if (known !== null) {
    const query = new URLSearchParams({ upload_id: known.upload_id, file_name: file.name });
    const { parts } = await answerOf(`${root}/${known.job_id}/parts?${query}`).catch((error) => {
      if (error.status === 404) return {};
      throw error;
    });
    if (parts !== undefined) return { upload: known, arrived: parts };
  }
  const upload = await post(root, { file_name: file.name, size: file.size });
  memory.set(key, upload);
  return { upload, arrived: [] };
}

/** Resolves when S3 has the part; rejects with its status, 0 for a connection that broke. */
function put({ url }, body, { requests, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    requests.add(request);
    request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
    request.addEventListener("loadend", () => {
      requests.delete(request);
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(Object.assign(new Error(lost), { status: request.status }));
    });
    request.open("PUT", url);
    request.send(body);
  });
}

/**
 * Sends the file, and makes a job of it. Memory does not grow with the file.
 *
 * @param onProgress told the percentage that has arrived. @param onResume told once, when an earlier upload goes on.
 * @param begun given what may be aborted; then rejects with `undefined`, and nothing is kept.
 * @returns the job's page; `undefined`: the browser is on its way to another page, to sign in.
 */
export async function sendInParts(file, { onProgress, onResume, begun }) {
  const requests = new Set();
  let stopped = false;
  begun({
    abort() {
      stopped = true;
      for (const request of requests) request.abort();
    },
  });
  const key = await identityOf(file);
  const { upload, arrived } = await taken(file, key);
  const name = { upload_id: upload.upload_id, file_name: file.name };
  try {
    if (arrived.length > 0) onResume();
    await sendParts({ file, upload, name, arrived, requests, onProgress, isStopped: () => stopped });
    if (stopped) throw undefined;
    const job = await post(`${root}/${upload.job_id}/complete`, { ...name, size: file.size });
    memory.set(key, undefined);
    return `/annotations/${job.job_id}`;
  } catch (error) {
    if (!stopped) throw error;
    memory.set(key, undefined);
    // What has arrived is not wanted any more; if nobody is told, storage ends it after a day.
    await answerOf(`${root}/${upload.job_id}?${new URLSearchParams(name)}`, { method: "DELETE" }).catch(() => {});
    throw undefined;
  }
}

async function sendParts({ file, upload, name, arrived, requests, onProgress, isStopped }) {
  const bytesOf = (part) => Math.min(upload.part_bytes, file.size - (part - 1) * upload.part_bytes);
  const done = new Map(
    arrived.filter(({ part, bytes }) => bytes === bytesOf(part)).map(({ part, bytes }) => [part, bytes]),
  );
  const left = Array.from({ length: upload.parts }, (_, index) => index + 1).filter((part) => !done.has(part));
  const tell = () =>
    onProgress(Math.floor((100 * [...done.values()].reduce((sum, bytes) => sum + bytes, 0)) / file.size));
  const addresses = new Map();
  let asked = Promise.resolve();

  /** Addresses are asked for many at a time, by whoever finds none. */
  function addressOf(part) {
    asked = asked.then(async () => {
      if (addresses.has(part)) return;
      const parts = [part, ...left.slice(0, addressesAtOnce - 1)];
      const { urls } = await post(`${root}/${upload.job_id}/urls`, { ...name, size: file.size, parts });
      for (const each of urls) addresses.set(each.part, each);
    });
    const mine = asked.then(() => addresses.get(part));
    asked = asked.catch(() => {});
    return mine;
  }

  async function send(part) {
    const from = (part - 1) * upload.part_bytes;
    for (let attempt = 1; ; attempt++) {
      try {
        const onPart = (bytes) => {
          done.set(part, bytes);
          tell();
        };
        await put(await addressOf(part), file.slice(from, from + bytesOf(part)), { requests, onProgress: onPart });
        onPart(bytesOf(part));
        return;
      } catch (error) {
        done.delete(part);
        // An address is good for an hour.
        addresses.delete(part);
        const hopeless = error.status >= 400 && error.status < 500 && ![403, 408, 429].includes(error.status);
        if (isStopped() || hopeless || attempt >= attemptsMost) throw error;
        await pause(attempt);
      }
    }
  }

  async function work() {
    for (let part = left.shift(); part !== undefined && !isStopped(); part = left.shift()) await send(part);
  }

  tell();
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } catch (error) {
    // The others end as well: what they have sent is kept.
    left.length = 0;
    for (const request of requests) request.abort();
    throw error;
  }
}
