import type { StateClients } from "./state/clients.ts";
import type { Places } from "./state/places.ts";

export interface KnownPerson {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly institution?: string | undefined;
  readonly plan: string;
}

/**
 * The ready premium person is in the users table before the first sign-in, which would make a free user. Who is there
 * already stays as they are.
 */
export async function seedUsers(clients: StateClients, places: Places, people: readonly KnownPerson[]): Promise<void> {
  for (const person of people) {
    if (person.plan !== "premium_user") continue;
    try {
      await clients.tables.put({
        TableName: places.usersTable,
        Item: {
          user_id: person.sub,
          role: person.plan,
          email: person.email,
          identity_email: person.email,
          name: person.name,
          ...(person.institution === undefined ? {} : { institution: person.institution }),
          created_time: Math.floor(Date.now() / 1000),
        },
        ConditionExpression: "attribute_not_exists(user_id)",
      });
    } catch (error) {
      if ((error as Error).name !== "ConditionalCheckFailedException") throw error;
    }
  }
}
