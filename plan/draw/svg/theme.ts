/** Colours. Each pair of text and ground has a contrast of 4.5 : 1 or more, in light and in dark. */
import type { FlowKind, NodeKind } from "../picture.ts";

/** `auto`: as the reader's system has it. */
export type Theme = "auto" | "light" | "dark";

type Palette = Readonly<Record<string, string>>;

const light: Palette = {
  ground: "#ffffff",
  frame: "#f6f8fa",
  border: "#d5dbe3",
  card: "#ffffff",
  edge: "#c3cad5",
  text: "#1b2330",
  muted: "#5a6575",
  pill: "#eef1f5",
  person: "#47536a",
  compute: "#b4530a",
  message: "#b3246f",
  store: "#1c7a3e",
  table: "#2f5bd0",
  mail: "#7a3fc4",
  request: "#47607f",
};

const dark: Palette = {
  ground: "#0d1117",
  frame: "#131922",
  border: "#2a3340",
  card: "#1a212c",
  edge: "#3a4556",
  text: "#e8edf4",
  muted: "#9aa6b6",
  pill: "#252e3b",
  person: "#a9b6ca",
  compute: "#f0a04b",
  message: "#f277b5",
  store: "#52c47e",
  table: "#83a8ff",
  mail: "#c39bff",
  request: "#9db4d3",
};

export const colourOfNode: Readonly<Record<NodeKind, string>> = {
  people: "person",
  balancer: "request",
  instances: "compute",
  service: "compute",
  function: "compute",
  topic: "message",
  queue: "message",
  table: "table",
  bucket: "store",
  vault: "store",
  mail: "mail",
  network: "person",
  other: "person",
};

export const colourOfFlow: Readonly<Record<FlowKind, string>> = {
  request: "request",
  message: "message",
  data: "store",
  event: "compute",
  mail: "mail",
};

const variables = (palette: Palette) =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";");

export function styleOf(theme: Theme): string {
  const base = `svg{${variables(theme === "dark" ? dark : light)}}`;
  return theme === "auto" ? `${base}@media(prefers-color-scheme:dark){svg{${variables(dark)}}}` : base;
}

export const palettes = { light, dark };
