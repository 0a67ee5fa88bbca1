/** Script of the console's pages: draws each view that arrives, sends actions, follows logs. */
import { type ContainerNode, render } from "preact";
import type { LogLine } from "../log-line.ts";
import type { ConsoleView } from "../view.ts";
import { App, type AppProps } from "./app.tsx";
import { LogLines } from "./log.tsx";

/** As much of the DOM as is used here: the project's type check has Node's types only. */
interface PageElement {
  readonly dataset: Record<string, string | undefined>;
  textContent: string | null;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
}
interface PageEvent {
  readonly target: { closest?(selector: string): HtmlForm | null };
  preventDefault(): void;
}
interface HtmlForm {
  readonly action: string;
  readonly elements: Iterable<{ name: string; value: string; disabled: boolean }>;
}
interface EventSource {
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
}
declare const document: {
  getElementById(id: string): (PageElement & ContainerNode) | null;
  readonly documentElement: { readonly scrollHeight: number };
};
declare const EventSource: new (url: string) => EventSource;
declare const window: {
  innerHeight: number;
  scrollY: number;
  scrollTo(x: number, y: number): void;
  location: { pathname: string };
};

function startConsole(root: PageElement & ContainerNode): void {
  const given: Pick<AppProps, "title" | "can"> & { view: ConsoleView } = JSON.parse(
    document.getElementById("view")?.textContent ?? "null",
  );
  let props: AppProps = { ...given, connection: "static" };
  const show = (change: Partial<AppProps>) => {
    props = { ...props, ...change };
    render(<App {...props} />, root);
  };
  show({});

  const events = new EventSource("/_local/events");
  events.onopen = () => show({ connection: "live" });
  events.onerror = () => show({ connection: "lost" });
  events.onmessage = ({ data }) => show({ view: JSON.parse(data), connection: "live" });

  root.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-action]");
    if (!form) return;
    event.preventDefault();
    const buttons = [...form.elements];
    for (const element of buttons) element.disabled = element.name === "" || element.disabled;
    const body = new URLSearchParams(
      buttons.filter(({ name }) => name !== "").map(({ name, value }) => [name, value] as [string, string]),
    );
    fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } })
      .then(async (response) => {
        if (response.ok) show({ failure: "" });
        else show({ failure: ((await response.json()) as { error: string }).error });
      })
      .catch(() => show({ failure: "The runner did not answer." }))
      .finally(() => {
        for (const element of buttons) element.disabled = false;
        show({});
      });
  });
}

const linesMax = 2_000;

function startLog(root: PageElement & ContainerNode): void {
  let lines: LogLine[] = JSON.parse(document.getElementById("lines")?.textContent ?? "[]");
  const toBottom = () => window.scrollTo(0, document.documentElement.scrollHeight);
  const show = () => render(<LogLines lines={lines} />, root);
  show();
  toBottom();
  const events = new EventSource(`${window.location.pathname}?follow&from=${root.dataset.end ?? "0"}`);
  const state = document.getElementById("following");
  const say = (text: string) => {
    if (state) state.textContent = text;
  };
  events.onopen = () => say("following");
  events.onerror = () => say("not answering");
  events.onmessage = ({ data }) => {
    const atBottom = window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 40;
    lines = [...lines, ...(JSON.parse(data) as LogLine[])].slice(-linesMax);
    show();
    if (atBottom) toBottom();
  };
}

const app = document.getElementById("app");
const log = document.getElementById("log");
if (app) startConsole(app);
if (log) startLog(log);
