/** The tagging API: one list over all services, by their tags. It forgets late, and does not know every kind. */
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { RegionClients } from "./aws.ts";
import { ownerTag } from "./belonging.ts";
import { type Tags, tagsFrom } from "./lister.ts";

export interface Tagged {
  readonly arn: string;
  readonly region: string;
  readonly tags: Tags;
}

/** Everything in a region that has an owner, whoever it is; what is in no region is told in the global one. */
export async function* taggedIn({ client, region }: RegionClients): AsyncGenerator<Tagged> {
  const tagging = client(ResourceGroupsTaggingAPIClient);
  const pages = paginateGetResources({ client: tagging, pageSize: 50 }, { TagFilters: [{ Key: ownerTag }] });
  for await (const { ResourceTagMappingList = [] } of pages) {
    for (const { ResourceARN = "", Tags } of ResourceTagMappingList) {
      yield { arn: ResourceARN, region, tags: tagsFrom(Tags) };
    }
  }
}

/** `arn:aws:ec2:us-east-1:1:volume/vol-1` → `ec2:volume/vol-1`: service and resource. */
export function kindOf(arn: string): string {
  const [, , service = "", , , ...resource] = arn.split(":");
  return `${service}:${resource.join(":")}`;
}

/** The same for all ways to write the ARN of one resource: EC2's ids say it all, and log groups are named with and without `:*`. */
export function keyOf(arn: string): string {
  const [, , service, region] = arn.split(":");
  return service === "ec2" ? `ec2 ${region} ${arn.slice(arn.lastIndexOf("/") + 1)}` : arn.replace(/:\*$/, "");
}
