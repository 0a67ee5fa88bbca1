// Uploads a file straight to S3. Size is judged first, by the limit the form carries: what is too large is never sent. The
// presigned form is asked for at the moment of sending, since it is good for a minute only.
import { formatBytes } from "./sizes.js";

const form = document.getElementById("upload");
const input = document.getElementById("file");
const drop = form.querySelector(".drop");
const element = (id) => document.getElementById(id);
const limit = Number(form.dataset.bytesMax);
const free = form.dataset.free === "yes";
let upload;

function say(text, link) {
  const message = element("message");
  message.textContent = text ?? "";
  message.hidden = text === undefined;
  if (link !== undefined) message.append(" ", Object.assign(document.createElement("a"), link));
}

/** What is wrong with a file can be told as soon as it is chosen: the words, and where to go on if not here. */
function problemOf(file) {
  const { name, size } = file;
  if (!/\.vcf(\.b?gz)?$/i.test(name))
    return [`“${name}” does not look like a VCF file: its name should end in .vcf, .vcf.gz or .vcf.bgz.`];
  if (size === 0) return [`“${name}” is empty.`];
  if (size <= limit) return undefined;
  const told = `“${name}” has ${formatBytes(size)}; ${free ? "the free plan" : "one upload"} takes up to ${formatBytes(limit)}.`;
  return free
    ? [told, { href: `/subscribe?reason=size&size=${size}`, textContent: "Premium takes larger files." }]
    : [`${told} Split it by chromosome and submit the parts.`];
}

function show(file) {
  say(...((file && problemOf(file)) ?? []));
  drop.classList.toggle("filled", file !== undefined);
  element("chosen").textContent = file?.name ?? "Drop a VCF file here, or choose one";
  element("hint").textContent = file === undefined ? ".vcf, .vcf.gz or .vcf.bgz" : formatBytes(file.size);
}

function sending(busy) {
  element("sending").hidden = !busy;
  element("stop").hidden = !busy;
  element("send").disabled = busy;
  element("send").setAttribute("aria-busy", String(busy));
  input.disabled = busy;
}

function progress(percent) {
  element("bar").value = percent;
  element("percent").textContent = `${percent} %`;
}

async function offer(file) {
  const response = await fetch("/annotate/upload", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ file_name: file.name, size: file.size }),
  }).catch(() => {
    throw new Error("The service could not be reached. Check your network and try again.");
  });
  // A balancer without instances answers with a page of its own.
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (answer.redirect !== undefined && (response.status === 413 || response.status === 401)) {
    location.assign(answer.redirect);
    return undefined;
  }
  throw new Error(answer.detail ?? "The service is not available just now. Try again in a minute.");
}

/** Resolves when S3 has the file. Rejects with words for the user; with `undefined` when the user has stopped it. */
function send({ url, fields }, file) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("file", file);
    upload = new XMLHttpRequest();
    let sent = false;
    upload.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(Math.floor((event.loaded / event.total) * 100));
    });
    upload.upload.addEventListener("load", () => {
      sent = true;
      progress(100);
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

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = input.files;
  if (file === undefined) return say("Choose a file first.");
  const problem = problemOf(file);
  if (problem !== undefined) return say(...problem);
  say(undefined);
  progress(0);
  sending(true);
  try {
    const offered = await offer(file);
    if (offered === undefined) return;
    await send(offered, file);
    location.assign(offered.next);
  } catch (error) {
    sending(false);
    say(
      error === undefined
        ? "The upload was stopped. Nothing was submitted."
        : error.message || "The upload failed. Try again.",
    );
  }
});

element("stop").addEventListener("click", () => upload?.abort());
input.addEventListener("change", () => show(input.files[0]));

for (const type of ["dragenter", "dragover"]) {
  drop.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (input.disabled || event.dataTransfer.files.length === 0) return;
  if (event.dataTransfer.files.length > 1) return say("One file at a time, please.");
  input.files = event.dataTransfer.files;
  show(input.files[0]);
});
// A file dropped beside the form must not replace the page.
for (const type of ["dragover", "drop"]) window.addEventListener(type, (event) => event.preventDefault());
// Back from the next page: the browser may show this one as it was left.
window.addEventListener("pageshow", () => {
  sending(false);
  show(input.files[0]);
});
