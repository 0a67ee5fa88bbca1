/** What the lists of EC2 have in common: ids that nobody chose, and tags in every answer. */
import { EC2Client, type Tag } from "@aws-sdk/client-ec2";
import { cli, type Found, type Lister, tagsFrom } from "../lister.ts";

/** One of EC2's kinds: how to list it, and what one of it is. */
export interface Ec2Kind<Each extends { readonly Tags?: Tag[] | undefined }> {
  readonly kind: string;
  /** In ARNs: `volume` of `…:volume/vol-0123`. */
  readonly resource: string;
  list(ec2: EC2Client): AsyncIterable<Each>;
  tell(each: Each): Told;
  /** Call and option of AWS's command line: `["delete-volume", "volume-id"]`. @default none: it takes more than one call */
  readonly call?: readonly [string, string];
  remove(ec2: EC2Client, each: Each): Promise<unknown>;
}

interface Told extends Pick<Found, "id" | "partOf" | "goesWith" | "gone" | "holdsOthers"> {
  /** Beside the tag `Name`. */
  readonly names?: readonly string[];
}

export function ec2Lister<Each extends { readonly Tags?: Tag[] | undefined }>(of: Ec2Kind<Each>): Lister {
  return {
    kind: of.kind,
    service: "ec2",
    scope: "region",
    arns: [`ec2:${of.resource}/`],
    async *list({ client, region, arn }) {
      const ec2 = client(EC2Client);
      for await (const each of of.list(ec2)) {
        const { names = [], ...told } = of.tell(each);
        const tags = tagsFrom(each.Tags);
        const [call, option] = of.call ?? [];
        yield {
          ...told,
          names: [tags.Name ?? "", ...names],
          arn: arn("ec2", `${of.resource}/${told.id}`),
          tags,
          ...(call === undefined || option === undefined
            ? {}
            : { command: cli(`ec2 ${call}`, { [option]: told.id }, region) }),
          async remove() {
            await of.remove(ec2, each);
          },
        };
      }
    },
  };
}
