/** Instances of groups and single ones: hours, disks, public addresses, detailed metrics. */
import type { Capacity } from "../capacity.ts";
import { instanceKey } from "../catalog.ts";
import { asInputs, asList, type Inputs } from "../declared.ts";
import type { Charge, Rule, Verdict, World } from "../types.ts";
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

function diskCharges(mapping: unknown, instanceMonths: number): Verdict[] {
  const { volumeType = "gp2", volumeSize, iops, throughput } = asInputs(asInputs(mapping).ebs);
  if (volumeSize === undefined) return [{ notPriced: "a disk whose size only its image knows" }];
  if (volumeType !== "gp3" && volumeType !== "gp2") return [{ notPriced: `a disk of type ${volumeType}` }];
  const charge = (what: string, key: Charge["key"], each: number): Verdict[] =>
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
function templateCharges(template: Inputs, hours: number): Verdict[] {
  const months = hours / hoursPerMonth;
  const disks = asList(template.blockDeviceMappings).filter((each) => asInputs(each).ebs !== undefined);
  const unknownDisk: Verdict[] =
    disks.length === 0 ? [{ notPriced: "the root disk: only the image knows its size" }] : [];
  const isPublic = asList(template.networkInterfaces).some((each) => isTrue(asInputs(each).associatePublicIpAddress));
  const address: Verdict = {
    what: "public addresses of instances",
    key: "ipv4.hour",
    quantity: hours,
    basis: "per instance-hour",
  };
  const metrics: Verdict = {
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

function instanceCharges({ host, mean }: Capacity, { usage }: World): Verdict[] {
  const mixed = host.group.inputs.mixedInstancesPolicy;
  const policy = asInputs(mixed);
  const override = asInputs(asList(asInputs(policy.launchTemplate).overrides)[0]).instanceType;
  const instanceType = override ?? host.template?.inputs.instanceType;
  if (typeof instanceType !== "string") return [{ notPriced: "instances whose type the plan does not say" }];
  const onDemand = mixed === undefined ? mean : onDemandOf(mean, asInputs(policy.instancesDistribution));
  const charge = (what: string, count: number, share?: number): Verdict[] =>
    count > 0
      ? [
          {
            what: `${instanceType} ${what}`,
            key: instanceKey(instanceType),
            quantity: count * usage.upHours,
            basis: "per instance-hour",
            ...(share === undefined ? {} : { share }),
          },
        ]
      : [];
  return [...charge("on demand", onDemand), ...charge("spot", mean - onDemand, usage.spotPercent / 100)];
}

export const group: Rule = (resource, world) => {
  const capacity = world.capacities.find(({ group: each }) => each === resource);
  if (capacity === undefined) return [{ notPriced: "a group whose size is not known" }];
  if (capacity.mean === 0) return [{ free: "no instances at this load" }];
  if (capacity.host.template === undefined) return [{ notPriced: "its launch template is not in the plan" }];
  const [first = { free: "no instances at this load" }, ...rest] = [
    ...instanceCharges(capacity, world),
    ...templateCharges(capacity.host.template.inputs, capacity.mean * world.usage.upHours),
  ];
  return [first, ...rest];
};

/** A single instance. Its subnet may give it a public address without its inputs saying so. */
export const instance: Rule = ({ inputs }, { usage }) => {
  const { instanceType, rootBlockDevice, ebsBlockDevices, associatePublicIpAddress, monitoring } = inputs;
  const disks = [rootBlockDevice, ...asList(ebsBlockDevices)].filter((disk) => disk !== undefined);
  return [
    {
      what: `${instanceType} on demand`,
      key: instanceKey(String(instanceType)),
      quantity: usage.upHours,
      basis: "per instance-hour",
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
