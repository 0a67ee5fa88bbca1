/**
 * Where SES keeps the public keys of Easy DKIM: in one domain for its older regions, in one of their own for these.
 *
 * Source: the table "DKIM domains" of AWS's General Reference (docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains).
 */
const regionsOfTheirOwn = new Set([
  "af-south-1",
  "ap-northeast-3",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-5",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "il-central-1",
  "me-central-1",
  "us-gov-east-1",
]);

/** What a DKIM record of a region's identity leads to, after the token. */
export const dkimDomain = (region: string): string =>
  regionsOfTheirOwn.has(region) ? `dkim.${region}.amazonses.com` : "dkim.amazonses.com";
