/** Users who never sign in: programs that carry an API token, written straight into the users table. */
import { sampleVcf } from "../../local/demo/sample-vcf.ts";
import { stateClients } from "../../local/run/state/clients.ts";
import { placesOf } from "../../local/run/state/places.ts";
import type { Emulator } from "../../local/types.ts";
import type { Plan } from "../../plan/types.ts";
import type { Role, User } from "../../runtime/contract/user.ts";
import { newApiToken } from "../../runtime/web/api/tokens.ts";

/** Makes a user on the plan. @param name tells several apart. @returns the API token, which is stored as a digest only. */
export async function apiUser(
  service: { readonly emulator: Emulator; readonly plan: Plan },
  role: Role,
  name: string = role,
) {
  const clients = stateClients(service.emulator);
  const user_id = `bench-${name}`;
  const { token, stored } = newApiToken(user_id, "benchmark", Date);
  const user: User = {
    user_id,
    role,
    email: `${user_id}@example.org`,
    name: "Benchmark",
    created_time: stored.created_time,
    api_tokens: [stored],
  };
  await clients.tables.put({ TableName: placesOf(service.plan).usersTable, Item: user });
  clients.destroy();
  return token;
}

/** Submits the demo's sample as a job of the user's. @returns its id. */
export async function submitSample(url: string, token: string, fileName: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/jobs?file_name=${fileName}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "text/x-vcf" },
    body: new Blob([sampleVcf()]),
  });
  if (answer.status !== 201) throw new Error(`a job was refused (${answer.status}): ${await answer.text()}`);
  return ((await answer.json()) as { job_id: string }).job_id;
}
