/** What the declared service finds when its instances start: secrets, the ready people, the jobs and files of the last run. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../../plan/types.ts";
import type { RunContext } from "./context.ts";
import { putSecrets } from "./secrets.ts";
import type { BackingServices } from "./services.ts";
import { type StateClients, stateClients } from "./state/clients.ts";
import { loadState } from "./state/load.ts";
import { findPlaces, type Places } from "./state/places.ts";
import { createSaver, type Saver } from "./state/save.ts";
import type { SavedState } from "./state/saved.ts";
import { changes, type Saving, startSaving } from "./state/saving.ts";
import { seedUsers } from "./users.ts";

/** What of the service outlives a run, and an emulator. */
export interface InitialData {
  readonly places: Places;
  readonly saving: Saving;
  /** ISO 8601; `undefined`: nothing has been saved yet. */
  savedAt(): string | undefined;
  /** Puts what was saved last into an emulator in which `plan` has been declared anew. Between `pause` and `resume` of `saving`. */
  bringBack(plan: Plan): Promise<SavedState | undefined>;
}

const saved = "saved";

/** Secrets, then jobs and files, then the ready people: those who are there already stay as they are. */
async function bring(
  clients: StateClients,
  { options }: Pick<RunContext, "options">,
  { emulator, identity, payments }: Pick<BackingServices, "emulator" | "identity" | "payments">,
  plan: Plan,
  places: Places,
): Promise<SavedState | undefined> {
  const { stateDirectory } = options;
  await putSecrets(emulator, plan, stateDirectory, {
    OIDC_CLIENT_SECRET_PARAMETER: identity.clientSecret,
    STRIPE_SECRET_KEY_PARAMETER: payments.secretKey,
    STRIPE_WEBHOOK_SECRET_PARAMETER: payments.webhookSecret,
  });
  const loaded = await loadState(clients, places, join(stateDirectory, saved));
  await seedUsers(clients, places, identity.people());
  return loaded;
}

/** Puts everything in its place, and has it saved as the run goes. Undefined: the program declares another service than ours. */
export async function loadInitialData(run: RunContext, services: BackingServices): Promise<InitialData | undefined> {
  const { options, step, closers, failsOf } = run;
  const { emulator, gateway, authorizer, plan } = services;
  const directory = join(options.stateDirectory, saved);
  const places = findPlaces(plan);
  if (places === undefined) return undefined;
  const clients = stateClients(emulator);
  closers.add("state clients", () => clients.destroy());
  const loaded = await bring(clients, run, services, plan, places);
  if (loaded !== undefined && loaded.jobs.length > 0) {
    const text = `${loaded.jobs.length} put back, as of ${loaded.time}; --fresh forgets them`;
    await step("Jobs of the last run", async (evidence) => evidence(text));
  }
  let saver: Saver = createSaver(clients, places, directory, loaded);
  let savedAt = loaded?.time;
  const saving = startSaving(
    async () => {
      savedAt = (await saver.save()).time;
    },
    (error) => failsOf("jobs and files could not be saved", error),
  );
  closers.add("saving of jobs and files", () => saving.finish());
  closers.add(
    "watch over changes",
    gateway.onCall((call) => changes(call) && saving.changed()),
  );
  closers.add("record of permissions", async () => {
    const record = JSON.stringify(await authorizer.exercised(), undefined, 2);
    const folder = join(options.stateDirectory, "permissions");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${places.archiveStore}.json`), `${record}\n`);
  });
  return {
    places,
    saving,
    savedAt: () => savedAt,
    async bringBack(next) {
      const back = await bring(clients, run, services, next, places);
      saver = createSaver(clients, places, directory, back);
      return back;
    },
  };
}
