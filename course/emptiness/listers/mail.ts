/** Domains and addresses that mail is sent from. */
import {
  DeleteEmailIdentityCommand,
  GetEmailIdentityCommand,
  paginateListEmailIdentities,
  SESv2Client,
} from "@aws-sdk/client-sesv2";
import { askedAbout, cli, type Lister, onPages, tagsFrom } from "../lister.ts";

export const mailIdentities: Lister = {
  kind: "SES identity",
  service: "ses",
  scope: "region",
  arns: ["ses:identity/"],
  async *list({ client, region, arn }) {
    const ses = client(SESv2Client);
    const all = onPages(paginateListEmailIdentities({ client: ses }, {}), ({ EmailIdentities }) => EmailIdentities);
    const arnOf = (identity: string) => arn("ses", `identity/${identity}`);
    const tagsOf = ({ IdentityName = "" }: { IdentityName?: string | undefined }) =>
      ses.send(new GetEmailIdentityCommand({ EmailIdentity: IdentityName }));
    for await (const [{ IdentityName = "" }, { Tags } = {}] of askedAbout(all, tagsOf)) {
      yield {
        id: IdentityName,
        names: [],
        hosts: [IdentityName.slice(IdentityName.indexOf("@") + 1)],
        arn: arnOf(IdentityName),
        tags: tagsFrom(Tags),
        command: cli("sesv2 delete-email-identity", { "email-identity": IdentityName }, region),
        async remove() {
          await ses.send(new DeleteEmailIdentityCommand({ EmailIdentity: IdentityName }));
        },
      };
    }
  },
};
