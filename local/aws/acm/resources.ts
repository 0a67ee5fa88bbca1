import {
  ACMClient,
  AddTagsToCertificateCommand,
  type CertificateDetail,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ImportCertificateCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import { type Context, type Handlers, handler, ifThere, type State, sent, setting } from "../../resources/handler.ts";
import { defined, putTagChanges, type Tags, tagList, tagMap } from "../../resources/shape.ts";

interface CertificateInputs {
  readonly domainName?: string;
  readonly subjectAlternativeNames?: readonly string[];
  readonly validationMethod?: "DNS" | "EMAIL";
  readonly certificateBody?: string;
  readonly certificateChain?: string;
  readonly privateKey?: string;
  readonly tags?: Tags;
}

function stateOf(certificate: CertificateDetail | undefined): State {
  const arn = sent(certificate?.CertificateArn, "CertificateArn");
  const domainValidationOptions = (certificate?.DomainValidationOptions ?? []).flatMap((option) =>
    option.ResourceRecord === undefined
      ? []
      : [
          {
            domainName: option.DomainName,
            resourceRecordName: option.ResourceRecord.Name,
            resourceRecordType: option.ResourceRecord.Type,
            resourceRecordValue: option.ResourceRecord.Value,
          },
        ],
  );
  return { id: arn, outputs: { arn, status: certificate?.Status, domainValidationOptions } };
}

async function read(arn: string, { client }: Context): Promise<State | undefined> {
  const found = await ifThere(client(ACMClient).send(new DescribeCertificateCommand({ CertificateArn: arn })));
  if (found === undefined) return undefined;
  const { Tags } = await client(ACMClient).send(new ListTagsForCertificateCommand({ CertificateArn: arn }));
  return { id: arn, outputs: { ...stateOf(found.Certificate).outputs, tags: tagMap(Tags) } };
}

function importCommand(inputs: CertificateInputs, arn?: string): ImportCertificateCommand {
  const bytes = (pem: string | undefined) => (pem === undefined ? undefined : Buffer.from(pem));
  return new ImportCertificateCommand(
    defined({
      CertificateArn: arn,
      Certificate: bytes(inputs.certificateBody),
      CertificateChain: bytes(inputs.certificateChain),
      PrivateKey: bytes(inputs.privateKey),
    }) as ConstructorParameters<typeof ImportCertificateCommand>[0],
  );
}

async function create(inputs: CertificateInputs, context: Context): Promise<State> {
  const acm = context.client(ACMClient);
  const { domainName, subjectAlternativeNames } = inputs;
  const { CertificateArn } =
    domainName === undefined
      ? await acm.send(importCommand(inputs))
      : await acm.send(
          new RequestCertificateCommand(
            defined({
              DomainName: domainName,
              ValidationMethod: inputs.validationMethod,
              SubjectAlternativeNames: subjectAlternativeNames && [...subjectAlternativeNames],
            }),
          ),
        );
  const arn = sent(CertificateArn, "CertificateArn");
  if (inputs.tags) await acm.send(new AddTagsToCertificateCommand({ CertificateArn: arn, Tags: tagList(inputs.tags) }));
  return sent(await read(arn, context), "Certificate");
}

export const handlers: Handlers = {
  "aws:acm/certificate:Certificate": handler<CertificateInputs>({
    create,
    read: ({ id }, context) => read(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      const acm = context.client(ACMClient);
      const given = ({ certificateBody, certificateChain, privateKey }: CertificateInputs) =>
        JSON.stringify([certificateBody, certificateChain, privateKey]);
      if (inputs.certificateBody !== undefined && given(previous) !== given(inputs)) {
        await acm.send(importCommand(inputs, id));
      }
      await putTagChanges(previous.tags, inputs.tags, {
        put: (tags) => acm.send(new AddTagsToCertificateCommand({ CertificateArn: id, Tags: tagList(tags) })),
        remove: (keys) =>
          acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn: id, Tags: keys.map((Key) => ({ Key })) })),
      });
      return sent(await read(id, context), "Certificate");
    },
    async delete({ id }, { client }) {
      await ifThere(client(ACMClient).send(new DeleteCertificateCommand({ CertificateArn: id })));
    },
  }),
  // It makes nothing: it waits until the certificate is issued, which here it is at once.
  "aws:acm/certificateValidation:CertificateValidation": setting<{ readonly certificateArn: string }>({
    id: ({ certificateArn }) => certificateArn,
    put: async () => {},
    async get({ id }, context) {
      return (await read(id, context)) && { certificateArn: id };
    },
    remove: async () => {},
  }),
};
