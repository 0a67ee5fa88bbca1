// Refreshes the part of the page that says `data-live`: fetches it again after `data-live-seconds` and puts it in place of
// the old one, for as long as the new one asks for it. A hidden page waits until it is looked at.
import { showLocalTimes } from "./times.js";

let failures = 0;
let timer;

function schedule() {
  const live = document.getElementById("live");
  if (live?.dataset.live === undefined) return;
  const seconds = Number(live.dataset.liveSeconds) * 2 ** Math.min(failures, 5);
  clearTimeout(timer);
  timer = setTimeout(refresh, seconds * 1000);
}

async function refresh() {
  const live = document.getElementById("live");
  if (live === null || document.hidden) return;
  try {
    // Not followed: the way to sign in leads to another site, which a script may not enter.
    const response = await fetch(live.dataset.live, { headers: { accept: "text/html" }, redirect: "manual" });
    // Signed out meanwhile: the whole page has to come again, by way of signing in.
    if (response.type === "opaqueredirect") return location.reload();
    if (!response.ok) throw new Error(`${response.status}`);
    failures = 0;
    replace(live, await response.text());
  } catch {
    failures += 1;
  }
  schedule();
}

/** What a link or a button leads to: by that it is known again. */
const aimOf = (element) => element.getAttribute("href") ?? element.form?.getAttribute("action") ?? undefined;

function replace(live, markup) {
  const next = new DOMParser().parseFromString(markup, "text/html").getElementById("live");
  if (next === null) return;
  showLocalTimes(next);
  // Nothing is touched while nothing has changed: neither focus nor selection nor a screen reader's place.
  if (next.outerHTML === live.outerHTML) return;
  const focused = live.contains(document.activeElement) ? aimOf(document.activeElement) : undefined;
  live.replaceWith(next);
  if (focused !== undefined) [...next.querySelectorAll("a, button")].find((each) => aimOf(each) === focused)?.focus();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void refresh();
});
schedule();
