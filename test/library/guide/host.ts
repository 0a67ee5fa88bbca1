// docs/library.md, compiled and run: test/library/guide.test.ts.
import { allow, minutes, Network, ownService, SecureBucket, ServiceBundle, UtilityHost } from "annofarm";

const code = new SecureBucket("tools-code");
const reports = new SecureBucket("reports");

const reporter = ownService("reporter", {
  bundle: new ServiceBundle("reporter", { bucket: code, entry: "app/server.ts" }),
  port: 9000,
  environment: { BUCKET: reports.bucketName },
  permissions: [allow("Write", ["s3:PutObject"], [reports.arn.apply((arn) => `${arn}/*`)])],
  stopWithin: minutes(2),
});

export const host = new UtilityHost("tools", { network: new Network("tools"), services: [reporter] });
