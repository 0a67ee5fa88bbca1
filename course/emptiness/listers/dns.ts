/** Hosted zones, and records in zones that others have too. */
import {
  ChangeResourceRecordSetsCommand,
  DeleteHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsResponse,
  ListTagsForResourcesCommand,
  paginateListHostedZones,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { chunks, cli, type Lister, onPages, pagesFrom, type Tags, tagsFrom } from "../lister.ts";

/** `/hostedzone/Z1` → `Z1`. */
const bare = (id = "") => id.slice(id.lastIndexOf("/") + 1);

/** Without the last dot, and with the asterisk that Route 53 writes in octal. */
const readable = (name = "") => name.replace(/\.$/, "").replace(/^\\052/, "*");

interface Zone {
  readonly id: string;
  readonly name: string;
}

async function zonesOf(route53: Route53Client): Promise<Zone[]> {
  const zones: Zone[] = [];
  for await (const { Id, Name } of onPages(
    paginateListHostedZones({ client: route53 }, {}),
    (page) => page.HostedZones,
  )) {
    zones.push({ id: bare(Id), name: readable(Name) });
  }
  return zones;
}

/** Zones whose tags one call tells. */
const tagsAtATime = 10;

async function tagsOf(route53: Route53Client, zones: readonly Zone[]): Promise<Map<string, Tags>> {
  const found = new Map<string, Tags>();
  for (const some of chunks(zones, tagsAtATime)) {
    const ask = new ListTagsForResourcesCommand({ ResourceType: "hostedzone", ResourceIds: some.map(({ id }) => id) });
    const { ResourceTagSets = [] } = await route53.send(ask);
    for (const { ResourceId = "", Tags } of ResourceTagSets) found.set(bare(ResourceId), tagsFrom(Tags));
  }
  return found;
}

/** A zone has these itself, and they go with it. */
const isOfZone = ({ Name, Type }: ResourceRecordSet, zone: Zone) =>
  (Type === "NS" || Type === "SOA") && readable(Name) === zone.name;

const change = (route53: Route53Client, HostedZoneId: string, record: ResourceRecordSet) =>
  route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action: "DELETE", ResourceRecordSet: record }] },
    }),
  );

function recordsOf(route53: Route53Client, HostedZoneId: string): AsyncIterable<ResourceRecordSet> {
  const pages = pagesFrom(
    (from: Pick<ListResourceRecordSetsResponse, "NextRecordName" | "NextRecordType" | "NextRecordIdentifier"> = {}) =>
      route53.send(
        new ListResourceRecordSetsCommand({
          HostedZoneId,
          StartRecordName: from.NextRecordName,
          StartRecordType: from.NextRecordType,
          StartRecordIdentifier: from.NextRecordIdentifier,
        }),
      ),
    (page) => (page.IsTruncated ? page : undefined),
  );
  return onPages(pages, ({ ResourceRecordSets }) => ResourceRecordSets);
}

export const records: Lister = {
  kind: "Route 53 record",
  service: "route53",
  scope: "global",
  arns: [],
  async *list({ client }) {
    const route53 = client(Route53Client);
    for (const zone of await zonesOf(route53)) {
      for await (const record of recordsOf(route53, zone.id)) {
        if (isOfZone(record, zone)) continue;
        const name = readable(record.Name);
        yield {
          id: [zone.id, name, record.Type, record.SetIdentifier ?? ""].join(" ").trim(),
          names: [],
          hosts: [name],
          // `<token>._domainkey.<domain>` belongs to whoever sends mail from the domain.
          partOf: [zone.id, name.split("._domainkey.")[1] ?? zone.id],
          command: cli("route53 change-resource-record-sets", {
            "hosted-zone-id": zone.id,
            "change-batch": JSON.stringify({ Changes: [{ Action: "DELETE", ResourceRecordSet: record }] }),
          }),
          async remove() {
            await change(route53, zone.id, record);
          },
        };
      }
    }
  },
};

export const zones: Lister = {
  kind: "hosted zone",
  service: "route53",
  scope: "global",
  arns: ["route53:hostedzone/"],
  async *list({ client, arn }) {
    const route53 = client(Route53Client);
    const all = await zonesOf(route53);
    const tags = await tagsOf(route53, all);
    for (const zone of all) {
      yield {
        id: zone.id,
        names: [tags.get(zone.id)?.Name ?? ""],
        hosts: [zone.name],
        arn: arn("route53", `hostedzone/${zone.id}`, "").replace(/::\d*:/, ":::"),
        tags: tags.get(zone.id) ?? {},
        async remove() {
          for await (const record of recordsOf(route53, zone.id)) {
            if (!isOfZone(record, zone)) await change(route53, zone.id, record);
          }
          await route53.send(new DeleteHostedZoneCommand({ Id: zone.id }));
        },
      };
    }
  },
};
