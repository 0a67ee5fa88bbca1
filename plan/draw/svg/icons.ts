/** Icons of our own, 16 by 16, drawn with the line's colour. */
import type { NodeKind } from "../picture.ts";

export const icons: Readonly<Record<NodeKind, string>> = {
  people: '<circle cx="8" cy="5" r="2.6"/><path d="M2.8 14c.3-3 2.4-4.7 5.2-4.7s4.9 1.7 5.2 4.7"/>',
  balancer: '<circle cx="3.3" cy="8" r="1.6"/><path d="M5 8h3M8 3v10M8 3h4M8 8h4M8 13h4"/>',
  instances:
    '<rect x="2.5" y="2.5" width="11" height="4.5" rx="1"/><rect x="2.5" y="9" width="11" height="4.5" rx="1"/><path d="M5 4.8h.01M5 11.2h.01"/>',
  service: '<path d="m5 4-3 4 3 4M11 4l3 4-3 4M9 3.5l-2 9"/>',
  function: '<path d="M3 3h2.5l5 10H13M8 8l-4.5 5"/>',
  topic: '<path d="M2.5 6.5v3h2.5l5 3.5v-10l-5 3.5zM12.5 6.2c.8 1 .8 2.6 0 3.6"/>',
  queue: '<path d="M2.5 3.5v9M6.2 3.5v9M9.8 3.5v9M13.5 3.5v9"/>',
  table: '<rect x="2.5" y="3" width="11" height="10" rx="1"/><path d="M2.5 6.3h11M2.5 9.7h11M6.5 6.3v6.7"/>',
  bucket: '<path d="M2.5 4.5 4 13h8l1.5-8.5"/><ellipse cx="8" cy="4.5" rx="5.5" ry="1.8"/>',
  vault:
    '<rect x="2.5" y="2.5" width="11" height="11" rx="1.5"/><circle cx="8" cy="8" r="2.6"/><path d="M8 5.4V4M8 12v-1.4M10.6 8H12M4 8h1.4"/>',
  mail: '<rect x="2" y="3.5" width="12" height="9" rx="1"/><path d="m2.5 4.5 5.5 4.5 5.5-4.5"/>',
  network: '<circle cx="8" cy="8" r="5.5"/><path d="M2.5 8h11M8 2.5c-3.5 3.5-3.5 7.5 0 11c3.5-3.5 3.5-7.5 0-11"/>',
  other: '<path d="m8 2.2 5.2 3v5.6L8 13.8l-5.2-3V5.2zM2.8 5.2 8 8.2l5.2-3M8 8.2v5.6"/>',
};
