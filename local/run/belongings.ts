/** What the declared service finds when its instances start: secrets, the ready people, the jobs and files of the last run. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { putSecrets } from "../secrets.ts";
import { stateClients } from "../state/clients.ts";
import { loadState } from "../state/load.ts";
import { findPlaces, type Places } from "../state/places.ts";
import { saveState } from "../state/save.ts";
import { seedUsers } from "../users.ts";
import type { RunContext } from "./context.ts";
import type { Surroundings } from "./surroundings.ts";

/** Puts everything in its place, and has it saved when the run ends. Undefined: the program declares another service than ours. */
export async function bringBelongings(
  { options, step, closers }: RunContext,
  { emulator, identity, payments, authorizer, plan }: Surroundings,
): Promise<Places | undefined> {
  const { stateDirectory } = options;
  const places = findPlaces(plan);
  if (places === undefined) return undefined;
  const clients = stateClients(emulator);
  closers.add("state clients", () => clients.destroy());
  const saved = join(stateDirectory, "saved");
  await putSecrets(emulator, plan, stateDirectory, {
    OIDC_CLIENT_SECRET_PARAMETER: identity.clientSecret,
    STRIPE_SECRET_KEY_PARAMETER: payments.secretKey,
    STRIPE_WEBHOOK_SECRET_PARAMETER: payments.webhookSecret,
  });
  const loaded = await loadState(clients, places, saved);
  if (loaded !== undefined && loaded.jobs > 0) {
    await step("Jobs of the last run", async (evidence) => evidence(`${loaded.jobs} put back; --fresh forgets them`));
  }
  await seedUsers(clients, places, identity.people());
  closers.add("saving of jobs and files", async () => {
    await saveState(clients, places, saved);
  });
  closers.add("record of permissions", async () => {
    const directory = join(stateDirectory, "permissions");
    mkdirSync(directory, { recursive: true });
    const record = JSON.stringify(await authorizer.exercised(), undefined, 2);
    writeFileSync(join(directory, `${places.archiveStore}.json`), `${record}\n`);
  });
  return places;
}
