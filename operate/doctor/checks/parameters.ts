/** The secrets, which must be there before the first `pulumi up`. Their values are not read. */
import type { AccountReader } from "../account.ts";
import { type CheckResult, ok, unlooked, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";

export async function checkParameters({ parameters, region }: Needs, account: AccountReader): Promise<CheckResult[]> {
  return Promise.all(
    parameters.map(async ({ name, variable }): Promise<CheckResult> => {
      const check = `secret ${name}`;
      const value = variable === "SESSION_SECRET_PARAMETER" ? '"$(openssl rand -base64 48)"' : "…";
      const put = `aws ssm put-parameter --region ${region} --type SecureString --name ${name} --value ${value}`;
      try {
        const found = await account.parameter(name);
        if (found === undefined) return wrong(check, "does not exist: web instances would never become healthy", put);
        if (found.type === "SecureString") return ok(check, "exists and is encrypted");
        return wrong(
          check,
          `is a ${found.type}, which everybody with permission to read parameters can read in plain text`,
          `${put} --overwrite`,
        );
      } catch (error) {
        return unlooked(check, error, "ssm:GetParameter");
      }
    }),
  );
}
