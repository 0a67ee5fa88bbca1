/** A picture of a plan before anything has a place: what is drawn, and what flows between it. */

const nodeKinds = [
  "people",
  "balancer",
  "instances",
  "service",
  "function",
  "topic",
  "queue",
  "table",
  "bucket",
  "vault",
  "mail",
  "network",
  "other",
] as const;
export type NodeKind = (typeof nodeKinds)[number];

/** A small mark below a node's title. */
export interface Badge {
  readonly kind: "grow" | "shrink" | "alarm" | "deadLetters" | "service" | "note";
  readonly text: string;
  /** The whole story, for whoever points at it. */
  readonly title: string;
}

/** Use of something so widely shared that an arrow from each of its users would hide the rest. */
export interface Use {
  readonly node: string;
  readonly title: string;
  readonly label: string;
}

export interface PictureNode {
  /** URN, or a name for what the plan implies but does not declare: `people`. Unique. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly title: string;
  readonly subtitle: string;
  /** Full name and what was folded into the node, a line each. */
  readonly hint: readonly string[];
  /** Id of its group; undefined: it stands by itself. */
  readonly group: string | undefined;
  readonly badges: readonly Badge[];
  readonly uses: readonly Use[];
  /** Several of a kind: drawn as a pile. */
  readonly many: boolean;
}

export interface Group {
  readonly id: string;
  /** `WebFarm`. */
  readonly title: string;
  readonly name: string;
}

export type FlowKind = "request" | "message" | "data" | "event" | "mail";

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly kind: FlowKind;
  /** A few words; may be empty where both ends say enough. */
  readonly label: string;
  /** Something flows in both directions. */
  readonly both: boolean;
  /** A detour beside the way that most take: left out of the overview. */
  readonly minor: boolean;
}

export interface Picture {
  readonly title: string;
  readonly groups: readonly Group[];
  readonly nodes: readonly PictureNode[];
  readonly flows: readonly Flow[];
}
