/** Instances of groups and single ones: hours, disks, public addresses, detailed metrics. */
import type { Capacity } from "../capacity.ts";
import { instanceKey } from "../catalog.ts";
import { asInputs, asList, type Inputs } from "../declared.ts";
import { untimed } from "../schedules.ts";
import type { Charge, Pricing, Rule, World } from "../types.ts";
import { hoursPerMonth } from "../usage.ts";

/** Metrics that EC2 publishes a minute when detailed monitoring is on; each is charged as a custom metric. */
const detailedMetrics = 7;
/** What a gp3 volume has without a charge of its own. */
const gp3 = { iops: 3000, mibps: 125 };

const isTrue = (value: unknown) => value === true || value === "true";

/** Number of on-demand instances among `count`, by a mixed instances policy. */
export function onDemandOf(count: number, distribution: Inputs): number {
  const base = Math.min(count, Number(distribution.onDemandBaseCapacity ?? 0));
  const above = Number(distribution.onDemandPercentageAboveBaseCapacity ?? 100) / 100;
  return base + (count - base) * above;
}

function diskCharges(mapping: unknown, instanceMonths: number): Pricing[] {
  const { volumeType = "gp2", volumeSize, iops, throughput } = asInputs(asInputs(mapping).ebs);
  if (volumeSize === undefined) return [{ notPriced: "a disk whose size only its image knows" }];
  if (volumeType !== "gp3" && volumeType !== "gp2") return [{ notPriced: `a disk of type ${volumeType}` }];
  const charge = (what: string, key: Charge["key"], each: number): Pricing[] =>
    each > 0 ? [{ what, key, quantity: each * instanceMonths, basis: "per instance-hour" }] : [];
  const size = charge(`disks, ${volumeSize} GiB ${volumeType}`, `ebs.${volumeType}.gbMonth`, Number(volumeSize));
  if (volumeType === "gp2") return size;
  return [
    ...size,
    ...charge("disks, IOPS beyond 3,000", "ebs.gp3.iopsMonth", Number(iops ?? 0) - gp3.iops),
    ...charge("disks, throughput beyond 125 MiB/s", "ebs.gp3.mibpsMonth", Number(throughput ?? 0) - gp3.mibps),
  ];
}

/** What `hours` instance-hours of a template cost. */
function templateCharges(template: Inputs, hours: number): Pricing[] {
  const months = hours / hoursPerMonth;
  const disks = asList(template.blockDeviceMappings).filter((each) => asInputs(each).ebs !== undefined);
  const unknownDisk: Pricing[] =
    disks.length === 0 ? [{ notPriced: "the root disk: only the image knows its size" }] : [];
  const isPublic = asList(template.networkInterfaces).some((each) => isTrue(asInputs(each).associatePublicIpAddress));
  const address: Pricing = {
    what: "public addresses of instances",
    key: "ipv4.hour",
    quantity: hours,
    basis: "per instance-hour",
  };
  const metrics: Pricing = {
    what: "detailed metrics of instances",
    key: "cloudwatch.metric",
    quantity: detailedMetrics * months,
    basis: "per instance-hour",
  };
  return [
    ...disks.flatMap((each) => diskCharges(each, months)),
    ...unknownDisk,
    ...(isPublic ? [address] : []),
    ...(isTrue(asInputs(template.monitoring).enabled) ? [metrics] : []),
  ];
}

/** Whether a template, or an instance, asks for spot capacity by itself. */
const isSpot = (inputs: Inputs) => asInputs(inputs.instanceMarketOptions).marketType === "spot";

const overridesOf = (group: Inputs): Inputs[] =>
  asList(asInputs(asInputs(group.mixedInstancesPolicy).launchTemplate).overrides).map(asInputs);

function typesOf(group: Inputs, template: Inputs): string[] {
  const named = overridesOf(group).map((each) => each.instanceType ?? template.instanceType);
  const types = named.length > 0 ? named : [template.instanceType];
  return [...new Set(types)].filter((type): type is string => typeof type === "string");
}

const hoursOf = (instanceType: string, what: string, hours: number, share?: number): Pricing[] =>
  hours > 0
    ? [
        {
          what: `${instanceType} ${what}`,
          key: instanceKey(instanceType),
          quantity: hours,
          basis: "per instance-hour",
          ...(share === undefined ? {} : { share }),
        },
      ]
    : [];

