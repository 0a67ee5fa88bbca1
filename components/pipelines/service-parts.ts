/** What the components that run a service of ours have alike: its bundle, and the queue it lives on. */
import type { Input, Resource } from "@pulumi/pulumi";
import { ownModule } from "../bundle/package-files.ts";
import { given } from "../bundle/service.ts";
import { ServiceBundle, type ServiceBundleArgs } from "../bundle/service-bundle.ts";
import type { JobPlaces } from "../storage/job-places.ts";
import { WorkerQueue, type WorkerQueueArgs } from "./worker-queue.ts";

interface BundleArgs {
  readonly jobs: Pick<JobPlaces, "code">;
  readonly entry?: string;
  readonly transform?: { readonly bundle?: ServiceBundleArgs["transform"] };
}

/**
 * The bundle of a service: of the module that the arguments name, or of this package's own.
 *
 * @param assets laid beside this package's own module only.
 */
export function createServiceBundle(
  name: string,
  service: "annotator" | "archiver" | "notifier" | "restorer" | "web",
  args: BundleArgs,
  parent: Resource,
  assets?: ServiceBundleArgs["assets"],
): ServiceBundle {
  return new ServiceBundle(
    name,
    {
      bucket: args.jobs.code,
      entry: args.entry ?? ownModule(`runtime/${service}/main`),
      ...given({ assets: args.entry === undefined ? assets : undefined, transform: args.transform?.bundle }),
    },
    { parent },
  );
}

/** What a component's own stores are encrypted with: its own key, else that of the job store. */
export const customerKey = (args: {
  readonly jobs: Pick<JobPlaces, "kmsKeyArn">;
  readonly kmsKeyArn?: Input<string>;
}): Input<string> | undefined => args.kmsKeyArn ?? args.jobs.kmsKeyArn;

interface QueueArgs {
  readonly jobs: Pick<JobPlaces, "kmsKeyArn">;
  readonly kmsKeyArn?: Input<string>;
  readonly alarmActions?: readonly Input<string>[];
  readonly transform?: { readonly queue?: WorkerQueueArgs["transform"] };
}

/** The queue that a service takes its work from; its dead letters are told to whom the component's alarms are. */
export function createWorkQueue(
  name: string,
  queue: Omit<WorkerQueueArgs, "alarmActions" | "kmsKeyArn" | "transform">,
  args: QueueArgs,
  parent: Resource,
): WorkerQueue {
  const { alarmActions, transform } = args;
  const more = given({ alarmActions, transform: transform?.queue, kmsKeyArn: customerKey(args) });
  return new WorkerQueue(name, { ...queue, ...more }, { parent });
}
