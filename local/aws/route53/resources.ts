import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
  type RRType,
} from "@aws-sdk/client-route-53";
import { type Context, type Handlers, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { defined } from "../../resources/shape.ts";

interface RecordInputs {
  readonly zoneId: string;
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly records?: readonly string[];
  readonly aliases?: readonly {
    readonly name: string;
    readonly zoneId: string;
    readonly evaluateTargetHealth: boolean;
  }[];
}

const withoutDot = (name: string) => name.replace(/\.$/, "");

function recordSet(inputs: RecordInputs): ResourceRecordSet {
  const alias = inputs.aliases?.[0];
  const target =
    alias === undefined
      ? { TTL: inputs.ttl ?? 300, ResourceRecords: (inputs.records ?? []).map((Value) => ({ Value })) }
      : {
          AliasTarget: {
            DNSName: alias.name,
            HostedZoneId: alias.zoneId,
            EvaluateTargetHealth: alias.evaluateTargetHealth,
          },
        };
  return { Name: inputs.name, Type: inputs.type as RRType, ...target };
}

async function change(Action: "UPSERT" | "DELETE", inputs: RecordInputs, { client }: Context): Promise<State> {
  await client(Route53Client).send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: inputs.zoneId,
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet: recordSet(inputs) }] },
    }),
  );
  const fqdn = withoutDot(inputs.name);
  return { id: `${inputs.zoneId}_${fqdn}_${inputs.type}`, outputs: { fqdn } };
}

async function readRecord(id: string, { client }: Context): Promise<State | undefined> {
  const [zone = "", type = ""] = [id.slice(0, id.indexOf("_")), id.slice(id.lastIndexOf("_") + 1)];
  const fqdn = id.slice(zone.length + 1, -type.length - 1);
  const command = new ListResourceRecordSetsCommand({
    HostedZoneId: zone,
    StartRecordName: fqdn,
    StartRecordType: type as RRType,
  });
  const found = await ifThere(client(Route53Client).send(command));
  const there = found?.ResourceRecordSets?.find(({ Name, Type }) => withoutDot(Name ?? "") === fqdn && Type === type);
  if (there === undefined) return undefined;
  const records = there.AliasTarget === undefined ? there.ResourceRecords?.map(({ Value }) => Value) : undefined;
  return { id, outputs: defined({ fqdn, ttl: there.TTL, records }) };
}

const zoneState = (id: string | undefined, name: string | undefined, nameServers: string[] | undefined): State => {
  const zoneId = sent(id, "zone id").replace("/hostedzone/", "");
  return { id: zoneId, outputs: { zoneId, name: withoutDot(name ?? ""), nameServers: nameServers ?? [] } };
};

/** The zone of that name, if the account holds it. */
export async function findZone(name: string, { client }: Context): Promise<State | undefined> {
  const { HostedZones = [] } = await client(Route53Client).send(new ListHostedZonesByNameCommand({ DNSName: name }));
  const zone = HostedZones.find(({ Name }) => withoutDot(Name ?? "") === withoutDot(name));
  return zone && zoneState(zone.Id, zone.Name, []);
}

export async function createZone(name: string, comment: string, { client }: Context): Promise<State> {
  const { HostedZone, DelegationSet } = await client(Route53Client).send(
    new CreateHostedZoneCommand({
      Name: name,
      CallerReference: crypto.randomUUID(),
      HostedZoneConfig: { Comment: comment },
    }),
  );
  return zoneState(HostedZone?.Id, HostedZone?.Name, DelegationSet?.NameServers);
}

export const handlers: Handlers = {
  "aws:route53/record:Record": handler<RecordInputs>({
    create: (inputs, context) => change("UPSERT", inputs, context),
    read: ({ id }, context) => readRecord(id, context),
    update: (_existing, inputs, context) => change("UPSERT", inputs, context),
    async delete({ id, inputs }, context) {
      if ((await readRecord(id, context)) !== undefined) await change("DELETE", inputs, context);
    },
  }),
  "aws:route53/zone:Zone": handler<{ readonly name: string; readonly comment?: string }>({
    create: ({ name, comment = "Managed by Pulumi" }, context) => createZone(name, comment, context),
    async read({ id }, { client }) {
      const found = await ifThere(client(Route53Client).send(new GetHostedZoneCommand({ Id: id })));
      return found && zoneState(found.HostedZone?.Id, found.HostedZone?.Name, found.DelegationSet?.NameServers);
    },
    async update({ id }, _inputs, { client }) {
      const { HostedZone, DelegationSet } = await client(Route53Client).send(new GetHostedZoneCommand({ Id: id }));
      return zoneState(HostedZone?.Id, HostedZone?.Name, DelegationSet?.NameServers);
    },
    async delete({ id }, { client }) {
      await ifThere(client(Route53Client).send(new DeleteHostedZoneCommand({ Id: id })));
    },
  }),
};