function instanceCharges({ host, mean, weight }: Capacity, template: Inputs, { usage }: World): Pricing[] {
  const { mixedInstancesPolicy: mixed } = host.group.inputs;
  const [instanceType, ...others] = typesOf(host.group.inputs, template);
  if (instanceType === undefined) return [{ notPriced: "instances whose type the plan does not say" }];
  const onDemand =
    mixed === undefined
      ? isSpot(template)
        ? 0
        : mean
      : onDemandOf(mean * weight, asInputs(asInputs(mixed).instancesDistribution)) / weight;
  const unknown: Pricing[] =
    others.length === 0
      ? []
      : [{ notPriced: `which instances are ${others.join(", ")}: all count as ${instanceType}` }];
  const byRequirements: Pricing[] = overridesOf(host.group.inputs).some(
    (each) => each.instanceRequirements !== undefined,
  )
    ? [{ notPriced: `which types meet the requirements: all count as ${instanceType}` }]
    : [];
  return [
    ...hoursOf(instanceType, "on demand", onDemand * usage.upHours),
    ...hoursOf(instanceType, "spot", (mean - onDemand) * usage.upHours, usage.spotPercent / 100),
    ...unknown,
    ...byRequirements,
  ];
}

/** Instances that wait in a warm pool: stopped ones cost their disks, running ones all that others cost. */
function warmPoolCharges({ host, mean, max, weight }: Capacity, template: Inputs, { usage }: World): Pricing[] {
  if (host.group.inputs.warmPool === undefined) return [];
  const { maxGroupPreparedCapacity, minSize = 0, poolState = "Stopped" } = asInputs(host.group.inputs.warmPool);
  const prepared = Number(maxGroupPreparedCapacity ?? -1);
  const count = Math.max(Number(minSize) / weight, (prepared >= 0 ? prepared / weight : max) - mean, 0);
  const hours = count * usage.upHours;
  const [instanceType] = typesOf(host.group.inputs, template);
  if (poolState !== "Running" || instanceType === undefined) {
    // Neither addresses nor metrics belong to what is stopped.
    const { networkInterfaces: _, monitoring: __, ...stopped } = template;
    return templateCharges(stopped, hours);
  }
  return [...hoursOf(instanceType, "in the warm pool", hours), ...templateCharges(template, hours)];
}

export const group: Rule = (resource, world) => {
  const capacity = world.capacities.find(({ group: each }) => each === resource);
  if (capacity === undefined) return [{ notPriced: "a group whose size is not known" }];
  if (capacity.mean === 0 && resource.inputs.warmPool === undefined) return [{ free: "no instances at this load" }];
  const template = capacity.host.template?.inputs;
  if (template === undefined) return [{ notPriced: "its launch template is not in the plan" }];
  const [first = { free: "no instances at this load" }, ...rest] = [
    ...instanceCharges(capacity, template, world),
    ...templateCharges(template, capacity.mean * world.usage.upHours),
    ...warmPoolCharges(capacity, template, world),
  ];
  return [first, ...rest];
};

/** Scheduled actions have no price of their own; those that run again and again are in the size of their group. */
export const schedule: Rule = (resource) => {
  const reason = untimed(resource);
  return [reason === undefined ? { free: "Auto Scaling has no price of its own" } : { notPriced: reason }];
};

/** A single instance. Its subnet may give it a public address without its inputs saying so. */
export const instance: Rule = ({ inputs }, { usage }) => {
  const { instanceType, rootBlockDevice, ebsBlockDevices, associatePublicIpAddress, monitoring } = inputs;
  const disks = [rootBlockDevice, ...asList(ebsBlockDevices)].filter((disk) => disk !== undefined);
  return [
    {
      what: `${instanceType} ${isSpot(inputs) ? "spot" : "on demand"}`,
      key: instanceKey(String(instanceType)),
      quantity: usage.upHours,
      basis: "per instance-hour",
      ...(isSpot(inputs) ? { share: usage.spotPercent / 100 } : {}),
    },
    ...templateCharges(
      {
        blockDeviceMappings: disks.map((ebs) => ({ ebs })),
        networkInterfaces: [{ associatePublicIpAddress }],
        monitoring: { enabled: monitoring },
      },
      usage.upHours,
    ),
  ];
};
