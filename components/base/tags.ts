import { runtime } from "@pulumi/pulumi";

/** Tag → value. */
export type Tags = Readonly<Record<string, string>>;

/**
 * Tags whatever the program declares from now on and AWS can tag, so that a bill can be split by owner. The provider's
 * `defaultTags` would do for most of it, but neither reach a group's instances nor their disks.
 */
export function tagEverything(tags: Tags): void {
  runtime.registerStackTransformation(({ type, props, opts }) => {
    // A resource that takes tags has them among its arguments, if only as undefined.
    if (!/^awsx?:/.test(type) || !("tags" in props)) return undefined;
    return { props: { ...props, ...tagged(type, props, tags) }, opts };
  });
}

function tagged(type: string, props: Record<string, unknown>, tags: Tags): Record<string, unknown> {
  switch (type) {
    case "aws:autoscaling/group:Group": {
      const own = (props.tags as readonly object[] | undefined) ?? [];
      const added = Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true }));
      return { tags: [...added, ...own] };
    }
    case "aws:ec2/launchTemplate:LaunchTemplate": {
      const launched = (props.tagSpecifications as readonly { tags?: Tags }[] | undefined) ?? [];
      return {
        tags: merged(tags, props.tags),
        tagSpecifications: launched.map((each) => ({ ...each, tags: merged(tags, each.tags) })),
      };
    }
    default:
      return { tags: merged(tags, props.tags) };
  }
}

const merged = (tags: Tags, own: unknown) => ({ ...tags, ...(own as Tags | undefined) });
