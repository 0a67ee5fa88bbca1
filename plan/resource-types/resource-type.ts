/**
 * All that is known of a type of resource without any AWS: what it answers, what a change of it means, what it costs, how it is
 * drawn, and how an account is searched for it. Every entry must be given, so that what is not known is said and never left out.
 */
import type { NodeKind } from "../draw/picture.ts";
import type { Cost } from "./cost.ts";
import type { OutputRule } from "./outputs.ts";
import type { Replacement } from "./replacement.ts";

interface ResourceType {
  /** Id, ARN and whatever else other resources are given of it, where there is no AWS to ask. */
  readonly outputs: OutputRule;
  /** What cannot be changed in place. */
  readonly replacement: Replacement | typeof notRunHere;
  /** What it costs, or why it costs nothing. */
  readonly cost: Cost;
  /** How a picture of the declaration shows it. */
  readonly picture: Picture;
  /** How what is left of it in an account is found. */
  readonly inAccount: InAccount;
}

/** By type token. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** No handler brings it to life on one machine, so nothing there is ever changed. */
export const notRunHere = Symbol("not run here");

/** `kind`: of the list in `course/emptiness/listers` that has it; a `part` goes with what that list has. */
export type InAccount =
  | { readonly kind: string; readonly part: boolean }
  /** It leaves nothing in an account. */
  | typeof nothing
  /** It stays in an account, and no list finds it. */
  | typeof noLister;

export const nothing = Symbol("nothing in AWS");
export const noLister = Symbol("no lister");
export const listedAs = (kind: string): InAccount => ({ kind, part: false });
export const goesWith = (kind: string): InAccount => ({ kind, part: true });

export type Picture =
  | { readonly kind: NodeKind; readonly subtitle: string }
  /** Of interest only to what it belongs to: drawn where everything is. */
  | typeof detail
  /** A box with the name of its type. */
  | typeof plainBox;

export const detail = Symbol("detail");
export const plainBox = Symbol("plain box");
export const box = (kind: NodeKind, subtitle: string): Picture => ({ kind, subtitle });
