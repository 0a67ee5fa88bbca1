import { CreateTagsCommand, DeleteTagsCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { Context } from "../../resources/handler.ts";
import { putTagChanges, type Tags, tagList } from "../../resources/shape.ts";

/** Tags of anything of EC2's, brought from those that were declared to those that are. */
export async function changeTags(id: string, before: Tags | undefined, after: Tags | undefined, { client }: Context) {
  const ec2 = client(EC2Client);
  await putTagChanges(before, after, {
    put: (tags) => ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(tags) })),
    remove: (keys) => ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) })),
  });
}
