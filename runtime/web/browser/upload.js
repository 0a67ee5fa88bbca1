// The upload page: files that are chosen, dropped, pasted or taken as an example go straight to S3, one after the other. What is wrong
// with a file is told before anything is sent: its size is judged by the limit that the form carries, and its beginning is read.
import { sendInParts } from "./parts.js";
import { lookAt, showPreviews } from "./preview.js";
import { beginJob, offer, send } from "./send.js";
import { formatBytes } from "./sizes.js";

const form = document.getElementById("upload");
const input = document.getElementById("file");
const drop = form.querySelector(".drop");
const element = (id) => document.getElementById(id);
const limit = Number(form.dataset.bytesMax);
/** Larger files go in parts. */
const wholeMax = Number(form.dataset.wholeBytesMax);
const free = form.dataset.free === "yes";
/** Files at once. */
const most = 50;
let upload;
let stopped = false;

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

/** What is wrong with any of them, the first. */
function problemOfAll(files) {
  if (files.length > most) return [`${files.length} files are chosen; submit up to ${most} at once.`];
  for (const file of files) {
    const problem = problemOf(file);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The first of what the files' own bytes say against them. */
async function problemInAny(files) {
  for (const file of files) {
    const { refusal } = await lookAt(file).catch(() => ({ refusal: "it cannot be read; choose it again" }));
    if (refusal !== undefined) return [`“${file.name}” cannot be submitted: ${refusal}.`];
  }
  return undefined;
}

const pasted = () => element("pasted").value;

/** Pasted text as a file: the same one, until the text changes. */
let pastedFile = new File([], "pasted.vcf");
let pastedText = "";

function chosen() {
  if (input.files.length > 0) return [...input.files];
  if (pasted().trim() === "") return [];
  if (pasted() !== pastedText) {
    pastedText = pasted();
    pastedFile = new File([pastedText], "pasted.vcf", { type: "text/plain" });
  }
  return [pastedFile];
}

function choose(files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  show();
}

function show() {
  const files = chosen();
  const [file] = files;
  const problem = problemOfAll(files);
  say(...(problem ?? []));
  preview(problem === undefined ? files : []);
  drop.classList.toggle("filled", file !== undefined);
  const bytes = formatBytes(files.reduce((sum, { size }) => sum + size, 0));
  element("chosen").textContent =
    files.length > 1 ? `${files.length} files` : (file?.name ?? "Drop VCF files here, or choose them");
  element("hint").textContent = file === undefined ? ".vcf, .vcf.gz or .vcf.bgz" : bytes;
  list(files.length > 1 ? files.map(({ name, size }) => `${name} (${formatBytes(size)})`) : []);
}

/** Settled once it can be seen what the chosen files hold. */
let previewed = Promise.resolve();

/** Shows what the files hold, unless others have been chosen meanwhile. */
function preview(files) {
  const mine = showPreviews(element("previews"), files, () => previewed === mine).catch(() =>
    say("The file cannot be read. Choose it again."),
  );
  previewed = mine;
}

function list(lines) {
  element("files").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
}

function sending(busy) {
  element("sending").hidden = !busy;
  element("stop").hidden = !busy;
  element("send").disabled = busy;
  element("send").setAttribute("aria-busy", String(busy));
  for (const control of [input, element("pasted"), element("example")]) control.disabled = busy;
}

function progress(percent) {
  element("bar").value = percent;
  element("percent").textContent = `${percent} %`;
}

const begun = (request) => {
  upload = request;
};

/** Sends a file. @returns the address of what is next, and whether its job has begun already. */
async function deliver(file) {
  if (file.size > wholeMax) {
    const onResume = () => say("An upload of this file broke off; it goes on where it was.");
    return { next: await sendInParts(file, { onProgress: progress, onResume, begun }), recorded: true };
  }
  const offered = await offer(file);
  await send(offered, file, { onProgress: progress, begun });
  return { next: offered.next, recorded: false };
}

/** The only file: its job's page is next. */
async function submitOne(file) {
  const { next } = await deliver(file);
  location.assign(next);
}

/** Each of several; one that is refused does not keep the others. @returns those that are not submitted, and why. */
async function submitEach(files) {
  const left = [];
  for (const [n, file] of files.entries()) {
    element("which").textContent = `${file.name}, ${n + 1} of ${files.length}`;
    progress(0);
    if (stopped) {
      left.push({ file, reason: "stopped" });
      continue;
    }
    try {
      const { next, recorded } = await deliver(file);
      if (!recorded) await beginJob({ next });
    } catch (error) {
      left.push({ file, reason: error === undefined ? "stopped" : error.message });
    }
  }
  return left;
}

async function submitSeveral(files) {
  const left = await submitEach(files);
  if (left.length === 0) return location.assign("/annotations");
  sending(false);
  choose(left.map(({ file }) => file));
  list(left.map(({ file, reason }) => `${file.name}: ${reason}`));
  const done = files.length - left.length;
  say(`${done} of ${files.length} files were submitted; these were not.`, {
    href: "/annotations",
    textContent: "Your jobs",
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const files = chosen();
  if (files.length === 0) return say("Choose a file first.");
  const problem = problemOfAll(files) ?? (await problemInAny(files));
  if (problem !== undefined) return say(...problem);
  await previewed;
  if (!form.reportValidity()) return;
  say(undefined);
  progress(0);
  element("which").textContent = "";
  stopped = false;
  sending(true);
  if (files.length > 1) return submitSeveral(files);
  try {
    await submitOne(files[0]);
  } catch (error) {
    sending(false);
    say(
      error === undefined
        ? "The upload was stopped. Nothing was submitted."
        : error.message || "The upload failed. Try again.",
    );
  }
});

element("stop").addEventListener("click", () => {
  stopped = true;
  upload?.abort();
});
input.addEventListener("change", () => {
  if (input.files.length > 0) element("pasted").value = "";
  show();
});
element("pasted").addEventListener("input", () => {
  input.value = "";
  show();
});
element("example").addEventListener("click", async (event) => {
  const link = event.currentTarget;
  try {
    const response = await fetch(link.dataset.address);
    if (!response.ok) throw new Error(String(response.status));
    element("pasted").value = "";
    choose([new File([await response.blob()], "example.vcf")]);
    element("send").focus();
  } catch {
    say("The example could not be had just now. Try again in a minute.");
  }
});

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
  element("pasted").value = "";
  choose(event.dataTransfer.files);
});
// A file dropped beside the form must not replace the page.
for (const type of ["dragover", "drop"]) window.addEventListener(type, (event) => event.preventDefault());
// Text is taken instead of a file, too; nothing chosen is told in words.
input.required = false;
element("other").hidden = false;
// Back from the next page: the browser may show this one as it was left.
window.addEventListener("pageshow", () => {
  sending(false);
  show();
});
