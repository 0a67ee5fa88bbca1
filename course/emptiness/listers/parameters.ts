/** Parameters, which hold a stack's secrets: `/<owner>/…`. Values are never read. */
import {
  DeleteParameterCommand,
  ListTagsForResourceCommand,
  paginateDescribeParameters,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { askedAbout, cli, type Lister, onPages, tagsFrom } from "../lister.ts";

export const parameters: Lister = {
  kind: "SSM parameter",
  service: "ssm",
  scope: "region",
  arns: ["ssm:parameter/"],
  async *list({ client, region, arn }) {
    const ssm = client(SSMClient);
    const all = onPages(paginateDescribeParameters({ client: ssm }, {}), ({ Parameters }) => Parameters);
    const tagsOf = ({ Name }: { Name?: string | undefined }) =>
      ssm.send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: Name }));
    for await (const [{ Name = "" }, { TagList } = {}] of askedAbout(all, tagsOf)) {
      yield {
        id: Name,
        names: [Name],
        arn: arn("ssm", `parameter/${Name.replace(/^\//, "")}`),
        tags: tagsFrom(TagList),
        command: cli("ssm delete-parameter", { name: Name }, region),
        async remove() {
          await ssm.send(new DeleteParameterCommand({ Name }));
        },
      };
    }
  },
};
