/** Plan → picture: which boxes there are, in which groups, and what flows between them. */
import type { BootService } from "../../../runtime/contract/boot.ts";
import type { Plan, PlannedResource } from "../../types.ts";
import { shortType } from "../../views/tree.ts";
import type { Badge, Flow, Group, Picture, PictureNode, Use } from "../picture.ts";
import { type Actor, actorsOf } from "./actors.ts";
import { flowsOf } from "./flows.ts";
import { foldedInto } from "./fold.ts";
import { isSupport } from "./kinds.ts";
import { withMinor } from "./minor.ts";
import { impliedNode, Nodes } from "./nodes.ts";
import { permissionsOf } from "./permissions.ts";
import { objects } from "./read.ts";
import { References } from "./references.ts";
import { deadLettersOf } from "./relations.ts";

/** `overview`: what matters, supporting resources folded in. `full`: every resource and every flow. */
export type Detail = "overview" | "full";

const isService = (actor: Actor): actor is Actor & { readonly service: BootService } => actor.service !== undefined;

/** Dead-letter queues show on their queue; a bucket that only takes the balancer's log, on the balancer. */
function foldedAway(references: References, flows: readonly Flow[]): ReadonlySet<string> {
  const { plan } = references;
  const letters = plan.resources.map((resource) => references.at(deadLettersOf(resource))?.urn);
  const logs = plan.resources
    .flatMap(({ inputs }) => objects(inputs.accessLogs))
    .map(({ bucket }) => references.find("aws:s3/bucket:Bucket", bucket)?.urn)
    .filter((urn) => !flows.some(({ from, to }) => from === urn || to === urn));
  return new Set([...letters, ...logs].filter((urn) => urn !== undefined));
}

function codeBucketsOf(references: References): ReadonlySet<string> {
  const objects = references.plan.resources.filter(({ type }) => /^aws:s3\/bucketObject(v2)?:/.test(type));
  return new Set(objects.flatMap(({ inputs }) => references.find("aws:s3/bucket:Bucket", inputs.bucket)?.urn ?? []));
}

/** A table of this many users is named inside of each of them instead. */
const sharedBy = 3;

function inlined(nodes: readonly PictureNode[], flows: readonly Flow[]): [PictureNode[], Flow[]] {
  const ends = (id: string) => flows.filter(({ from, to }) => from === id || to === id);
  const tables = new Map(nodes.filter(({ kind }) => kind === "table").map((node) => [node.id, node]));
  const shared = new Set([...tables.keys()].filter((id) => ends(id).length >= sharedBy));
  const isInlined = ({ from, to }: Flow) => shared.has(from) || shared.has(to);
  const usesOf = (id: string): Use[] =>
    ends(id)
      .filter(isInlined)
      .flatMap(({ from, to, label }) => {
        const table = tables.get(from === id ? to : from);
        return table === undefined || table.id === id ? [] : [{ node: table.id, title: table.title, label }];
      });
  return [
    nodes.map((node) => (shared.has(node.id) ? node : { ...node, uses: usesOf(node.id) })),
    flows.filter((flow) => !isInlined(flow)),
  ];
}

const serviceBadge = (name: string): Badge => ({ kind: "service", text: name, title: `runs the service ${name}` });

const asGroup = ({ urn, type, name }: PlannedResource): Group => ({ id: urn, title: shortType(type), name });

/** What a plan looks like. The same plan gives the same picture, in the plan's order. */
export function pictureOf(plan: Plan, detail: Detail): Picture {
  const references = new References(plan);
  const actors = actorsOf(references);
  const found = flowsOf(references, actors, permissionsOf(references));
  const away = detail === "full" ? new Set<string>() : foldedAway(references, found);
  const drawn = plan.resources.filter(
    ({ urn, type, custom }) => custom && !away.has(urn) && (detail === "full" || !isSupport(type)),
  );
  const nodesBy = new Nodes(references);
  const folded = foldedInto(plan, new Set(drawn.map(({ urn }) => urn)));
  const hosted = actors.filter(isService);
  const declared = drawn.map((resource) => {
    const node = nodesBy.of(resource);
    const runs = hosted.filter((actor) => actor.resource === resource).map(({ service }) => serviceBadge(service.name));
    return {
      ...node,
      badges: [...runs, ...node.badges],
      hint: [...node.hint, ...(folded.get(resource.urn) ?? []).map((line) => `with ${line}`)],
    };
  });
  const services = hosted.map((actor) => nodesBy.ofService(actor));
  const ends = [...new Set(found.flatMap(({ from, to }) => [from, to]))];
  const implied = ends.flatMap((id) => impliedNode(id) ?? []);
  const all = [...implied, ...declared, ...services];
  const known = new Set(all.map(({ id }) => id));
  const between = found.filter(({ from, to }) => known.has(from) && known.has(to));
  const marked = withMinor(all, between, codeBucketsOf(references));
  const [nodes, flows] =
    detail === "full"
      ? [all, marked]
      : inlined(
          all,
          marked.filter(({ minor }) => !minor),
        );
  const groups = plan.resources.filter(({ urn }) => nodes.some(({ group }) => group === urn)).map(asGroup);
  return { title: `${plan.project} ${plan.stack}`, groups, nodes, flows };
}
